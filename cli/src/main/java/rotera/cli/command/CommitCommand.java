package rotera.cli.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import rotera.cli.queues.Address;
import rotera.cli.queues.Target;
import rotera.cli.text.Exit;
import rotera.queue.Queue;

/** {@code rotera commit}. */
@Command(
        name = "commit",
        mixinStandardHelpOptions = true,
        description = "Makes everything pushed so far durable and readable.",
        footer = {"", "Example:", "  rotera commit 55"})
public final class CommitCommand implements Callable<Integer> {
    @Mixin private Address address;

    @Parameters(
            paramLabel = "QUEUE",
            converter = Target.Converter.class,
            description = Target.DESCRIPTION)
    private Target target;

    @Override
    public Integer call() {
        try (Queue queue = address.openToWrite(target)) {
            System.out.println("committed, next id " + queue.commit());
        }
        return Exit.OK;
    }
}
