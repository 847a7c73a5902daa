package rotera.client;

import java.util.concurrent.TimeUnit;

/** Values of {@link System#nanoTime} up to which a thread waits. */
final class TimeLimit {
    /** Waits for ever. */
    static final long NONE = Long.MAX_VALUE;

    private TimeLimit() {}

    static long after(long nanos) {
        return nanos > Long.MAX_VALUE / 2 ? NONE : System.nanoTime() + nanos;
    }

    /** Nanoseconds until the limit; 0 or less once it is over. */
    static long left(long limit) {
        return limit == NONE ? Long.MAX_VALUE : limit - System.nanoTime();
    }

    /** For messages to people. */
    static String seconds(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos) / 1000.0 + " s";
    }
}
