package rotera.queue.engine;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Counts syncs and their time. */
public final class SyncMeter {
    private final LongAdder syncs = new LongAdder();
    private final LongAdder nanos = new LongAdder();

    public void add(long syncNanos) {
        syncs.increment();
        nanos.add(syncNanos);
    }

    public long syncs() {
        return syncs.sum();
    }

    public Duration time() {
        return Duration.ofNanos(nanos.sum());
    }
}
