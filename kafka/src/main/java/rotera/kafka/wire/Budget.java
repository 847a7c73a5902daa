package rotera.kafka.wire;

/** Bytes of memory that all connections may take together. Thread-safe. */
public final class Budget {
    private static final long LEAST_SHARE_BYTES = 64 << 10;

    private final String name;
    private final long limitBytes;
    private long takenBytes;

    public Budget(String name, long limitBytes) {
        this.name = name;
        this.limitBytes = limitBytes;
    }

    /** Takes so many bytes, or nothing. */
    public synchronized boolean tryTake(long bytes) {
        if (bytes > limitBytes - takenBytes) return false;
        takenBytes += bytes;
        return true;
    }

    /**
     * Takes so many bytes, and waits for them as long as is allowed.
     *
     * @throws QuotaExceededException if they did not become free
     */
    public synchronized void take(long bytes, long patienceNanos) {
        long endNanos = System.nanoTime() + patienceNanos;
        while (!tryTake(bytes)) {
            long leftMillis = (endNanos - System.nanoTime()) / 1_000_000;
            if (leftMillis <= 0 || bytes > limitBytes)
                throw new QuotaExceededException(
                        "%d bytes are not to be had: all connections together may take %d bytes for %s, and have %d"
                                .formatted(bytes, limitBytes, name, takenBytes));
            try {
                wait(leftMillis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new QuotaExceededException("interrupted while waiting for memory");
            }
        }
    }

    /**
     * What one connection should take at once: an eighth of what is free, so that those which take
     * no answers leave something to the others. A power of two, so that it is mostly the same.
     */
    public synchronized long shareBytes() {
        long eighth = Long.highestOneBit(Math.max(1, limitBytes - takenBytes)) / 8;
        return Math.max(LEAST_SHARE_BYTES, eighth);
    }

    /** Whether more than half of it is taken: nobody should keep what he does not need now. */
    public synchronized boolean isShort() {
        return takenBytes > limitBytes / 2;
    }

    public synchronized void give(long bytes) {
        takenBytes -= bytes;
        notifyAll();
    }

    public synchronized long takenBytes() {
        return takenBytes;
    }
}
