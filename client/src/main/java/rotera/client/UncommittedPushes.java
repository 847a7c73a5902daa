package rotera.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import rotera.queue.buffer.SequenceNumber;

/**
 * The sealed pushes that are not known to be on the server's disk, in their order, kept to be
 * pushed again if the connection or the server is lost. Their memory is used again. Not
 * thread-safe.
 */
final class UncommittedPushes {
    /** Pushes wait when this much is kept. */
    static final long MAX_BYTES = 16 << 20;

    /** At this the client asks for a commit by itself. */
    static final long COMMIT_BYTES = MAX_BYTES / 2;

    /**
     * Memory of batches that is kept to be used again; what is more is left to the collector.
     * Memory that is new for each push costs a large one more than all the rest of it.
     */
    private static final long POOLED_BYTES = 2 * MAX_BYTES;

    private final ArrayDeque<PushBatch> batches = new ArrayDeque<>();
    private final ArrayList<PushBatch> pool = new ArrayList<>();
    private long bytes;
    private long pooledBytes;

    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return batches.isEmpty();
    }

    PushBatch newBatch(boolean envelopes, long now) {
        PushBatch batch;
        if (pool.isEmpty()) {
            batch = new PushBatch();
        } else {
            batch = pool.removeLast();
            pooledBytes -= batch.capacity();
        }
        batch.begin(envelopes, now);
        return batch;
    }

    void add(PushBatch batch) {
        batches.add(batch);
        bytes += batch.bytes();
    }

    /** Forgets one that the server has refused. */
    void drop(PushBatch batch) {
        if (!batches.removeFirstOccurrence(batch)) return;
        bytes -= batch.bytes();
        recycle(batch);
    }

    /** Forgets what is on the server's disk; whether that was anything. */
    boolean release(long next) {
        boolean any = false;
        for (PushBatch first = batches.peek();
                first != null && first.committed(next);
                first = batches.peek()) {
            batches.remove();
            bytes -= first.bytes();
            recycle(first);
            any = true;
        }
        return any;
    }

    /** Those that the server had acknowledged and does not have any more, in their order. */
    List<PushBatch> lost(OptionalInt lastSequence) {
        List<PushBatch> lost = new ArrayList<>();
        for (PushBatch batch : batches) {
            boolean there =
                    lastSequence.isPresent()
                            && !SequenceNumber.isBefore(
                                    lastSequence.getAsInt(), batch.lastSequence());
            if (batch.acknowledged() && !there) lost.add(batch);
        }
        return lost;
    }

    void clear() {
        batches.clear();
        bytes = 0;
    }

    private void recycle(PushBatch batch) {
        batch.futures().clear();
        if (pooledBytes + batch.capacity() > POOLED_BYTES) return;
        pooledBytes += batch.capacity();
        pool.add(batch);
    }
}
