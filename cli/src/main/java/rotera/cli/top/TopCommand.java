package rotera.cli.top;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import rotera.cli.queues.Address;
import rotera.cli.text.Exit;
import rotera.cli.text.PipeClosedException;
import rotera.cli.text.Terminal;
import rotera.cli.text.TimeSpan;
import rotera.cli.text.WholeNumber;
import rotera.protocol.QueueInfo;

/** {@code rotera top}. */
@Command(
        name = "top",
        mixinStandardHelpOptions = true,
        description = "Shows all queues of a server as they change.",
        footer = {
            "",
            "On a terminal until q or Ctrl-C; arrows or the first letter of a column change the order. "
                    + "In a pipe one line per queue and interval, with tabs between plain numbers: "
                    + "bytes, times per second, USED as a part of 1, OLDEST in seconds.",
            "",
            "Examples:",
            "  rotera top",
            "  rotera top --count 1 | cut -f 2,6         what is pushed now, by queue"
        })
public final class TopCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration SHORTEST = Duration.ofMillis(100);

    /** Where the figures come from. */
    interface Source {
        List<QueueInfo> queues();
    }

    @Spec private CommandSpec command;
    @Mixin private Address server;

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            defaultValue = "1s",
            converter = TimeSpan.Converter.class,
            description = "How often, from 100ms (default: ${DEFAULT-VALUE}).")
    private Duration interval;

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            converter = WholeNumber.Converter.class,
            description = "How many times (default: for ever).")
    private long count = Long.MAX_VALUE;

    @Override
    public Integer call() throws InterruptedException {
        if (interval.compareTo(SHORTEST) < 0) {
            CommandLine line = command.commandLine();
            throw new ParameterException(
                    line, "--interval of " + interval.toMillis() + "ms is less than 100ms");
        }
        Source source = () -> server.queues(PATIENCE);
        if (!Terminal.isStandardInput() || !Terminal.isStandardOutput()) {
            print(source);
            return Exit.OK;
        }
        source.queues(); // fails here, not on a screen that goes away, when there is no server
        try (TopScreen screen = new TopScreen(source, "rotera top  " + server)) {
            screen.run(interval, count);
        }
        return Exit.OK;
    }

    private void print(Source source) throws InterruptedException {
        System.out.println(TopTable.plainTitle());
        for (long i = 0; i < count; i++) {
            if (i > 0) Thread.sleep(interval);
            Instant now = Instant.now();
            source.queues().stream()
                    .sorted(TopColumn.NUMBER.order())
                    .forEach(queue -> System.out.println(TopTable.plain(queue, now)));
            if (System.out.checkError())
                throw new PipeClosedException(new IOException("standard output"));
        }
    }
}
