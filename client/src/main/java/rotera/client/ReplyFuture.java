package rotera.client;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import rotera.queue.QueueException;

/**
 * The outcome of a request. A thread that waits for it sends what was held back, and reads replies
 * itself if nobody else does. The outcome is known under a lock first; the future is completed
 * behind the lock, because that may run code of others.
 */
final class ReplyFuture extends CompletableFuture<Long> {
    /** Has a thread wait for the outcome. */
    interface Awaiter {
        /** Returns once there is an outcome, the time is over, or the thread is interrupted. */
        void await(ReplyFuture future, long nanos, boolean interruptible);
    }

    private final Awaiter awaiter;

    // Written under the lock, the outcome before settled; read without.
    private volatile boolean settled;
    private long value;
    private @Nullable Supplier<QueueException> failure;

    /** Those that wait while another reads the replies; guarded by the lock. */
    @Nullable List<Waiter> waiters;

    ReplyFuture(Awaiter awaiter) {
        this.awaiter = awaiter;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>(); // what depends on it has nothing to send
    }

    @Override
    public Long join() {
        await(TimeLimit.NONE, false);
        return super.join();
    }

    @Override
    public Long get() throws InterruptedException, ExecutionException {
        await(TimeLimit.NONE, true);
        return super.get();
    }

    @Override
    public Long get(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        long nanos = Math.min(unit.toNanos(timeout), Long.MAX_VALUE / 2);
        long end = System.nanoTime() + nanos;
        await(nanos, true);
        return super.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    private void await(long nanos, boolean interruptible) {
        if (isDone()) return;
        awaiter.await(this, nanos, interruptible);
        if (settled) publish(); // else it would wait again for the thread that read the reply
    }

    boolean isSettled() {
        return settled;
    }

    /** Whether the outcome is known, or the future was completed by its owner. */
    boolean isOver() {
        return settled || isDone();
    }

    void settle(long outcome) {
        value = outcome;
        settled = true;
    }

    /** The failure is made anew for each that throws it. */
    void settle(Supplier<QueueException> outcome) {
        failure = outcome;
        settled = true;
    }

    /** For the thread that waited for it. */
    long outcome() {
        if (failure != null) throw failure.get();
        return value;
    }

    /** Tells those that have the future. */
    void publish() {
        if (failure == null) complete(value);
        else completeExceptionally(failure.get());
    }

    /**
     * A thread that waits for an outcome while another one reads the replies. It waits without the
     * lock of the connection and does not need it once there is an outcome: threads that are woken
     * together do not queue up.
     */
    static final class Waiter {
        private final Thread thread = Thread.currentThread();
        private volatile boolean woken;

        /** Returns when woken, at the limit, or if it may be interrupted; whether it was. */
        boolean await(long limit, boolean interruptible) {
            boolean interrupted = false;
            while (!woken && !(interrupted && interruptible)) {
                long left = TimeLimit.left(limit);
                if (left <= 0) break;
                LockSupport.parkNanos(this, left);
                interrupted |= Thread.interrupted();
            }
            return interrupted;
        }

        /** Also if it does not wait yet. */
        void wake() {
            woken = true;
            LockSupport.unpark(thread);
        }
    }
}
