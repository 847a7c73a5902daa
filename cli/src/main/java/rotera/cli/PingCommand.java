package rotera.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code rotera ping}. */
@Command(
        name = "ping",
        mixinStandardHelpOptions = true,
        description = "Tells whether a queue is alive and which id comes next.",
        footer = {"", "Examples:", "  rotera ping 55", "  rotera ping ./55.rot"})
final class PingCommand implements Callable<Integer> {
    @Mixin private Address address;

    @Parameters(
            paramLabel = "QUEUE",
            converter = Target.Converter.class,
            description = "Number of a queue on the server, or a file.")
    private Target target;

    @Override
    public Integer call() {
        try (Access queue = address.open(target, false)) {
            Access.Standing standing = queue.ping();
            StringBuilder answer =
                    new StringBuilder(standing.alive() ? "alive" : "shutting down")
                            .append(", next id ")
                            .append(standing.next());
            standing.oldest().ifPresent(id -> answer.append(", oldest ").append(id));
            System.out.println(answer);
            return standing.alive() ? Exit.OK : Exit.FAILED;
        }
    }
}
