package rotera.cli;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Lines to push: the complete ones, back to back, and behind them the beginning of one that is not
 * complete yet. Off-heap, because a line can be as long as the largest message. Bytes are taken as
 * they are.
 */
final class Lines implements AutoCloseable {
    /** No queue takes a larger message. */
    static final int MAX_LINE_BYTES = 64 << 20;

    private static final int INITIAL_BYTES = 512 << 10;

    private Arena arena = Arena.ofConfined();
    private MemorySegment bytes = arena.allocate(INITIAL_BYTES);
    private int[] lengths = new int[4096];
    private int count;
    private long completeBytes;
    private long openBytes;

    /** Adds to the line that is not complete. */
    void append(byte[] source, int from, int length) {
        long end = completeBytes + openBytes;
        if (end + length > bytes.byteSize()) grow(end + length);
        MemorySegment.copy(source, from, bytes, JAVA_BYTE, end, length);
        openBytes += length;
    }

    /** Completes the line. */
    void endLine() {
        if (count == lengths.length) lengths = Arrays.copyOf(lengths, 2 * count);
        lengths[count++] = (int) openBytes;
        completeBytes += openBytes;
        openBytes = 0;
    }

    /** Forgets the line that is not complete. */
    void dropOpenLine() {
        openBytes = 0;
    }

    /** Forgets the complete lines. */
    void clear() {
        MemorySegment.copy(bytes, completeBytes, bytes, 0, openBytes);
        count = 0;
        completeBytes = 0;
    }

    int count() {
        return count;
    }

    int length(int line) {
        return lengths[line];
    }

    /** The complete lines, from the beginning on. */
    MemorySegment bytes() {
        return bytes;
    }

    long completeBytes() {
        return completeBytes;
    }

    long openBytes() {
        return openBytes;
    }

    /** What a push of the complete lines counts. */
    long pushBytes() {
        return completeBytes + 4L * count;
    }

    boolean openLineIsBlank() {
        for (long i = completeBytes; i < completeBytes + openBytes; i++) {
            byte b = bytes.get(JAVA_BYTE, i);
            if (b != ' ' && (b < '\t' || b > '\r')) return false;
        }
        return true;
    }

    @SuppressWarnings("MustBeClosedChecker") // closed when it has grown, or with the lines
    private void grow(long needed) {
        Arena before = arena;
        arena = Arena.ofConfined();
        MemorySegment larger = arena.allocate(Math.max(needed, 2 * bytes.byteSize()));
        MemorySegment.copy(bytes, 0, larger, 0, completeBytes + openBytes);
        bytes = larger;
        before.close();
    }

    @Override
    public void close() {
        arena.close();
    }
}
