package rotera.client;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Off-heap bytes that grow, with a view to write them from. The collector frees them: a socket may
 * still be at work with them when their owner is not.
 */
final class GrowableBuffer {
    private MemorySegment segment;
    private ByteBuffer view;

    GrowableBuffer(long bytes) {
        segment = allocate(bytes);
        view = segment.asByteBuffer();
    }

    MemorySegment segment() {
        return segment;
    }

    ByteBuffer view() {
        return view;
    }

    /** Makes room for {@code needed} bytes; the first {@code kept} stay as they are. */
    void ensure(long needed, long kept) {
        if (needed <= segment.byteSize()) return;
        MemorySegment larger = allocate(Math.max(needed, 2 * segment.byteSize()));
        MemorySegment.copy(segment, 0, larger, 0, kept);
        segment = larger;
        view = larger.asByteBuffer();
    }

    @SuppressWarnings("MustBeClosedChecker") // an automatic arena has no end
    private static MemorySegment allocate(long bytes) {
        return Arena.ofAuto().allocate(bytes, 8);
    }
}
