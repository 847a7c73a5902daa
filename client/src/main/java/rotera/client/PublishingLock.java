package rotera.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The lock of a shared connection. What its holder has to tell others is told once it is free:
 * threads are woken, futures completed, and the listener called, which may run code of others.
 */
final class PublishingLock extends ReentrantLock {
    private static final long serialVersionUID = 1;

    private transient List<ReplyFuture.Waiter> woken = new ArrayList<>();
    private transient List<ReplyFuture> settled = new ArrayList<>();
    private transient @Nullable Runnable news;

    /** Wakes the threads once the lock is free. */
    void wake(List<ReplyFuture.Waiter> waiters) {
        assert isHeldByCurrentThread();
        woken.addAll(waiters);
    }

    /** Wakes the thread before all others. */
    void wakeFirst(ReplyFuture.Waiter waiter) {
        assert isHeldByCurrentThread();
        woken.addFirst(waiter);
    }

    /** Completes the future once the lock is free. */
    void complete(ReplyFuture future) {
        assert isHeldByCurrentThread();
        settled.add(future);
    }

    /** Runs the last of these once the lock is free. */
    void run(Runnable last) {
        assert isHeldByCurrentThread();
        news = last;
    }

    /** Tells what there is to tell, without the lock for a moment. */
    void publish() {
        if (settled.isEmpty() && woken.isEmpty() && news == null) return;
        unlock();
        lock();
    }

    @Override
    public void unlock() {
        assert getHoldCount() == 1;
        List<ReplyFuture> done = settled.isEmpty() ? List.of() : settled;
        if (!done.isEmpty()) settled = new ArrayList<>();
        List<ReplyFuture.Waiter> released = woken.isEmpty() ? List.of() : woken;
        if (!released.isEmpty()) woken = new ArrayList<>();
        Runnable told = news;
        news = null;
        super.unlock();
        if (told != null) told.run();
        for (ReplyFuture.Waiter waiter : released) waiter.wake();
        for (ReplyFuture future : done) future.publish();
    }
}
