package rotera.queue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Off-heap bytes that can grow, with a view for checksums. Not thread-safe. */
@SuppressWarnings("MustBeClosedChecker") // closed by close and resize
final class Memory implements AutoCloseable {
    private Arena arena;
    private MemorySegment segment;
    private ByteBuffer view;

    Memory(long bytes) {
        arena = Arena.ofShared();
        segment = arena.allocate(bytes, 8);
        view = segment.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    MemorySegment segment() {
        return segment;
    }

    long bytes() {
        return segment.byteSize();
    }

    /** Makes room for {@code needed} bytes; the first {@code kept} stay as they are. */
    void ensure(long needed, long kept) {
        if (needed <= segment.byteSize()) return;
        resize(Math.max(needed, Math.min(2 * segment.byteSize(), Integer.MAX_VALUE - 8)), kept);
    }

    void resize(long bytes, long kept) {
        Arena old = arena;
        MemorySegment before = segment;
        arena = Arena.ofShared();
        segment = arena.allocate(bytes, 8);
        view = segment.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        MemorySegment.copy(before, 0, segment, 0, kept);
        old.close();
    }

    ByteBuffer view() {
        return view;
    }

    /** Continues a checksum over some of the bytes. */
    void checksum(CRC32C crc, long from, long length) {
        view.clear().position((int) from).limit((int) (from + length));
        crc.update(view);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) arena.close();
    }
}
