package rotera.client;

import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import rotera.protocol.QueueInfo;
import rotera.queue.QueueException;

/**
 * The connection of a stream, one after the other, each with a request for what has not come yet.
 * Guarded by the lock of the {@link RemoteStream}, but for {@link #wake}.
 */
final class StreamConnection {
    /** For heads and small batches; the bulk of large ones goes to the messages directly. */
    private static final int BUFFER_BYTES = 16 << 10;

    /**
     * A connection is given this long even if the caller has less time, else none ever succeeds.
     */
    private static final long MIN_CONNECT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final ConnectOptions options;
    private final Connector connector;
    private final Connector.Backoff backoff = new Connector.Backoff();
    private final StreamReceiver receiver;
    private final UUID uniqueId;
    private final long timeoutNanos;

    private volatile @Nullable Connection current;
    private boolean everConnected;
    private long lostSince = System.nanoTime();
    private String lastFailure = "no answer";
    private boolean waitingTold;

    /** Why there will be no connection any more. */
    private @Nullable Supplier<QueueException> end;

    StreamConnection(ConnectOptions options, QueueInfo expected, StreamReceiver receiver) {
        this.options = options;
        this.receiver = receiver;
        connector = new Connector(options, BUFFER_BYTES);
        uniqueId = expected.file().uniqueId();
        timeoutNanos = Connector.timeoutNanos(options);
    }

    /** The connection that is in use, if there is one. */
    @Nullable Connection current() {
        return current;
    }

    String lastFailure() {
        return lastFailure;
    }

    void checkNotEnded() {
        if (end != null) throw end.get();
    }

    /** Lets a thread return from its wait; from any thread. */
    void wake() {
        Connection connection = current;
        if (connection != null) connection.wake();
    }

    /** The server has answered: the next loss is another one. */
    void works() {
        backoff.reset();
    }

    /** Time until the next attempt; 0 or less if it is due. Throws if there were too many. */
    long pauseLeft() {
        long now = System.nanoTime();
        if (now - lostSince > timeoutNanos && backoff.isTrying()) {
            lostSince = now;
            backoff.reset();
            throw new QueueException.TimedOutException(
                    "no connection to "
                            + Connector.server(options)
                            + " within "
                            + TimeLimit.seconds(timeoutNanos)
                            + " ("
                            + lastFailure
                            + "): the next call tries again, and goes on at message "
                            + receiver.nextId());
        }
        return backoff.left();
    }

    /** One attempt to connect, which takes not much longer than the caller has. */
    void connect(long limit) throws IOException {
        long now = System.nanoTime();
        if (!backoff.isTrying()) lostSince = now;
        backoff.attempt();
        long left = Math.min(TimeLimit.left(limit), lostSince + timeoutNanos - now);
        try {
            connectUntil(now + Math.max(left, MIN_CONNECT_NANOS));
        } catch (QueueException.QueueReplacedException e) {
            String message = String.valueOf(e.getMessage());
            end = () -> new QueueException.QueueReplacedException(message);
            throw e;
        } catch (QueueException e) {
            if (!everConnected || !options.reconnect()) throw e;
            throw new IOException(e.getMessage(), e); // a server that has just begun, or is ending
        }
    }

    private void connectUntil(long deadline) throws IOException {
        Connector.Connected fresh = connector.connectAgain(0, uniqueId, deadline);
        boolean ready = false;
        try {
            refuseOlderState(fresh.info());
            fresh.connection().send(receiver.request((int) fresh.info().number()), deadline);
            ready = true;
        } finally {
            if (!ready) fresh.connection().close();
        }
        current = fresh.connection();
        everConnected = true;
        if (waitingTold) options.listener().resumed();
        waitingTold = false;
    }

    /** To wait for the next message would leave out those that come before it. */
    private void refuseOlderState(QueueInfo found) {
        long committed = found.file().committed().id();
        if (committed >= receiver.knownCommitted()) return;
        throw new QueueException.QueueReplacedException(
                "queue %s of %s ends at id %d, and it had ended at %d before: it was restored from an older copy"
                        .formatted(
                                options.queue(),
                                Connector.server(options),
                                committed,
                                receiver.knownCommitted()));
    }

    /** The connection is not used any more; without reconnecting it is the end, and an error. */
    void lose(IOException why) {
        lastFailure = Connector.reason(why);
        disconnect();
        if (options.reconnect()) {
            if (!waitingTold) options.listener().waiting(lastFailure);
            waitingTold = true;
            return;
        }
        String message =
                "the connection to "
                        + Connector.server(options)
                        + " was lost ("
                        + lastFailure
                        + ") before message "
                        + receiver.nextId();
        Supplier<QueueException> failure =
                everConnected
                        ? () -> new QueueException.ConnectionLostException(message, why)
                        : () -> Connector.failed(options, why);
        end = failure;
        throw failure.get();
    }

    void disconnect() {
        Connection old = current;
        current = null;
        receiver.disconnected();
        if (old != null) old.close();
    }
}
