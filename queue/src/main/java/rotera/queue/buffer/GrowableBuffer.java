package rotera.queue.buffer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Off-heap bytes that can grow, with a view for checksums. Freed at once by {@link #close}; what is
 * never closed is freed when its segment cannot be reached any more. Not thread-safe.
 */
public final class GrowableBuffer implements AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create();

    /** Below this, memory that grows gets four times what it had, above it twice. */
    private static final long SMALL_BYTES = 64 << 10;

    private MemorySegment segment;
    private ByteBuffer view;
    private Cleaner.Cleanable owner;

    @SuppressWarnings("MustBeClosedChecker") // the owner closes it
    public GrowableBuffer(long bytes) {
        Arena arena = Arena.ofShared();
        segment = arena.allocate(bytes, 8);
        view = segment.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        // The segment, not this: a caller that has the segment of messages may have nothing else.
        owner = CLEANER.register(segment, arena::close);
    }

    public MemorySegment segment() {
        return segment;
    }

    public long bytes() {
        return segment.byteSize();
    }

    /** Makes room for {@code needed} bytes; the first {@code kept} stay as they are. */
    public void ensure(long needed, long kept) {
        long bytes = segment.byteSize();
        if (needed <= bytes) return;
        long more = Math.min((bytes < SMALL_BYTES ? 4 : 2) * bytes, Integer.MAX_VALUE - 8);
        resize(Math.max(needed, more), kept);
    }

    public void resize(long bytes, long kept) {
        GrowableBuffer other = new GrowableBuffer(bytes);
        MemorySegment.copy(segment, 0, other.segment, 0, kept);
        close();
        segment = other.segment;
        view = other.view;
        owner = other.owner;
    }

    public ByteBuffer view() {
        return view;
    }

    /** Continues a checksum over some of the bytes. */
    public void checksum(CRC32C crc, long from, long length) {
        view.clear().position((int) from).limit((int) (from + length));
        crc.update(view);
    }

    @Override
    public void close() {
        owner.clean();
    }
}
