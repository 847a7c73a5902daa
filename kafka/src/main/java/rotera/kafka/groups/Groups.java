package rotera.kafka.groups;

import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import rotera.kafka.request.RequestRouter;
import rotera.kafka.topics.Partition;
import rotera.queue.QueueException;
import rotera.server.Log;

/**
 * Everything about consumer groups: who is a member (in memory), and what was committed (in the
 * file {@value OffsetsFile#NAME}).
 *
 * <p>If that file cannot be opened, no group has a coordinator: clients wait for one, and none
 * begins to read somewhere else than it has committed.
 */
public final class Groups implements AutoCloseable {
    /** How often is looked for what has expired; first so long after the start. */
    private static final long EXPIRE_NANOS = TimeUnit.HOURS.toNanos(1);

    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Log log;
    private final GroupTimer timer = new GroupTimer();
    private final GroupCoordinator coordinator;
    private final @Nullable OffsetsFile file;
    private final @Nullable GroupOffsets offsets;
    private long expireAt = GroupTimer.nanos() + EXPIRE_NANOS;

    private Groups(
            @Nullable OffsetsFile file, Function<Partition, @Nullable UUID> queueIds, Log log) {
        this.log = log;
        coordinator =
                new GroupCoordinator(
                        GroupLimits.DEFAULT, GroupTimer::nanos, timer::atLatest, log::warn);
        this.file = file;
        if (file == null) {
            offsets = null;
            coordinator.close();
            return;
        }
        offsets = new GroupOffsets(file, coordinator, queueIds, System::currentTimeMillis, log);
        timer.start(this::expire);
    }

    /**
     * Opens the offsets file of this directory, or makes it. What is wrong with it is logged.
     *
     * @param queueIds the queue behind a partition, null if there is none
     */
    public static Groups open(
            Path directory, Function<Partition, @Nullable UUID> queueIds, Log log) {
        Path path = directory.resolve(OffsetsFile.NAME);
        OffsetsFile file = null;
        try {
            file = OffsetsFile.open(path, log::warn);
        } catch (QueueException e) {
            log.warn(
                    "no consumer groups: committed offsets cannot be read: "
                            + e.getMessage()
                            + ". Start again when the file can be read, or without it to forget all committed offsets");
        }
        return new Groups(file, queueIds, log);
    }

    /** Has the requests of groups answered. */
    public void register(RequestRouter router) {
        new MembershipHandlers(coordinator, offsets != null).register(router);
        new OffsetHandlers(coordinator, offsets).register(router);
    }

    /** Has offsets forgotten that were committed for a queue that was deleted. */
    public void forget(UUID queueId) {
        if (offsets != null) offsets.forget(queueId);
    }

    private long expire() {
        try {
            if (offsets != null && GroupTimer.nanos() >= expireAt) {
                expireAt = GroupTimer.nanos() + EXPIRE_NANOS;
                offsets.expire();
            }
            return Math.min(coordinator.expire(), expireAt);
        } catch (RuntimeException e) {
            log.warn("looking for members that are gone: " + e, e);
            return GroupTimer.nanos() + AGAIN_NANOS;
        }
    }

    /** Whoever waits is told to look for its coordinator again. */
    public void stop() {
        coordinator.close();
    }

    /** Lets go of the file; to be called when nothing is answered any more. */
    @Override
    public void close() {
        stop();
        timer.close();
        if (file != null) file.close();
    }
}
