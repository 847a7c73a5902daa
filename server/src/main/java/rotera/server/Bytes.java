package rotera.server;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Memory off the heap with content in {@code [from, to)}: bytes are added behind it and taken from
 * its front. Not thread-safe.
 */
@SuppressWarnings("MustBeClosedChecker") // closed by close and ensure
final class Bytes implements AutoCloseable {
    private Arena arena = Arena.ofShared();
    private MemorySegment segment;
    private ByteBuffer view;
    int from;
    int to;

    Bytes(int capacity) {
        segment = arena.allocate(capacity, 8);
        view = segment.asByteBuffer();
    }

    MemorySegment segment() {
        return segment;
    }

    int capacity() {
        return view.capacity();
    }

    int length() {
        return to - from;
    }

    boolean isEmpty() {
        return from == to;
    }

    void clear() {
        from = 0;
        to = 0;
    }

    /** The content, to be written to a socket. */
    ByteBuffer content() {
        return view.limit(to).position(from);
    }

    /** Room for at most this much more, to be filled from a socket. */
    ByteBuffer room(int most) {
        return view.limit(Math.min(capacity(), to + most)).position(to);
    }

    /** Adds a copy of another one's content; there must be room. */
    void append(Bytes other) {
        MemorySegment.copy(other.segment, other.from, segment, to, other.length());
        to += other.length();
    }

    /** Moves the content to the front. */
    void compact() {
        if (from == 0) return;
        MemorySegment.copy(segment, from, segment, 0, length());
        to -= from;
        from = 0;
    }

    /** Makes the capacity at least this; the content stays. */
    void ensure(int capacity) {
        if (capacity > capacity()) resize(capacity);
    }

    void resize(int capacity) {
        Arena before = arena;
        MemorySegment old = segment;
        arena = Arena.ofShared();
        segment = arena.allocate(capacity, 8);
        view = segment.asByteBuffer();
        MemorySegment.copy(old, from, segment, from, length());
        before.close();
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) arena.close();
    }
}
