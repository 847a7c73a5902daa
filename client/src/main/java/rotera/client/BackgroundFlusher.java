package rotera.client;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/**
 * The thread for what nobody waits for: sends pushes that were held back for a tick, and reads the
 * replies of requests whose callers went on. A tick is a millisecond as long as there is work for
 * it, and becomes longer as long as callers do it themselves; it sleeps when nothing is pushed. It
 * does not exist before it is needed. Guarded by the session's lock.
 */
final class BackgroundFlusher {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** 64 sessions whose callers wait cost 4,000 wake-ups a second, not 64,000. */
    private static final long LONG_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(16);

    private static final int TICKS_BEFORE_SLEEP = 20;

    private final SharedConnection session;
    private final Condition work;
    private @Nullable Thread thread;
    private boolean asleep;
    private boolean driveAtOnce;
    private boolean driving;
    private boolean yieldAsked;
    private boolean ended;

    BackgroundFlusher(SharedConnection session) {
        this.session = session;
        work = session.lock().newCondition();
    }

    /** Something is held back. */
    void nudge() {
        if (thread == null) start();
        else if (asleep) wake();
    }

    /** Requests are under way that nobody waits for. */
    void drive() {
        driveAtOnce = true;
        if (thread == null) start();
        else if (!driving) wake();
    }

    /** Somebody who waits wants to read the replies. */
    void yieldDriving() {
        if (!driving || yieldAsked) return;
        yieldAsked = true;
        session.wakeDriver();
    }

    boolean shallYield() {
        return yieldAsked || ended;
    }

    void end() {
        ended = true;
        wake();
    }

    private void wake() {
        asleep = false;
        work.signal();
    }

    private void start() {
        if (!ended) thread = Thread.ofPlatform().daemon().name("rotera-client").start(this::run);
    }

    private void run() {
        session.lock().lock();
        try {
            int quiet = 0;
            long tickNanos = TICK_NANOS;
            long lastTick = System.nanoTime();
            while (!ended) {
                long tick = System.nanoTime();
                PushBatch open = session.exchange().open();
                boolean useful = open != null && open.since - lastTick <= 0;
                if (useful) session.flushFromTicker();
                boolean waitedATick = session.exchange().oldestSince() - lastTick <= 0;
                if (session.needsDriver() && (driveAtOnce || waitedATick)) {
                    driveNow();
                    useful = true;
                } else {
                    driveAtOnce = false;
                }
                lastTick = tick;
                tickNanos = useful ? TICK_NANOS : Math.min(2 * tickNanos, LONG_TICK_NANOS);
                boolean busy = session.exchange().open() != null || session.needsDriver();
                quiet = busy ? 0 : quiet + 1;
                if (ended || (driveAtOnce && session.needsDriver())) continue;
                if (quiet <= TICKS_BEFORE_SLEEP) {
                    pause(tickNanos);
                } else {
                    asleep = true;
                    pause(Long.MAX_VALUE);
                    asleep = false;
                    quiet = 0;
                    if (!session.callersWait()) tickNanos = TICK_NANOS;
                }
            }
        } finally {
            thread = null;
            session.lock().unlock();
        }
    }

    private void driveNow() {
        driveAtOnce = false;
        driving = true;
        try {
            session.driveForOthers();
        } finally {
            driving = false;
            yieldAsked = false;
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the caller loops
    private void pause(long nanos) {
        try {
            long _ = work.awaitNanos(nanos);
        } catch (InterruptedException e) {
            // Nobody has a reason to; the flag is cleared with this.
        }
    }
}
