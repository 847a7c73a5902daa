package rotera.server;

import java.util.concurrent.TimeUnit;

/** How much is done per second, over the last seconds. Not thread-safe. */
final class Activity {
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(2);

    private long beginNanos = System.nanoTime();
    private long sum;
    private double rateBefore;

    void add(long amount, long nanos) {
        if (nanos - beginNanos >= WINDOW_NANOS) roll(nanos);
        sum += amount;
    }

    private void roll(long nanos) {
        // What lies longer ago than a window does not count any more.
        rateBefore = sum * 1e9 / (nanos - beginNanos);
        beginNanos = nanos;
        sum = 0;
    }

    double perSecond(long nanos) {
        long passed = nanos - beginNanos;
        if (passed >= 2 * WINDOW_NANOS)
            return 0; // nothing was added meanwhile: it would have rolled
        if (passed >= WINDOW_NANOS) return sum * 1e9 / passed;
        double missing = 1 - (double) Math.max(0, passed) / WINDOW_NANOS;
        return sum * 1e9 / WINDOW_NANOS + missing * rateBefore;
    }
}
