package rotera.cli.text;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The beginning of a message whose end has not come yet. Off-heap, because a message can be larger
 * than the heap of the program.
 */
public final class PartialLine implements AutoCloseable {
    private static final int INITIAL_BYTES = 256 << 10;

    private Arena arena = Arena.ofConfined();
    private MemorySegment bytes = arena.allocate(INITIAL_BYTES);
    private long length;

    public void append(byte[] source, int from, int count) {
        if (length + count > bytes.byteSize()) grow(length + count);
        MemorySegment.copy(source, from, bytes, JAVA_BYTE, length, count);
        length += count;
    }

    public MemorySegment bytes() {
        return bytes;
    }

    public long length() {
        return length;
    }

    public void clear() {
        length = 0;
    }

    @SuppressWarnings("MustBeClosedChecker") // closed when it has grown, or with the message
    private void grow(long needed) {
        Arena before = arena;
        arena = Arena.ofConfined();
        MemorySegment larger = arena.allocate(Math.max(needed, 2 * bytes.byteSize()));
        MemorySegment.copy(bytes, 0, larger, 0, length);
        bytes = larger;
        before.close();
    }

    @Override
    public void close() {
        arena.close();
    }
}
