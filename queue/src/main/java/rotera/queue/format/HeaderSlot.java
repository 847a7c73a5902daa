package rotera.queue.format;

import static rotera.queue.buffer.LittleEndian.U32;
import static rotera.queue.buffer.LittleEndian.U64;
import static rotera.queue.format.Superblock.PAGE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.zip.CRC32C;
import rotera.queue.disk.Disk;

/**
 * Where recovery starts, and what is kept: docs/format.md, Header slots.
 *
 * @param producers position of the walk that rebuilds the table of producers: the checkpoint's, or
 *     before
 */
public record HeaderSlot(
        int epoch,
        long sequence,
        LogPosition oldest,
        LogPosition checkpoint,
        long lastMillis,
        long producers) {

    public static final int BYTES = 64;
    private static final long AT_CHECKSUM = 0;
    private static final long AT_EPOCH = AT_CHECKSUM + 4;
    private static final long AT_SEQUENCE = AT_EPOCH + 4;
    private static final long AT_OLDEST_ID = AT_SEQUENCE + 8;
    private static final long AT_OLDEST_POSITION = AT_OLDEST_ID + 8;
    private static final long AT_CHECKPOINT_ID = AT_OLDEST_POSITION + 8;
    private static final long AT_CHECKPOINT_POSITION = AT_CHECKPOINT_ID + 8;
    private static final long AT_LAST_MILLIS = AT_CHECKPOINT_POSITION + 8;
    private static final long AT_PRODUCERS_LAG = AT_LAST_MILLIS + 8;

    /** Where a header of this sequence belongs: even ones in slot A, odd ones in slot B. */
    public static long offset(long sequence) {
        return 2 * PAGE + (sequence & 1) * PAGE;
    }

    public HeaderSlot next(
            LogPosition oldest, LogPosition checkpoint, long lastMillis, long producers) {
        return new HeaderSlot(epoch, sequence + 1, oldest, checkpoint, lastMillis, producers);
    }

    /** The header of the next run, with the recovered end as its checkpoint. */
    public HeaderSlot nextEpoch(
            LogPosition oldest, LogPosition end, long lastMillis, long producers) {
        return new HeaderSlot(epoch + 1, sequence + 1, oldest, end, lastMillis, producers);
    }

    public void write(Disk disk, int salt) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment slot = arena.allocate(BYTES, 8);
            slot.set(U32, AT_EPOCH, epoch);
            slot.set(U64, AT_SEQUENCE, sequence);
            slot.set(U64, AT_OLDEST_ID, oldest.id());
            slot.set(U64, AT_OLDEST_POSITION, oldest.position());
            slot.set(U64, AT_CHECKPOINT_ID, checkpoint.id());
            slot.set(U64, AT_CHECKPOINT_POSITION, checkpoint.position());
            slot.set(U64, AT_LAST_MILLIS, lastMillis);
            slot.set(U64, AT_PRODUCERS_LAG, checkpoint.position() - producers);
            slot.set(U32, AT_CHECKSUM, checksum(slot, salt));
            disk.write(offset(sequence), slot);
        }
    }

    /**
     * The header in slot 0 (A) or 1 (B), if it is valid: also one that belongs into the other slot.
     */
    public static Optional<HeaderSlot> read(Disk disk, int slot, Superblock superblock)
            throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(BYTES, 8);
            disk.read(offset(slot), bytes);
            if (bytes.get(U32, AT_CHECKSUM) != checksum(bytes, superblock.salt()))
                return Optional.empty();
            long checkpointPosition = bytes.get(U64, AT_CHECKPOINT_POSITION);
            HeaderSlot header =
                    new HeaderSlot(
                            bytes.get(U32, AT_EPOCH),
                            bytes.get(U64, AT_SEQUENCE),
                            new LogPosition(
                                    bytes.get(U64, AT_OLDEST_ID),
                                    bytes.get(U64, AT_OLDEST_POSITION)),
                            new LogPosition(bytes.get(U64, AT_CHECKPOINT_ID), checkpointPosition),
                            bytes.get(U64, AT_LAST_MILLIS),
                            checkpointPosition - bytes.get(U64, AT_PRODUCERS_LAG));
            return header.consistent(superblock.ringBytes())
                    ? Optional.of(header)
                    : Optional.empty();
        }
    }

    private boolean consistent(long ringBytes) {
        return epoch > 0
                && epoch < Integer.MAX_VALUE
                && sequence > 0
                && sequence <= LogPosition.MAX
                && 0 <= oldest.id()
                && oldest.id() <= checkpoint.id()
                && checkpoint.id() <= LogPosition.MAX
                && 0 <= oldest.position()
                && oldest.position() <= checkpoint.position()
                && checkpoint.position() <= LogPosition.MAX
                && checkpoint.position() - oldest.position() <= ringBytes
                && ((oldest.position() | checkpoint.position() | producers) & 7) == 0
                && oldest.position() <= producers
                && producers <= checkpoint.position();
    }

    private static int checksum(MemorySegment slot, int salt) {
        CRC32C crc = new CRC32C();
        crc.update(slot.toArray(ValueLayout.JAVA_BYTE), 4, BYTES - 4);
        return (int) crc.getValue() ^ salt;
    }
}
