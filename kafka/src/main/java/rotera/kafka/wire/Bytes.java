package rotera.kafka.wire;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * Memory off the heap with content in {@code [0, length)}, which grows as it is written and is
 * counted in a {@link Budget}. Numbers are big-endian. Belongs to the thread that made it.
 */
@SuppressWarnings("MustBeClosedChecker") // closed by close and resize
public final class Bytes implements AutoCloseable {
    public static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** A buffer of more is not addressed by an int. */
    private static final int MOST_BYTES = 1 << 30;

    private final Budget budget;
    private final int smallest;
    private Arena arena = Arena.ofConfined();
    private MemorySegment segment;
    private ByteBuffer view;

    /** Takes the smallest capacity, which is not counted. */
    public Bytes(int smallest, Budget budget) {
        this.smallest = smallest;
        this.budget = budget;
        segment = arena.allocate(smallest, 8);
        view = segment.asByteBuffer();
    }

    /** The memory; replaced when it grows. */
    public MemorySegment segment() {
        return segment;
    }

    /** Positioned behind the content; replaced when it grows. */
    public ByteBuffer view() {
        return view;
    }

    public int capacity() {
        return view.capacity();
    }

    public int length() {
        return view.position();
    }

    public void length(int length) {
        view.limit(view.capacity()).position(length);
    }

    /**
     * Makes room for so many bytes behind the content.
     *
     * @throws QuotaExceededException if it is not to be had within seconds
     */
    public Bytes ensure(int more) {
        if (more <= view.capacity() - view.position()) return this;
        resize(wanted(more), PATIENCE_NANOS);
        return this;
    }

    /** Makes room for so many bytes behind the content if that is to be had at once. */
    public boolean tryEnsure(int more) {
        if (more <= view.capacity() - view.position()) return true;
        try {
            resize(wanted(more), 0);
            return true;
        } catch (QuotaExceededException e) {
            return false;
        }
    }

    private long wanted(int more) {
        long needed = (long) view.position() + more;
        if (needed > MOST_BYTES)
            throw new QuotaExceededException(needed + " bytes are too many at once");
        return Math.clamp(Long.highestOneBit(needed - 1) * 2, needed, MOST_BYTES);
    }

    /** Gives back what is beyond this capacity; what is there then is cut. */
    public void shrink(int capacity) {
        if (capacity >= view.capacity()) return;
        length(Math.min(length(), capacity));
        resize(Math.max(smallest, capacity), 0);
    }

    private void resize(long capacity, long patienceNanos) {
        long counted = view.capacity() == smallest ? 0 : view.capacity();
        boolean counts = capacity > smallest;
        if (counts) budget.take(capacity, patienceNanos);
        int length = length();
        Arena before = arena;
        MemorySegment old = segment;
        arena = Arena.ofConfined();
        segment = arena.allocate(capacity, 8);
        view = segment.asByteBuffer();
        MemorySegment.copy(old, 0, segment, 0, length);
        length(length);
        before.close();
        budget.give(counted);
    }

    public Bytes put8(int value) {
        ensure(1).view.put((byte) value);
        return this;
    }

    public Bytes put16(int value) {
        ensure(2).view.putShort((short) value);
        return this;
    }

    public Bytes put32(int value) {
        ensure(4).view.putInt(value);
        return this;
    }

    public Bytes put64(long value) {
        ensure(8).view.putLong(value);
        return this;
    }

    public Bytes put(byte[] value) {
        ensure(value.length).view.put(value);
        return this;
    }

    public Bytes put(ByteBuffer value) {
        ensure(value.remaining()).view.put(value.duplicate());
        return this;
    }

    public Bytes put(MemorySegment source, long from, int bytes) {
        ensure(bytes);
        MemorySegment.copy(source, from, segment, view.position(), bytes);
        view.position(view.position() + bytes);
        return this;
    }

    @Override
    public void close() {
        if (!arena.scope().isAlive()) return;
        if (view.capacity() > smallest) budget.give(view.capacity());
        arena.close();
    }
}
