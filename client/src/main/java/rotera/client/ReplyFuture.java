package rotera.client;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import rotera.queue.QueueException;

/**
 * The outcome of a request. A thread that waits for it sends what was held back, and reads replies
 * itself if nobody else does. The outcome is known under the session's lock first; the future is
 * completed behind the lock, because that may run code of others.
 */
final class ReplyFuture extends CompletableFuture<Long> {
    private final SharedConnection session;

    // Written under the session's lock, the outcome before settled, and read without.
    volatile boolean settled;
    long value;
    @Nullable QueueException failure;

    /** Those who wait while another reads the replies; guarded by the session's lock. */
    @Nullable List<Waiter> waiters;

    ReplyFuture(SharedConnection session) {
        this.session = session;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>(); // what depends on it has nothing to send
    }

    @Override
    public Long join() {
        help(Long.MAX_VALUE, false);
        return super.join();
    }

    @Override
    public Long get() throws InterruptedException, ExecutionException {
        help(Long.MAX_VALUE, true);
        return super.get();
    }

    @Override
    public Long get(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        long nanos = Math.min(unit.toNanos(timeout), Long.MAX_VALUE / 2);
        long end = System.nanoTime() + nanos;
        help(nanos, true);
        return super.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    private void help(long nanos, boolean interruptible) {
        if (isDone()) return;
        session.help(this, nanos, interruptible);
        if (settled) publish(); // else it would wait again for the thread that read the reply
    }

    /** For the thread that waited for it. */
    long outcome() {
        if (failure != null) throw failure;
        return value;
    }

    /** Tells those who have the future. */
    void publish() {
        if (failure == null) complete(value);
        else completeExceptionally(failure);
    }
}
