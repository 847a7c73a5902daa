package rotera.cli.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import rotera.cli.queues.Address;
import rotera.cli.queues.Selection;
import rotera.cli.queues.Target;
import rotera.cli.text.CommandException;
import rotera.cli.text.Exit;
import rotera.cli.text.Printer;
import rotera.queue.Queue;
import rotera.queue.Start;
import rotera.queue.Status;

/** {@code rotera read}. */
@Command(
        name = "read",
        mixinStandardHelpOptions = true,
        description = "Prints the messages that are there now, one per line.",
        footer = {
            "",
            "Messages that had been overwritten are skipped, and standard error tells how many. On a"
                    + " terminal, control characters and what is no UTF-8 are escaped; a pipe or file gets"
                    + " the bytes as they were pushed.",
            "",
            "Examples:",
            "  rotera read 55                            all that are kept",
            "  rotera read --id 1000 --count 10 --print-ids 55",
            "  rotera read --last 20 --print-times 55",
            "  rotera read --since 10m --format json 55 | jq .message",
            "  rotera read rots/55.rot                   without a server"
        })
public final class ReadCommand implements Callable<Integer> {
    @Mixin private Address address;
    @Mixin private Selection selection;
    @Mixin private OutputOptions outputOptions;

    @Parameters(
            paramLabel = "QUEUE",
            converter = Target.Converter.class,
            description = Target.DESCRIPTION)
    private Target target;

    @Override
    public Integer call() {
        selection.check(false);
        try (Queue queue = address.openToRead(target)) {
            Status status = queue.ping();
            Start start = selection.start(status, false);
            Printer printer = outputOptions.printer(!(start instanceof Start.Oldest));
            long id = Reading.firstId(queue, start, status);
            if (id > status.next()) {
                throw new CommandException(
                        "id %d is beyond the end: the next message will be %d; rotera stream waits for it"
                                .formatted(id, status.next()));
            }
            Reading.print(queue, id, selection.count(), status.next(), printer, next -> {});
        }
        return Exit.OK;
    }
}
