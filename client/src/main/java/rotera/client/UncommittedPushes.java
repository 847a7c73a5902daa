package rotera.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The pushes that are not known to be on the server's disk, in their order, kept to be pushed again
 * if the connection or the server is lost. Their memory is used again. Guarded by the session's
 * lock.
 */
final class UncommittedPushes {
    /** Pushes wait when this much is kept. */
    static final long MAX_BYTES = 16 << 20;

    /** At this the client asks for a commit by itself. */
    static final long COMMIT_BYTES = MAX_BYTES / 2;

    /**
     * Memory of frames that is kept to be used again; what is more is left to the collector. Memory
     * that is new for each push costs a large one more than all the rest of it.
     */
    private static final long POOLED_BYTES = 2 * MAX_BYTES;

    private final ArrayDeque<PushBatch> frames = new ArrayDeque<>();
    private final ArrayList<PushBatch> pool = new ArrayList<>();
    private long bytes;
    private long pooledBytes;

    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return frames.isEmpty();
    }

    PushBatch newFrame(boolean envelopes, long now) {
        PushBatch frame;
        if (pool.isEmpty()) {
            frame = new PushBatch();
        } else {
            frame = pool.removeLast();
            pooledBytes -= frame.capacity();
        }
        frame.begin(envelopes, now);
        return frame;
    }

    void add(PushBatch frame) {
        frames.add(frame);
        bytes += frame.bytes();
    }

    /** Lets go of one that the server has refused. */
    void drop(PushBatch frame) {
        if (!frames.removeFirstOccurrence(frame)) return;
        bytes -= frame.bytes();
        recycle(frame);
    }

    /** Lets go of what is on the server's disk; whether that was anything. */
    boolean release(long next) {
        boolean any = false;
        for (PushBatch first = frames.peek();
                first != null && first.committed(next);
                first = frames.peek()) {
            frames.remove();
            bytes -= first.bytes();
            recycle(first);
            any = true;
        }
        return any;
    }

    /** Those that the server had acknowledged and does not have any more, in their order. */
    List<PushBatch> lost(java.util.OptionalInt lastSequence) {
        List<PushBatch> lost = new ArrayList<>();
        for (PushBatch frame : frames) {
            boolean there =
                    lastSequence.isPresent()
                            && Sequences.reached(frame.lastSequence(), lastSequence.getAsInt());
            if (frame.acknowledged() && !there) lost.add(frame);
        }
        return lost;
    }

    void clear() {
        frames.clear();
        bytes = 0;
    }

    private void recycle(PushBatch frame) {
        frame.promises().clear();
        if (pooledBytes + frame.capacity() > POOLED_BYTES) return;
        pooledBytes += frame.capacity();
        pool.add(frame);
    }
}
