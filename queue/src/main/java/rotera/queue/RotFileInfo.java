package rotera.queue;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import rotera.queue.engine.FileState;
import rotera.queue.engine.ReadableRange;
import rotera.queue.format.HeaderSlot;
import rotera.queue.format.LogPosition;
import rotera.queue.format.Superblock;

/**
 * What a rot file is and holds, at one moment. Sizes are in bytes; positions grow for ever and lie
 * in the ring at their remainder by {@code ringBytes} (docs/format.md).
 *
 * @param lineageId the unique id of the queue that this one is a copy of, over however many copies;
 *     its own if it is none
 * @param reserveBytes free room that is kept ahead of {@code next}, so that nothing is evicted at
 *     the last moment
 * @param entries how many of the last messages are shown, 0 for as many as fit
 * @param oldest first readable message
 * @param committed behind the last readable message
 * @param next behind the last pushed message
 * @param epoch how often the file was opened to write, this time included
 * @param checkpoint where the next recovery starts
 * @param oldestTime when the oldest readable message was pushed; empty without one, or if it is
 *     damaged
 * @param newestTime when the last readable message was pushed; empty likewise
 */
public record RotFileInfo(
        String name,
        UUID uniqueId,
        UUID lineageId,
        Instant created,
        long fileBytes,
        long ringOffset,
        long ringBytes,
        long reserveBytes,
        int intervalBytes,
        int maxMessageBytes,
        long maxPushBytes,
        long entries,
        int epoch,
        Place oldest,
        Place checkpoint,
        Place committed,
        Place next,
        Optional<Instant> oldestTime,
        Optional<Instant> newestTime) {

    /** A boundary between messages. */
    public record Place(long id, long position) {}

    /** Messages that can be read. */
    public long messages() {
        return committed.id - oldest.id;
    }

    /** Bytes of the ring that are taken, by committed messages and others. */
    public long liveBytes() {
        return next.position - oldest.position;
    }

    static RotFileInfo of(FileState file, HeaderSlot durable, LogPosition next) {
        Superblock superblock = file.superblock;
        ReadableRange bounds = file.bounds;
        LogPosition oldest = bounds.oldest();
        LogPosition committed = bounds.committed();
        long oldestId = bounds.oldestId(oldest, committed);
        boolean empty = oldestId == committed.id();
        return new RotFileInfo(
                file.name(),
                superblock.uniqueId(),
                superblock.lineageId(),
                Instant.ofEpochMilli(superblock.createdMillis()),
                superblock.fileBytes(),
                superblock.ringOffset(),
                superblock.ringBytes(),
                superblock.reserveBytes(),
                superblock.intervalBytes(),
                superblock.maxMessageBytes(),
                superblock.maxPushBytes(),
                superblock.entries(),
                durable.epoch(),
                new Place(oldestId, oldest.position()),
                place(durable.checkpoint()),
                place(committed),
                place(next),
                empty ? Optional.empty() : file.reader.timeOf(oldestId),
                empty ? Optional.empty() : file.reader.timeOf(committed.id() - 1));
    }

    private static Place place(LogPosition mark) {
        return new Place(mark.id(), mark.position());
    }
}
