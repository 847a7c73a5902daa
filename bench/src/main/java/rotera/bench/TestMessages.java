package rotera.bench;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The messages that this program pushes. Each begins with a number (program, run of producers,
 * producer, which of its messages) and the time when it was due; the rest is the same in all
 * messages of a size.
 */
final class TestMessages {
    private static final int DUE_AT = 8;
    private static final int BODY_AT = Load.LEAST_MESSAGE_BYTES;
    private static final int SEQUENCE_BITS = 36;
    private static final int LANE_BITS = 12;
    private static final int PRODUCER_BITS = 6;

    /** How many producers of how many runs can be told apart. */
    static final int LANES = 1 << LANE_BITS;

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long PROGRAM =
            new Random().nextLong(1L << (64 - SEQUENCE_BITS - LANE_BITS));
    private static final AtomicInteger RUNS = new AtomicInteger();

    private final byte[] template;
    private final MemorySegment templateBytes;
    private final int run = RUNS.getAndIncrement() & (LANES - 1) >> PRODUCER_BITS;

    TestMessages(int bytes) {
        template = new byte[bytes];
        new Random(PROGRAM).nextBytes(template);
        templateBytes = MemorySegment.ofArray(template);
    }

    int bytes() {
        return template.length;
    }

    /** A message to fill in for each one that is pushed. */
    byte[] blank() {
        return template.clone();
    }

    void fill(byte[] message, int producer, long sequence, long dueNanos) {
        long lane = ((PROGRAM << LANE_BITS) | ((long) run << PRODUCER_BITS)) | producer;
        LONG.set(message, 0, lane << SEQUENCE_BITS | sequence);
        LONG.set(message, DUE_AT, dueNanos);
    }

    /** Whether this program pushed it. */
    static boolean isOurs(MemorySegment data, long offset, int length) {
        return length >= BODY_AT && number(data, offset) >>> (SEQUENCE_BITS + LANE_BITS) == PROGRAM;
    }

    private static long number(MemorySegment data, long offset) {
        return data.get(U64, offset);
    }

    /** Which producer of which run pushed it. */
    static int lane(MemorySegment data, long offset) {
        return (int) (number(data, offset) >>> SEQUENCE_BITS) & (LANES - 1);
    }

    static long sequence(MemorySegment data, long offset) {
        return number(data, offset) & ((1L << SEQUENCE_BITS) - 1);
    }

    static long due(MemorySegment data, long offset) {
        return data.get(U64, offset + DUE_AT);
    }

    boolean isWhole(MemorySegment data, long offset, int length) {
        return length == template.length
                && MemorySegment.mismatch(
                                templateBytes,
                                BODY_AT,
                                length,
                                data,
                                offset + BODY_AT,
                                offset + length)
                        < 0;
    }
}
