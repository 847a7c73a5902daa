package rotera.cli.command;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rotera.cli.queues.Address;
import rotera.cli.queues.Target;
import rotera.cli.text.Exit;
import rotera.cli.text.Figures;
import rotera.cli.text.Json;
import rotera.cli.text.RingDrawing;
import rotera.cli.text.Terminal;
import rotera.client.RemoteQueue;
import rotera.protocol.QueueInfo;
import rotera.queue.Queue;
import rotera.queue.RotFile;
import rotera.queue.RotFileInfo;

/** {@code rotera inspect}. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description = "Tells what is in a queue, of a server or in a file.",
        footer = {
            "",
            "On a terminal for people, with a drawing of the ring; in a pipe one 'name value' per line,"
                    + " with plain numbers. A server tells its rates as well, per second over the last"
                    + " seconds.",
            "",
            "Examples:",
            "  rotera inspect 55",
            "  rotera inspect rots/55.rot                without a server",
            "  rotera inspect 55 | awk '$1 == \"next-id\" { print $2 }'",
            "  rotera inspect --json 55 | jq .live_bytes"
        })
public final class InspectCommand implements Callable<Integer> {
    @Mixin private Address address;

    @Option(names = "--json", description = "Print one JSON object, its names with _ for -.")
    private boolean json;

    @Parameters(
            paramLabel = "QUEUE",
            converter = Target.Converter.class,
            description = Target.DESCRIPTION)
    private Target target;

    @Override
    public Integer call() {
        try (Queue queue = address.openToRead(target)) {
            switch (queue) {
                case RotFile file -> print(Figures.of(file), file.info());
                case RemoteQueue remote -> {
                    QueueInfo info = remote.info();
                    print(Figures.of(info), info.file());
                }
                default -> throw new IllegalStateException("an unknown kind of queue: " + queue);
            }
        }
        return Exit.OK;
    }

    private void print(Figures figures, RotFileInfo info) {
        if (json) {
            Json object = new Json();
            figures.write(object);
            System.out.println(object);
            return;
        }
        boolean forPeople = Terminal.isStandardOutput();
        if (forPeople) {
            boolean unicode = System.out.charset().equals(StandardCharsets.UTF_8);
            System.out.println(RingDrawing.of(info, unicode));
        }
        System.out.print(figures.lines(forPeople));
    }
}
