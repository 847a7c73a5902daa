package rotera.queue.format;

import static rotera.queue.buffer.LittleEndian.U32;
import static rotera.queue.buffer.LittleEndian.U64;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/**
 * The 16 bytes between a record's header and its body that say what the clock showed at the push,
 * where that was not the time that gives it its place in the order: docs/format.md, Time. Reusable,
 * not thread-safe.
 */
public final class ClockDifference {
    public static final int BYTES = 16;

    /** Up to here the two are taken for the same. */
    static final long MOST_IGNORED_MILLIS = 1000;

    private static final int AT_CHECKSUM = 8;

    private final byte[] bytes = new byte[BYTES];
    private final MemorySegment segment = MemorySegment.ofArray(bytes);
    private final ByteBuffer checked = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C crc = new CRC32C();

    public static boolean isDue(long clockMillis, long orderMillis) {
        return Math.abs(clockMillis - orderMillis) > MOST_IGNORED_MILLIS;
    }

    /** The encoded bytes, valid until the next use. */
    public MemorySegment encode(long differenceMillis, RecordHeader header, int salt) {
        segment.set(U64, 0, differenceMillis);
        segment.set(U32, AT_CHECKSUM, checksum(differenceMillis, header) ^ salt);
        return segment;
    }

    /** What the clock showed at the push of the record whose header this is, if it is intact. */
    public OptionalLong clockMillis(RecordHeader header, MemorySegment source, long at, int salt) {
        long difference = source.get(U64, at);
        boolean intact =
                (source.get(U32, at + AT_CHECKSUM) ^ salt) == checksum(difference, header)
                        && source.get(U32, at + AT_CHECKSUM + 4) == 0;
        return intact ? OptionalLong.of(header.timeMillis + difference) : OptionalLong.empty();
    }

    /** The same, out of the ring. */
    public OptionalLong clockMillis(RecordHeader header, Ring ring, int salt) {
        ring.copy(header.position + RecordHeader.BYTES, segment, 0, BYTES);
        return clockMillis(header, segment, 0, salt);
    }

    /** The epoch is in it since an earlier run can have left such bytes in the same place. */
    private int checksum(long difference, RecordHeader header) {
        crc.reset();
        checked.clear().putLong(difference).putLong(header.position).putInt(header.epoch);
        crc.update(checked.flip());
        return (int) crc.getValue();
    }
}
