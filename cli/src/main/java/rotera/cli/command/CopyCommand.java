package rotera.cli.command;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rotera.cli.queues.Address;
import rotera.cli.queues.Copier;
import rotera.cli.queues.NewFile;
import rotera.cli.queues.Target;
import rotera.cli.text.ByteSize;
import rotera.cli.text.CommandException;
import rotera.cli.text.Exit;
import rotera.cli.text.Plural;
import rotera.cli.text.Progress;
import rotera.client.RemoteQueue;
import rotera.queue.CreateOptions;
import rotera.queue.Queue;
import rotera.queue.RotFile;
import rotera.queue.RotFileInfo;

/** {@code rotera copy}, also {@code rotera snapshot}. */
@Command(
        name = "copy",
        mixinStandardHelpOptions = true,
        description = "Copies what is committed into a new file, of any size.",
        footer = {
            "",
            "Ids, times, keys and headers stay. From a server it is a consistent snapshot while others"
                    + " go on pushing: everything that was committed when it began. In a smaller file the"
                    + " newest messages are kept. Damaged messages become messages without a value and with"
                    + " the header rotera.lost, so that the ids of all others stay.",
            "",
            "Exit code 0: copied. 1: damaged messages are lost, or nothing was copied.",
            "",
            "Examples:",
            "  rotera copy 55 backup.rot                 a snapshot of a queue of the server",
            "  rotera copy --size 10GiB rots/55.rot rots/56.rot"
        })
public final class CopyCommand implements Callable<Integer> {
    private static final int TRIES = 3;

    @Mixin private Address address;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            converter = ByteSize.Converter.class,
            description = "Size of the new file (default: that of the queue).")
    private @Nullable ByteSize size;

    @Parameters(
            index = "0",
            paramLabel = "QUEUE",
            converter = Target.Converter.class,
            description = Target.DESCRIPTION)
    private Target source;

    @Parameters(index = "1", paramLabel = "FILE", description = "The file to make.")
    private Path target;

    @Override
    public Integer call() {
        try (Queue queue = address.openToRead(source)) {
            RotFileInfo info = info(queue);
            CreateOptions options =
                    CreateOptions.ofSize(size == null ? info.fileBytes() : size.bytes())
                            .withEntries(info.entries())
                            .withName(info.name())
                            .withLineage(info.lineageId());
            return copy(queue, info, target, options) == 0 ? Exit.OK : Exit.FAILED;
        }
    }

    private static RotFileInfo info(Queue queue) {
        return switch (queue) {
            case RotFile file -> file.info();
            case RemoteQueue remote -> remote.info().file();
            default -> throw new IllegalStateException("an unknown kind of queue: " + queue);
        };
    }

    /** Copies, again if a writer was faster; returns how many messages were damaged. */
    public static long copy(Queue queue, RotFileInfo info, Path target, CreateOptions options) {
        for (int tries = 1; ; tries++) {
            try (NewFile file = new NewFile(target);
                    Progress progress = new Progress("copy to " + target, info.liveBytes());
                    Copier copier =
                            new Copier(
                                    queue,
                                    file.aside(),
                                    options,
                                    info.created(),
                                    progress::bytesDone)) {
                copier.run();
                file.publish();
                tell(copier, target);
                return copier.lost();
            } catch (Copier.OvertakenException e) {
                if (tries == TRIES)
                    throw new CommandException(
                            "the queue is overwritten faster than it can be copied: stop its producers for a while, or make it larger",
                            e);
            }
        }
    }

    /** What is kept and what is not. */
    private static void tell(Copier copier, Path target) {
        System.out.println(
                "copied %s to %s, next id %d"
                        .formatted(Plural.of(copier.copied(), "message"), target, copier.nextId()));
        if (copier.lost() > 0)
            System.out.println(
                    "%s damaged: in place of each is one without a value, with the header %s"
                            .formatted(were(copier.lost()), Copier.LOST_HEADER));
        if (copier.evicted() > 0)
            System.out.println(
                    "%s too old to be kept in a file of this size: it begins at id %d"
                            .formatted(were(copier.evicted()), copier.oldestId()));
    }

    private static String were(long messages) {
        return Plural.of(messages, "message") + (messages == 1 ? " was" : " were");
    }
}
