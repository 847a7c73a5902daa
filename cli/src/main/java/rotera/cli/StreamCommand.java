package rotera.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rotera stream}. */
@Command(
        name = "stream",
        mixinStandardHelpOptions = true,
        description = "Prints messages and waits for new ones, like tail -f.",
        footer = {
            "",
            "Messages that had been overwritten are skipped, and standard error tells how many. A file "
                    + "cannot grow while it is read without a server: its stream ends at the end.",
            "",
            "Examples:",
            "  rotera stream 55 | grep --line-buffered error",
            "  rotera stream --end 55                    only what comes from now on",
            "  rotera stream --id 1000 --count 10 --print-ids 55"
        })
final class StreamCommand implements Callable<Integer> {
    private static final int CHUNK = 4096;

    @Mixin private Address address;
    @Mixin private Selection selection;

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            converter = WholeNumber.Converter.class,
            description = "End after N messages (default: never).")
    private long count = Long.MAX_VALUE;

    @Option(names = "--end", description = "Begin behind the last message, instead of at --id.")
    private boolean fromEnd;

    @Parameters(
            paramLabel = "QUEUE",
            converter = Target.Converter.class,
            description = "Number of a queue on the server, or a file.")
    private Target target;

    @Override
    public Integer call() {
        try (Access queue = address.open(target, false)) {
            long next = queue.ping().next();
            long id = fromEnd ? next : selection.id();
            if (id > next)
                System.err.println("waiting for id " + id + ": the next message will be " + next);
            queue.stream(id, count, CHUNK, new Printer(selection.printIds()));
        }
        return Exit.OK;
    }
}
