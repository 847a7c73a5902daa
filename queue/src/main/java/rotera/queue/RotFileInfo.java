package rotera.queue;

import java.time.Instant;
import java.util.UUID;

/**
 * What a rot file is and holds, at one moment. Sizes are in bytes; positions grow for ever and lie
 * in the ring at their remainder by {@code ringBytes} (docs/format.md).
 *
 * @param entries how many of the last messages are shown, 0 for as many as fit
 * @param oldest first readable message
 * @param committed behind the last readable message
 * @param next behind the last pushed message
 * @param epoch how often the file was opened to write, this time included
 * @param checkpoint where the next recovery starts
 */
public record RotFileInfo(
        String name,
        UUID uniqueId,
        Instant created,
        long fileBytes,
        long ringOffset,
        long ringBytes,
        int intervalBytes,
        int maxMessageBytes,
        long maxPushBytes,
        long entries,
        int epoch,
        Place oldest,
        Place checkpoint,
        Place committed,
        Place next) {

    /** A boundary between messages. */
    public record Place(long id, long position) {}

    static RotFileInfo of(Superblock superblock, Bounds bounds, HeaderSlot durable, Mark next) {
        return new RotFileInfo(
                superblock.name(),
                superblock.uniqueId(),
                Instant.ofEpochMilli(superblock.createdMillis()),
                superblock.fileBytes(),
                superblock.ringOffset(),
                superblock.ringBytes(),
                superblock.intervalBytes(),
                superblock.maxMessageBytes(),
                superblock.maxPushBytes(),
                superblock.entries(),
                durable.epoch(),
                place(bounds.oldest()),
                place(durable.checkpoint()),
                place(bounds.committed()),
                place(next));
    }

    private static Place place(Mark mark) {
        return new Place(mark.id(), mark.position());
    }
}
