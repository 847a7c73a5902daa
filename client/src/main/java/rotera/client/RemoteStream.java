package rotera.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import rotera.protocol.QueueInfo;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.QueueException;
import rotera.queue.Start;

/**
 * Follows a queue of a server, over a connection of its own. After a lost connection it goes on at
 * the next message; waiting for messages has no limit, being without a connection has.
 */
final class RemoteStream implements MessageStream {
    private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);

    private final ConnectOptions options;
    private final StreamReceiver receiver;
    private final StreamConnection connection;
    private final ReentrantLock using = new ReentrantLock();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile Runnable onClose = () -> {};
    private final LongAdder skipped;
    private @Nullable Messages none;

    RemoteStream(
            ConnectOptions options,
            QueueInfo expected,
            Start start,
            long total,
            LongAdder skipped) {
        this.skipped = skipped;
        this.options = options;
        receiver = new StreamReceiver(start, total, expected.file(), options.reconnect());
        connection = new StreamConnection(options, expected, receiver);
    }

    /** Runs this when the stream is closed. */
    void onClose(Runnable action) {
        onClose = action;
    }

    /** Finds out which message the oldest, the end or a time means: once and now. */
    void resolve() {
        boolean interrupted = false;
        long timeout = Connector.timeoutNanos(options);
        long limit = TimeLimit.after(timeout);
        using.lock();
        try {
            while (!receiver.isComplete() && !receiver.isStartKnown() && !isClosed()) {
                if (TimeLimit.left(limit) <= 0)
                    throw new QueueException.TimedOutException(
                            Connector.server(options)
                                    + " did not say within "
                                    + TimeLimit.seconds(timeout)
                                    + " where the stream begins ("
                                    + connection.lastFailure()
                                    + ")");
                try {
                    awaitBatch(limit, true);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            using.unlock();
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    @Override
    public Messages take() throws InterruptedException {
        return poll(FOR_EVER);
    }

    @Override
    public Messages poll(Duration timeout) throws InterruptedException {
        boolean filled;
        using.lock();
        try {
            filled = fill(TimeLimit.after(TimeUnit.NANOSECONDS.convert(timeout)));
        } finally {
            if (isClosed()) release();
            using.unlock();
        }
        return filled && !isClosed() ? receiver.messages() : none();
    }

    /** Behind the end: those that were read may be closed. */
    private Messages none() {
        if (none == null) none = Messages.none(nextId());
        return none;
    }

    /** Whether the messages are valid; else the stream has ended. */
    @GuardedBy("using")
    private boolean fill(long limit) throws InterruptedException {
        if (isClosed() || receiver.isComplete()) return false;
        if (!receiver.takeMore()) {
            boolean come = awaitBatch(limit, false);
            if (isClosed()) return false;
            if (!come) {
                receiver.takeNothing();
                return true;
            }
        }
        receiver.advance();
        skipped.add(receiver.messages().skipped());
        if (receiver.isComplete()) connection.disconnect();
        return true;
    }

    private boolean isClosed() {
        return closing.getCount() == 0;
    }

    /** Waits for messages; false if the time is over, or (if asked) the start is known. */
    @GuardedBy("using")
    private boolean awaitBatch(long limit, boolean startOnly) throws InterruptedException {
        while (!isClosed()) {
            connection.checkNotEnded();
            Connection current = connection.current();
            try {
                if (current == null) {
                    connect(limit);
                } else {
                    if (take(current, startOnly)) return true;
                    if (startOnly && receiver.isStartKnown()) return false;
                    if (!current.read()) {
                        if (TimeLimit.left(limit) <= 0) return false;
                        boolean _ = current.await(false, TimeLimit.left(limit));
                    }
                }
            } catch (IOException e) {
                connection.lose(e);
            } catch (QueueException.ChecksumMismatchException e) {
                connection.lose(new IOException(e.getMessage(), e));
            }
            if (Thread.interrupted()) throw new InterruptedException();
            if (connection.current() == null && TimeLimit.left(limit) <= 0) return false;
        }
        return false;
    }

    /** Whether a batch with messages has come whole. */
    @GuardedBy("using")
    private boolean take(Connection current, boolean startOnly) throws IOException {
        try {
            boolean come = receiver.receive(current.received(), startOnly);
            if (receiver.isAnswered()) connection.works();
            return come;
        } catch (QueueException e) {
            connection.disconnect();
            throw e;
        }
    }

    /** Makes a connection, or waits until it is time for another attempt. */
    @GuardedBy("using")
    private void connect(long limit) throws IOException, InterruptedException {
        long pause = connection.pauseLeft();
        if (pause <= 0) {
            connection.connect(limit);
            return;
        }
        long nanos = Math.min(pause, TimeLimit.left(limit));
        boolean _ = closing.await(nanos, TimeUnit.NANOSECONDS);
    }

    private void release() {
        assert using.isHeldByCurrentThread();
        connection.disconnect();
        receiver.messages().close();
        onClose.run();
    }

    @Override
    public boolean isEnded() {
        return isClosed() || receiver.isComplete();
    }

    @Override
    public long nextId() {
        // A stream of no messages does not ask for its start.
        return receiver.isStartKnown() ? receiver.nextId() : 0;
    }

    /** The buffer of the messages, for tests. */
    Messages messages() {
        return receiver.messages();
    }

    @Override
    public MessageStream chunk(int max) {
        if (max < 1) throw new IllegalArgumentException("chunk=" + max + " is less than 1");
        receiver.chunk(max);
        return this;
    }

    @Override
    public void close() {
        closing.countDown();
        connection.wake();
        if (!using.tryLock()) return; // the thread in poll() releases everything
        try {
            release();
        } finally {
            using.unlock();
        }
    }
}
