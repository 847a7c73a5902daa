package rotera.kafka.groups;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The thread that ends what has lasted too long. It sleeps until the next deadline; one that moves
 * further away is noticed when it would have been due. Thread-safe.
 */
final class GroupTimer implements AutoCloseable {
    private static final long START = System.nanoTime();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition earlier = lock.newCondition();
    private long deadline = Group.NEVER;
    private boolean closed;
    private @Nullable Thread thread;

    /** Nanoseconds since the program began. */
    static long nanos() {
        return System.nanoTime() - START;
    }

    /** Has {@code expire} run not later than this. */
    void atLatest(long nanos) {
        lock.lock();
        try {
            if (nanos >= deadline) return;
            deadline = nanos;
            earlier.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Begins; {@code expire} returns when it has to run again. */
    void start(LongSupplier expire) {
        thread = Thread.ofPlatform().daemon().name("rotera-kafka-timer").start(() -> run(expire));
    }

    private void run(LongSupplier expire) {
        try {
            while (sleep()) atLatest(expire.getAsLong());
        } catch (InterruptedException e) {
            // the end
        }
    }

    /** False when it is closed. */
    private boolean sleep() throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                long left = deadline - nanos();
                if (left <= 0) {
                    deadline = Group.NEVER;
                    return true;
                }
                if (deadline == Group.NEVER) earlier.await();
                else earlier.await(left, TimeUnit.NANOSECONDS);
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            earlier.signal();
        } finally {
            lock.unlock();
        }
        Thread running = thread;
        if (running == null) return;
        try {
            running.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
