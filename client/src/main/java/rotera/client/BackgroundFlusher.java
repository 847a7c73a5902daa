package rotera.client;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/**
 * The thread for what nobody waits for: sends pushes that were held back for a tick, and reads the
 * replies of requests whose callers went on. A tick is a millisecond as long as there is work for
 * it, and becomes longer as long as callers do it themselves; it sleeps when nothing is pushed. It
 * does not exist before it is needed. All its functions are called with the lock held.
 */
final class BackgroundFlusher {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** 64 connections whose callers wait cost 4,000 wake-ups a second, not 64,000. */
    private static final long LONG_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(16);

    private static final int TICKS_BEFORE_SLEEP = 20;

    /** How it sends and reads; called with the lock held. */
    interface Work {
        /** Whether requests are in flight that nobody waits for. */
        boolean needsDriver();

        /** Whether callers have waited for their futures of late, and so read replies. */
        boolean callersWait();

        void flush();

        /** Reads replies until there are none to wait for, or {@link #shallYield}. */
        void drive();

        /** Has the thread that drives look around. */
        void wakeDriver();
    }

    private final PublishingLock lock;
    private final Condition wakeUp;
    private final RequestPipeline pipeline;
    private final Work work;
    private @Nullable Thread thread;
    private boolean asleep;
    private boolean driveAtOnce;
    private boolean driving;
    private boolean yieldAsked;
    private boolean ended;

    BackgroundFlusher(PublishingLock lock, RequestPipeline pipeline, Work work) {
        this.lock = lock;
        this.pipeline = pipeline;
        this.work = work;
        wakeUp = lock.newCondition();
    }

    /** Something is held back. */
    void nudge() {
        assert lock.isHeldByCurrentThread();
        if (thread == null) start();
        else if (asleep) wake();
    }

    /** Requests are in flight that nobody waits for. */
    void driveSoon() {
        assert lock.isHeldByCurrentThread();
        driveAtOnce = true;
        if (thread == null) start();
        else if (!driving) wake();
    }

    /** A thread that waits wants to read the replies. */
    void yieldDriving() {
        assert lock.isHeldByCurrentThread();
        if (!driving || yieldAsked) return;
        yieldAsked = true;
        work.wakeDriver();
    }

    boolean shallYield() {
        return yieldAsked || ended;
    }

    void end() {
        assert lock.isHeldByCurrentThread();
        ended = true;
        wake();
    }

    private void wake() {
        asleep = false;
        wakeUp.signal();
    }

    private void start() {
        if (!ended) thread = Thread.ofPlatform().daemon().name("rotera-client").start(this::run);
    }

    private void run() {
        lock.lock();
        try {
            int quiet = 0;
            long tickNanos = TICK_NANOS;
            long lastTick = System.nanoTime();
            while (!ended) {
                long tick = System.nanoTime();
                boolean useful = pipeline.isPushHeldSince(lastTick);
                if (useful) work.flush();
                boolean waitedATick = pipeline.oldestSince() - lastTick <= 0;
                if (work.needsDriver() && (driveAtOnce || waitedATick)) {
                    driveNow();
                    useful = true;
                } else {
                    driveAtOnce = false;
                }
                lastTick = tick;
                tickNanos = useful ? TICK_NANOS : Math.min(2 * tickNanos, LONG_TICK_NANOS);
                boolean busy = pipeline.hasOpenPush() || work.needsDriver();
                quiet = busy ? 0 : quiet + 1;
                if (ended || (driveAtOnce && work.needsDriver())) continue;
                if (quiet <= TICKS_BEFORE_SLEEP) {
                    pause(tickNanos);
                } else {
                    asleep = true;
                    pause(Long.MAX_VALUE);
                    asleep = false;
                    quiet = 0;
                    if (!work.callersWait()) tickNanos = TICK_NANOS;
                }
            }
        } finally {
            thread = null;
            lock.unlock();
        }
    }

    private void driveNow() {
        driveAtOnce = false;
        driving = true;
        try {
            work.drive();
        } finally {
            driving = false;
            yieldAsked = false;
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the caller loops
    private void pause(long nanos) {
        try {
            long _ = wakeUp.awaitNanos(nanos);
        } catch (InterruptedException e) {
            // Nobody has a reason to; the flag is cleared with this.
        }
    }
}
