package rotera.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import rotera.protocol.Frame;
import rotera.protocol.QueueInfo;
import rotera.queue.Batch;
import rotera.queue.QueueException;

/**
 * The connection to a queue that all threads share: adds their requests to the pipeline under the
 * lock, and has them wait with the {@link ReplyDriver}. One lock guards everything behind it.
 */
final class SharedConnection implements QueueSession.Events {
    private static final int BUFFER_BYTES = 64 << 10;

    private final PublishingLock lock = new PublishingLock();
    private final ReplyDriver driver;

    @GuardedBy("lock")
    private final Outcomes outcomes = new Outcomes(lock);

    @GuardedBy("lock")
    private final PushAccumulator pushes = new PushAccumulator();

    @GuardedBy("lock")
    private final RequestPipeline pipeline;

    @GuardedBy("lock")
    private final QueueSession session;

    @GuardedBy("lock")
    private boolean closed;

    private SharedConnection(Connector connector, Connector.Connected first) {
        boolean reconnect = connector.options().reconnect();
        pipeline = new RequestPipeline(outcomes, pushes, reconnect, first.info());
        session = new QueueSession(connector, first, pipeline, this);
        driver = new ReplyDriver(lock, outcomes, pipeline, session);
    }

    /** Connects; fails at once if there is no server. */
    static SharedConnection open(ConnectOptions options) {
        Connector connector = new Connector(options, BUFFER_BYTES);
        return new SharedConnection(connector, connector.connectFirst());
    }

    /** The queue when it was connected to. */
    QueueInfo connectedTo() {
        lock.lock();
        try {
            checkUsable();
            return pipeline.info();
        } finally {
            lock.unlock();
        }
    }

    /** Throws if there can be no more requests. */
    void checkOpen() {
        lock.lock();
        try {
            checkUsable();
        } finally {
            lock.unlock();
        }
    }

    // Requests.

    CompletableFuture<Long> pushAsync(Batch batch) {
        ReplyFuture future = new ReplyFuture(driver);
        try {
            push(batch, future, false);
        } catch (QueueException e) {
            future.completeExceptionally(e);
        }
        return future;
    }

    long push(Batch batch) {
        ReplyFuture future = new ReplyFuture(driver);
        push(batch, future, true);
        return driver.await(future);
    }

    private void push(Batch batch, ReplyFuture future, boolean wait) {
        lock.lock();
        try {
            checkUsable();
            pushes.checkLimits(batch);
            while (!pushes.hasRoom(batch.bytes())) awaitRoom();
            boolean enough = pipeline.push(batch, future);
            if (wait) pipeline.flush();
            if (wait || enough) session.send();
            if (wait) return;
            if (enough) driver.takeReplies();
            driver.pushIsHeld();
        } finally {
            lock.unlock();
        }
    }

    /** Without the lock for as long as there is no room. */
    @GuardedBy("lock")
    private void awaitRoom() {
        if (pipeline.commitSoon()) session.send();
        ReplyFuture room = outcomes.room(driver);
        lock.unlock();
        try {
            long _ = driver.await(room);
        } finally {
            lock.lock();
        }
        checkUsable();
    }

    long commit() {
        return call(new Request(Frame.COMMIT));
    }

    CompletableFuture<Long> commitAsync() {
        ReplyFuture future = new ReplyFuture(driver);
        Request commit = new Request(Frame.COMMIT);
        commit.futures().add(future);
        lock.lock();
        try {
            checkUsable();
            pipeline.add(commit);
            session.send();
            driver.takeReplies();
            driver.commitIsPending();
        } finally {
            lock.unlock();
        }
        return future;
    }

    /** Sends a request and waits for its reply; returns the number that it is about. */
    long call(Request request) {
        ReplyFuture future = new ReplyFuture(driver);
        request.futures().add(future);
        lock.lock();
        try {
            checkUsable();
            pipeline.add(request);
            session.send();
        } finally {
            lock.unlock();
        }
        return driver.await(future);
    }

    /** What came is not what was sent: the connection is not to be trusted. */
    void distrust(QueueException why) {
        lock.lock();
        try {
            session.lose(new IOException(why.getMessage(), why));
            checkUsable();
        } finally {
            lock.unlock();
        }
    }

    // The end.

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void checkUsable() {
        session.checkNotEnded();
        if (closed) throw wasClosed();
    }

    @GuardedBy("lock")
    private QueueException wasClosed() {
        return new QueueException.QueueClosedException(session.describe() + " was closed");
    }

    /** Commits what was pushed, and ends. */
    void close() {
        ReplyFuture future = new ReplyFuture(driver);
        lock.lock();
        try {
            if (closed) return;
            closed = true;
            if (session.hasEnded() || !pushes.hasUncommitted()) {
                end();
                return;
            }
            Request commit = new Request(Frame.COMMIT);
            commit.futures().add(future);
            pipeline.add(commit);
            session.send();
        } finally {
            lock.unlock();
        }
        try {
            long _ = driver.await(future);
        } finally {
            lock.lock();
            try {
                end();
            } finally {
                lock.unlock();
            }
        }
    }

    @GuardedBy("lock")
    private void end() {
        String message = session.describe() + " was closed";
        session.end(() -> new QueueException.QueueClosedException(message));
    }

    // Of the session, with the lock held.

    @Override
    public void tell(Runnable news) {
        lock.run(news);
    }

    @Override
    public void ended() {
        driver.end();
    }
}
