package rotera.client;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import rotera.queue.QueueException;

/** Brings the outcomes of requests to the threads that wait for them, and to the futures. */
final class Outcomes implements InFlightRequest.Outcome {
    private final PublishingLock lock;

    /** Those that wait while another thread drives, in the order in which they came. */
    private final LinkedHashSet<ReplyFuture.Waiter> waiting = new LinkedHashSet<>();

    /** For all pushes that wait for room. */
    private @Nullable ReplyFuture room;

    Outcomes(PublishingLock lock) {
        this.lock = lock;
    }

    @Override
    public void settle(ReplyFuture future, long value) {
        future.settle(value);
        finish(future);
    }

    @Override
    public void fail(ReplyFuture future, Supplier<QueueException> failure) {
        future.settle(failure);
        finish(future);
    }

    private void finish(ReplyFuture future) {
        lock.complete(future);
        List<ReplyFuture.Waiter> waiters = future.waiters;
        if (waiters == null) return;
        waiting.removeAll(waiters);
        lock.wake(waiters);
        future.waiters = null;
    }

    /** A future for the next time that there is room for pushes. */
    ReplyFuture room(ReplyFuture.Awaiter awaiter) {
        assert lock.isHeldByCurrentThread();
        ReplyFuture made = room;
        if (made == null) {
            made = new ReplyFuture(awaiter);
            room = made;
        }
        return made;
    }

    @Override
    public void roomMade() {
        ReplyFuture made = room;
        room = null;
        if (made != null) settle(made, 0);
    }

    @Override
    public void noRoom(Supplier<QueueException> reason) {
        ReplyFuture made = room;
        room = null;
        if (made != null) fail(made, reason);
    }

    /** Whether a thread waits while another one drives. */
    boolean areAwaited() {
        assert lock.isHeldByCurrentThread();
        return !waiting.isEmpty();
    }

    /** Has this thread woken once there is an outcome, or once it has to drive. */
    ReplyFuture.Waiter standBy(ReplyFuture future) {
        assert lock.isHeldByCurrentThread();
        ReplyFuture.Waiter waiter = new ReplyFuture.Waiter();
        if (future.waiters == null) future.waiters = new ArrayList<>(1);
        future.waiters.add(waiter);
        waiting.add(waiter);
        return waiter;
    }

    void forget(ReplyFuture future, ReplyFuture.Waiter waiter) {
        assert lock.isHeldByCurrentThread();
        if (future.waiters != null) future.waiters.remove(waiter);
        boolean _ = waiting.remove(waiter);
    }

    /** Wakes the thread that has waited longest. */
    void wakeFirst() {
        lock.wakeFirst(waiting.getFirst());
    }
}
