package rotera.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;
import rotera.queue.QueueException;

/**
 * Decides which thread reads replies.
 *
 * <p>A round trip is mostly the waking of threads, so none is handed over: a thread that waits
 * takes the role of the <em>driver</em>, reads the replies of all until its own is there, and
 * passes the role on. The {@link BackgroundFlusher} has it only while there are requests that
 * nobody waits for. The driver holds the lock except while it waits for the socket, and code of
 * others runs outside of it.
 *
 * <p>The channel does not block, so an interrupt closes nothing: a thread that was interrupted
 * finishes its call and has its interrupt then.
 */
final class ReplyDriver implements ReplyFuture.Awaiter, BackgroundFlusher.Work {
    private final PublishingLock lock;

    /** For a driver that waits before it connects again. */
    private final Condition retry;

    private final BackgroundFlusher flusher;

    @GuardedBy("lock")
    private final Outcomes outcomes;

    @GuardedBy("lock")
    private final RequestPipeline pipeline;

    @GuardedBy("lock")
    private final QueueSession session;

    @GuardedBy("lock")
    private @Nullable Thread driver;

    @GuardedBy("lock")
    private boolean driverInterrupted;

    /** Whether callers have waited for their futures of late, and so read the replies. */
    @GuardedBy("lock")
    private boolean callersWait;

    ReplyDriver(
            PublishingLock lock,
            Outcomes outcomes,
            RequestPipeline pipeline,
            QueueSession session) {
        this.lock = lock;
        this.outcomes = outcomes;
        this.pipeline = pipeline;
        this.session = session;
        retry = lock.newCondition();
        flusher = new BackgroundFlusher(lock, pipeline, this);
    }

    // For callers that hold the lock, and do not wait.

    /** A push is held back: it is sent soon. */
    void pushIsHeld() {
        flusher.nudge();
    }

    /** A commit is in flight, for which nobody may wait. */
    @SuppressWarnings("GuardedBy") // asserted
    void commitIsPending() {
        assert lock.isHeldByCurrentThread();
        if (callersWait) flusher.nudge();
        else flusher.driveSoon();
    }

    /** Takes the replies that are there, unless another thread reads them. */
    @SuppressWarnings("GuardedBy") // asserted
    void takeReplies() {
        assert lock.isHeldByCurrentThread();
        if (driver == null && pipeline.hasPending()) session.receive();
    }

    void end() {
        flusher.end();
        retry.signalAll();
    }

    // Waiting.

    /** For a thread that has a future: what it waits for may have been held back. */
    @Override
    public void await(ReplyFuture future, long nanos, boolean interruptible) {
        long limit = TimeLimit.after(nanos);
        lock.lock();
        try {
            if (future.isSettled() || session.hasEnded()) return;
            callersWait = true;
            pipeline.flush();
            session.send();
        } finally {
            lock.unlock();
        }
        awaitUntil(future, limit, interruptible);
    }

    /** For a thread whose request was sent already. Returns the outcome. */
    long await(ReplyFuture future) {
        awaitUntil(future, TimeLimit.NONE, false);
        return future.outcome();
    }

    private void awaitUntil(ReplyFuture future, long limit, boolean interruptible) {
        boolean interrupted = false;
        ReplyFuture.Waiter waiter = null;
        try {
            while (!future.isOver() && TimeLimit.left(limit) > 0) {
                interrupted |= Thread.interrupted();
                if (interrupted && interruptible) return;
                lock.lock();
                try {
                    if (waiter != null) outcomes.forget(future, waiter);
                    waiter = null;
                    if (future.isSettled()) return;
                    if (driver == null || driver == Thread.currentThread()) {
                        interrupted |= drive(future, limit, interruptible);
                    } else {
                        flusher.yieldDriving();
                        waiter = outcomes.standBy(future);
                    }
                } finally {
                    lock.unlock();
                }
                if (waiter != null) interrupted |= waiter.await(limit, interruptible);
            }
        } finally {
            if (waiter != null && !future.isSettled()) giveWay(future, waiter);
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    /** A thread that gives up may just have been asked to drive. */
    private void giveWay(ReplyFuture future, ReplyFuture.Waiter waiter) {
        lock.lock();
        try {
            outcomes.forget(future, waiter);
            if (driver == null) passOn();
        } finally {
            lock.unlock();
        }
    }

    /** Another thread has to read the replies of those that wait. */
    @GuardedBy("lock")
    private void passOn() {
        if (outcomes.areAwaited()) outcomes.wakeFirst();
        else if (pipeline.hasPending()) flusher.driveSoon();
    }

    // Driving.

    /** Reads replies until the outcome is there, and passes on. Whether it was interrupted. */
    @GuardedBy("lock")
    private boolean drive(ReplyFuture future, long limit, boolean interruptible) {
        Thread before = driver;
        driver = Thread.currentThread();
        try {
            while (!future.isOver()
                    && TimeLimit.left(limit) > 0
                    && !(driverInterrupted && interruptible)) {
                step(TimeLimit.left(limit));
                if (!future.isSettled()) lock.publish();
            }
            return driverInterrupted;
        } finally {
            driverInterrupted = false;
            driver = before;
            if (driver == null) passOn();
        }
    }

    /** Waits for replies, or for a connection, and takes what has come; at most this long. */
    @GuardedBy("lock")
    private void step(long nanos) {
        if (session.hasEnded()) return;
        long left = session.timeLeft();
        if (left <= 0) {
            session.timeOut();
            return;
        }
        Connection current = session.connection();
        if (current == null) {
            connectAgain(left, Math.min(left, nanos));
            return;
        }
        session.send();
        long silence = session.silenceLeft();
        // What the listener has to know is published by the caller.
        if (session.connection() != current || silence <= 0) return;
        if (!awaitReplies(current, Math.min(Math.min(left, silence), nanos))) return;
        session.receive();
    }

    /** Waits without the lock. Whether something has come over the connection. */
    @GuardedBy("lock")
    private boolean awaitReplies(Connection current, long nanos) {
        boolean orWritable = pipeline.wantsToWrite();
        boolean ready = false;
        IOException failure = null;
        lock.unlock();
        try {
            ready = current.await(orWritable, nanos);
        } catch (IOException e) {
            failure = e;
        } finally {
            lock.lock();
            driverInterrupted |= Thread.interrupted();
        }
        if (session.connection() != current) return false;
        if (failure != null) session.lose(failure);
        return ready;
    }

    @SuppressWarnings("WaitNotInLoop") // the caller loops
    @GuardedBy("lock")
    private void connectAgain(long nanosForAttempt, long nanosForPause) {
        long pause = session.backoffLeft();
        if (pause > 0) {
            try {
                long _ = retry.awaitNanos(Math.min(pause, nanosForPause));
            } catch (InterruptedException e) {
                driverInterrupted = true;
            }
            return;
        }
        session.beginAttempt();
        Connector.Connected fresh = null;
        Exception failure = null;
        lock.unlock();
        try {
            fresh = session.connect(System.nanoTime() + nanosForAttempt);
        } catch (IOException | QueueException e) {
            failure = e;
        } finally {
            lock.lock();
            driverInterrupted |= Thread.interrupted();
        }
        if (fresh != null) session.adopt(fresh);
        else if (failure != null) session.connectFailed(failure);
    }

    // For the flusher, which calls with the lock held.

    @Override
    @GuardedBy("lock")
    public boolean needsDriver() {
        return driver == null && !outcomes.areAwaited() && pipeline.hasPending();
    }

    @Override
    @GuardedBy("lock")
    public boolean callersWait() {
        return callersWait;
    }

    @Override
    @GuardedBy("lock")
    public void flush() {
        callersWait = false;
        pipeline.flush();
        session.send();
        lock.publish();
    }

    @Override
    @GuardedBy("lock")
    public void drive() {
        callersWait = false;
        driver = Thread.currentThread();
        try {
            while (pipeline.hasPending() && !flusher.shallYield()) {
                step(Long.MAX_VALUE);
                lock.publish();
                driverInterrupted = false;
            }
        } finally {
            driver = null;
            passOn();
            lock.publish();
        }
    }

    @Override
    @GuardedBy("lock")
    public void wakeDriver() {
        Connection current = session.connection();
        if (current != null) current.wake();
        retry.signalAll();
    }
}
