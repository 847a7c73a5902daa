package rotera.queue.engine;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** Those who wait for messages. A commit without any costs one volatile read. */
public final class CommitSignal {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final AtomicInteger waiting = new AtomicInteger();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    /** Returns what ends it. A listener that is given twice is called twice. */
    public Runnable listen(Runnable listener) {
        Listener own = new Listener(listener);
        listeners.add(own);
        return () -> listeners.remove(own);
    }

    /** One of its own for each call: equal ones are not the same. */
    private static final class Listener {
        private final Runnable call;

        Listener(Runnable call) {
            this.call = call;
        }
    }

    /**
     * Waits until the condition holds (true) or the time is over (true as well: the caller looks).
     */
    public boolean await(Duration timeout, BooleanSupplier condition) throws InterruptedException {
        if (condition.getAsBoolean()) return true;
        lock.lockInterruptibly();
        waiting.incrementAndGet(); // before the condition is read again, so that no wake is missed
        try {
            long left = TimeUnit.NANOSECONDS.convert(timeout); // or the longest there is
            while (!condition.getAsBoolean() && left > 0) left = changed.awaitNanos(left);
            return true;
        } finally {
            waiting.decrementAndGet();
            lock.unlock();
        }
    }

    public void wake() {
        if (waiting.get() > 0) {
            lock.lock();
            try {
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
        for (Listener listener : listeners) listener.call.run();
    }
}
