package rotera.cli.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import rotera.cli.queues.Address;
import rotera.cli.queues.Target;
import rotera.cli.text.Exit;
import rotera.queue.Queue;
import rotera.queue.Status;

/** {@code rotera ping}. */
@Command(
        name = "ping",
        mixinStandardHelpOptions = true,
        description = "Tells whether a queue is alive and which id comes next.",
        footer = {
            "",
            "Exit code 0: alive. 1: shutting down, or it does not answer.",
            "",
            "Examples:",
            "  rotera ping 55",
            "  rotera ping --host 10.0.0.7 orders",
            "  rotera ping ./55.rot"
        })
public final class PingCommand implements Callable<Integer> {
    @Mixin private Address address;

    @Parameters(
            paramLabel = "QUEUE",
            converter = Target.Converter.class,
            description = Target.DESCRIPTION)
    private Target target;

    @Override
    public Integer call() {
        try (Queue queue = address.openToRead(target)) {
            Status status = queue.ping();
            System.out.println(
                    (status.alive() ? "alive" : "shutting down")
                            + ", next id "
                            + status.next()
                            + ", oldest "
                            + status.oldest());
            return status.alive() ? Exit.OK : Exit.FAILED;
        }
    }
}
