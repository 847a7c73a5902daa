package rotera.queue.format;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The 64 bytes in front of a record's body: docs/format.md, Ring. Reusable, so that walking
 * allocates nothing; not thread-safe.
 */
public final class RecordHeader {
    public static final int BYTES = 64;

    /** What stands before the body of a record, if the clock's time does. */
    public static final int MAX_HEAD_BYTES = BYTES + ClockDifference.BYTES;

    /** The most messages of one push, and so of one record. */
    public static final int MAX_MESSAGES = 1 << 20;

    public static final int MESSAGES = 1;
    public static final int PRODUCERS = 2;

    /** Kinds from here on are stepped over, lower ones have to be known. */
    static final int FIRST_STEPPED_OVER = 128;

    public static final int NOT_FIRST_PART = 1;
    public static final int NOT_LAST_PART = 2;
    public static final int ENVELOPES = 4;

    /** The clock's time follows the header: see {@link ClockDifference}. */
    public static final int CLOCK = 8;

    private static final int AT_CHECKSUM = 0;
    private static final int AT_KIND = AT_CHECKSUM + 4;
    private static final int AT_FLAGS = AT_KIND + 1;
    private static final int AT_PRODUCER_EPOCH = AT_FLAGS + 1;
    private static final int AT_FIRST_ID = AT_PRODUCER_EPOCH + 2;
    public static final int AT_POSITION = AT_FIRST_ID + 8;
    private static final int AT_EPOCH = AT_POSITION + 8;
    private static final int AT_DURABLE_LAG = AT_EPOCH + 4;
    private static final int AT_COUNT = AT_DURABLE_LAG + 4;
    private static final int AT_BODY_BYTES = AT_COUNT + 4;
    private static final int AT_BODY_CHECKSUM = AT_BODY_BYTES + 4;
    private static final int AT_SEQUENCE = AT_BODY_CHECKSUM + 4;
    private static final int AT_TIME_MILLIS = AT_SEQUENCE + 4;
    private static final int AT_PRODUCER_ID = AT_TIME_MILLIS + 8;

    private static final VarHandle U16 =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle U32 =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle U64 =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Whether the last decoding met a header that only a newer version understands. */
    public boolean unknown;

    public int kind;
    public int flags;
    public int producerEpoch;
    public long firstId;
    public long position;
    public int epoch;
    public long durableLag;
    public int count;
    public int bodyBytes;
    public int bodyChecksum;
    public int sequence;
    public long timeMillis;
    public long producerId;

    // Of the last record that a walk has passed.
    private int passedEpoch;
    private long passedMillis;

    private final byte[] bytes = new byte[BYTES];
    private final MemorySegment segment = MemorySegment.ofArray(bytes);
    private final CRC32C crc = new CRC32C();

    /** The encoded bytes, valid until the next {@link #encode} or {@link #decode}. */
    public MemorySegment encode(int salt) {
        bytes[AT_KIND] = (byte) kind;
        bytes[AT_FLAGS] = (byte) flags;
        U16.set(bytes, AT_PRODUCER_EPOCH, (short) producerEpoch);
        U64.set(bytes, AT_FIRST_ID, firstId);
        U64.set(bytes, AT_POSITION, position);
        U32.set(bytes, AT_EPOCH, epoch);
        U32.set(bytes, AT_DURABLE_LAG, (int) durableLag);
        U32.set(bytes, AT_COUNT, count);
        U32.set(bytes, AT_BODY_BYTES, bodyBytes);
        U32.set(bytes, AT_BODY_CHECKSUM, bodyChecksum);
        U32.set(bytes, AT_SEQUENCE, sequence);
        U64.set(bytes, AT_TIME_MILLIS, timeMillis);
        U64.set(bytes, AT_PRODUCER_ID, producerId);
        U32.set(bytes, AT_CHECKSUM, checksum(salt));
        return segment;
    }

    /**
     * Takes the header at a position out of the mapping. False if what is there is not a valid one;
     * the fields are then undefined, unless it is {@link #unknown}. The caller looks again whether
     * the position was overwritten meanwhile.
     */
    public boolean decode(Ring ring, long expectedPosition, Superblock superblock) {
        ring.copy(expectedPosition, segment, 0, BYTES);
        return decode(expectedPosition, superblock);
    }

    /** The same, out of a copy. */
    public boolean decode(
            MemorySegment source, long offset, long expectedPosition, Superblock superblock) {
        MemorySegment.copy(source, offset, segment, 0, BYTES);
        return decode(expectedPosition, superblock);
    }

    private boolean decode(long expectedPosition, Superblock superblock) {
        unknown = false;
        if ((long) U64.get(bytes, AT_POSITION) != expectedPosition) return false;
        if ((int) U32.get(bytes, AT_CHECKSUM) != checksum(superblock.salt())) return false;
        kind = bytes[AT_KIND] & 0xff;
        flags = bytes[AT_FLAGS] & 0xff;
        producerEpoch = (short) U16.get(bytes, AT_PRODUCER_EPOCH) & 0xffff;
        firstId = (long) U64.get(bytes, AT_FIRST_ID);
        position = expectedPosition;
        epoch = (int) U32.get(bytes, AT_EPOCH);
        durableLag = Integer.toUnsignedLong((int) U32.get(bytes, AT_DURABLE_LAG));
        count = (int) U32.get(bytes, AT_COUNT);
        bodyBytes = (int) U32.get(bytes, AT_BODY_BYTES);
        bodyChecksum = (int) U32.get(bytes, AT_BODY_CHECKSUM);
        sequence = (int) U32.get(bytes, AT_SEQUENCE);
        timeMillis = (long) U64.get(bytes, AT_TIME_MILLIS);
        producerId = (long) U64.get(bytes, AT_PRODUCER_ID);
        unknown = isUnknown() && withinLimits();
        return !unknown && withinLimits() && withinLimits(superblock);
    }

    private boolean isUnknown() {
        int flagsOfKind = kind == MESSAGES ? NOT_FIRST_PART | NOT_LAST_PART | ENVELOPES | CLOCK : 0;
        return kind > 0
                && kind < FIRST_STEPPED_OVER
                && (kind > PRODUCERS || (flags & ~flagsOfKind) != 0);
    }

    /** What a newer version does with this record, in words. */
    public String unknownWords() {
        return kind > PRODUCERS
                ? "a record of kind %d (position %d)".formatted(kind, position)
                : "a record of kind %d with the flags %d (position %d)"
                        .formatted(kind, flags, position);
    }

    private boolean withinLimits() {
        return firstId >= 0 && firstId <= LogPosition.MAX && position <= LogPosition.MAX;
    }

    private boolean withinLimits(Superblock superblock) {
        return kind != 0
                && (kind == MESSAGES ? count > 0 : count == 0)
                && count <= MAX_MESSAGES
                && bodyBytes >= 4L * count
                && bodyBytes <= Math.max(superblock.intervalBytes(), superblock.maxPushBytes());
    }

    private int checksum(int salt) {
        crc.reset();
        crc.update(bytes, AT_KIND, BYTES - AT_KIND);
        return (int) crc.getValue() ^ salt;
    }

    /** A walk along the ring begins, at any record. */
    public void beginWalk() {
        passedEpoch = 0;
        passedMillis = 0;
    }

    /** The walk goes on behind this record. */
    public void pass() {
        passedEpoch = epoch;
        passedMillis = timeMillis;
    }

    /**
     * Whether this may be the next record of the walk: epoch and time never go back along the ring.
     * What an earlier run has left in the place of a record that the device has lost does.
     */
    public boolean mayFollow() {
        return epoch >= passedEpoch && timeMillis >= passedMillis;
    }

    /** What the record takes of the ring. */
    public long space() {
        return space(bodyBytes) + bodyAt() - BYTES;
    }

    /** Where in the record its body begins. */
    public int bodyAt() {
        return clocked() ? BYTES + ClockDifference.BYTES : BYTES;
    }

    /** Whether the clock did not show the time that gives the record its place in the order. */
    public boolean clocked() {
        return (flags & CLOCK) != 0 && holdsMessages();
    }

    /** Without the clock's time. */
    public static long space(long bodyBytes) {
        return BYTES + ((bodyBytes + 7) & -8);
    }

    public long endPosition() {
        return position + space();
    }

    public long endId() {
        return firstId + count;
    }

    /** Whoever needs messages steps over a record without. */
    public boolean holdsMessages() {
        return kind == MESSAGES;
    }

    public boolean firstPart() {
        return !holdsMessages() || (flags & NOT_FIRST_PART) == 0;
    }

    public boolean lastPart() {
        return !holdsMessages() || (flags & NOT_LAST_PART) == 0;
    }

    public boolean envelopes() {
        return (flags & ENVELOPES) != 0;
    }
}
