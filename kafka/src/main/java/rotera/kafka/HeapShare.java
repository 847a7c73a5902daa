package rotera.kafka;

import rotera.kafka.wire.Budget;
import rotera.kafka.wire.Bytes;

/** What the objects of a connection's requests take of the heap, until they are answered. */
final class HeapShare {
    /** What they may take without being counted, and in which steps they are. */
    private static final int FREE_BYTES = 4 << 10;

    private static final int STEP_BYTES = 16 << 10;

    private final Budget heap;
    private long usedBytes;
    private long takenBytes;

    HeapShare(Budget heap) {
        this.heap = heap;
    }

    /**
     * Counts objects that are about to be made.
     *
     * @throws rotera.kafka.wire.QuotaExceededException if they are too many beside those of others
     */
    void charge(int bytes) {
        usedBytes += bytes;
        if (usedBytes <= takenBytes + FREE_BYTES) return;
        heap.take(STEP_BYTES, Bytes.PATIENCE_NANOS);
        takenBytes += STEP_BYTES;
    }

    void release() {
        if (takenBytes > 0) heap.give(takenBytes);
        takenBytes = 0;
        usedBytes = 0;
    }
}
