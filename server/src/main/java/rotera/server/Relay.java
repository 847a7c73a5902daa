package rotera.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The choice of threads. One thread, the leader, does everything: a hand-over to another thread
 * would cost a commit more than its sync does. But a call that may block, a sync above all, is
 * announced by {@link #call}; if it takes longer than a millisecond, a thread that stands by
 * becomes the leader and goes on with everything else, and the one that is stuck stands by after it
 * returns.
 *
 * <p>The leader alone touches the state of the loop; leading is passed on by one atomic exchange,
 * so each leader sees what the one before did. Who stands by wakes every millisecond as long as
 * there are calls, and sleeps while there are none.
 */
final class Relay {
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int TICKS_BEFORE_SLEEP = 20;
    private static final long SPARE_SECONDS = 10;
    private static final long LEADING = 0;

    private final Runnable loop;
    private final String name;

    /** {@link #LEADING}, or since when the leader is in a call. */
    private final AtomicLong inCall = new AtomicLong(LEADING);

    private volatile long calls;
    private volatile @Nullable Thread asleep;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean watched;
    private volatile boolean ended;

    /** The loop returns when it has lost the lead, or has come to its end. */
    Relay(String name, Runnable loop) {
        this.name = name;
        this.loop = loop;
    }

    void start() {
        startThread(true);
        startThread(false);
    }

    /**
     * Makes a call that may block. False if another thread has become the leader meanwhile: then
     * the caller must return from the loop without touching its state.
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // only the leader writes it
    boolean call(Runnable blocking) {
        long since = System.nanoTime() | 1;
        calls++;
        inCall.set(since);
        Thread sleeper = asleep;
        if (sleeper != null) {
            asleep = null;
            LockSupport.unpark(sleeper);
        }
        try {
            blocking.run();
        } finally {
            since = inCall.compareAndSet(since, LEADING) ? LEADING : since;
        }
        return since == LEADING;
    }

    /** Whether the current thread is one of those that may lead. */
    boolean isMember() {
        return Thread.currentThread() instanceof Member member && member.relay() == this;
    }

    /** Nobody becomes the leader any more. */
    void end() {
        ended = true;
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        Thread sleeper = asleep;
        if (sleeper != null) LockSupport.unpark(sleeper);
    }

    private void startThread(boolean leads) {
        Member member = new Member(leads);
        member.setName(name);
        member.setDaemon(true);
        member.start();
    }

    private final class Member extends Thread {
        private final boolean leads;

        Member(boolean leads) {
            this.leads = leads;
        }

        Relay relay() {
            return Relay.this;
        }

        @Override
        public void run() {
            if (leads) loop.run();
            while (standBy()) loop.run();
        }
    }

    /** Waits until this thread is the leader; false if it is not needed any more. */
    private boolean standBy() {
        lock.lock();
        try {
            while (watched && !ended) {
                if (!changed.await(SPARE_SECONDS, TimeUnit.SECONDS)) return false;
            }
            watched = true;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
        boolean leads = watch();
        lock.lock();
        try {
            watched = false;
            if (!ended && !lock.hasWaiters(changed)) startThread(false);
            changed.signal();
        } finally {
            lock.unlock();
        }
        return leads;
    }

    private boolean watch() {
        int quietTicks = 0;
        long seen = calls;
        while (!ended) {
            long since = inCall.get();
            if (since != LEADING
                    && System.nanoTime() - since > PATIENCE_NANOS
                    && inCall.compareAndSet(since, LEADING)) return true;
            quietTicks = since == LEADING && seen == calls ? quietTicks + 1 : 0;
            seen = calls;
            if (quietTicks > TICKS_BEFORE_SLEEP) {
                sleep(seen);
                quietTicks = 0;
            } else {
                LockSupport.parkNanos(this, PATIENCE_NANOS);
            }
        }
        return false;
    }

    private void sleep(long seen) {
        asleep = Thread.currentThread(); // before looking again, so that no call is missed
        while (asleep != null && calls == seen && !ended) LockSupport.park(this);
        asleep = null;
    }
}
