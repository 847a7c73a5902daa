package rotera.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rotera read}. */
@Command(
        name = "read",
        mixinStandardHelpOptions = true,
        description = "Prints the messages that are there now, one per line.",
        footer = {
            "",
            "Messages that had been overwritten are skipped, and standard error tells how many.",
            "",
            "Examples:",
            "  rotera read 55                            all that are kept",
            "  rotera read --id 1000 --count 10 --print-ids 55",
            "  rotera read rots/55.rot                   without a server"
        })
final class ReadCommand implements Callable<Integer> {
    @Mixin private Address address;
    @Mixin private Selection selection;

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            converter = WholeNumber.Converter.class,
            description = "Most messages to print (default: all).")
    private long count = Long.MAX_VALUE;

    @Parameters(
            paramLabel = "QUEUE",
            converter = Target.Converter.class,
            description = "Number of a queue on the server, or a file.")
    private Target target;

    @Override
    public Integer call() {
        try (Access queue = address.open(target, false)) {
            long next = queue.ping().next();
            if (selection.id() > next) {
                throw new CommandException(
                        "id %d is beyond the end: the next message will be %d; rotera stream waits for it"
                                .formatted(selection.id(), next));
            }
            queue.read(selection.id(), count, next, new Printer(selection.printIds()));
        }
        return Exit.OK;
    }
}
