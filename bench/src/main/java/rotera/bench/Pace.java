package rotera.bench;

import java.util.concurrent.locks.LockSupport;

/**
 * When each batch of a producer is due. What comes late was due all the same, so a stall counts for
 * every batch that it delayed.
 */
final class Pace {
    private final long beginNanos = System.nanoTime();
    private final double nanosPerBatch;
    private long batches;

    /** With 0 batches per second each is due when the one before is under way. */
    Pace(double batchesPerSecond) {
        nanosPerBatch = batchesPerSecond == 0 ? 0 : 1e9 / batchesPerSecond;
    }

    /** Waits until the next batch is due; returns when that is or was. */
    long next() {
        if (nanosPerBatch == 0) return System.nanoTime();
        long due = beginNanos + (long) (batches++ * nanosPerBatch);
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime())
            LockSupport.parkNanos(left);
        return due;
    }
}
