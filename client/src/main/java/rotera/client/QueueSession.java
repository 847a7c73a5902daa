package rotera.client;

import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import rotera.queue.QueueException;

/**
 * The session of one producer with one queue, over one connection after the other: writes requests
 * and takes replies without a wait, and decides what follows from a lost connection, from silence
 * and from a timeout. Guarded by the lock of the {@link SharedConnection}, but for {@link
 * #connect}.
 */
final class QueueSession {
    /** The listener is told of a request without an answer after this. */
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** Learns what becomes of the session. */
    interface Events {
        /** Has the listener of the caller told, once that is possible. */
        void tell(Runnable news);

        /** There is no connection any more, and there will be none. */
        void ended();
    }

    private final ConnectOptions options;
    private final Connector connector;
    private final RequestPipeline pipeline;
    private final Events events;
    private final long timeoutNanos;
    private final long producerToken;
    private final UUID uniqueId;
    private final Connector.Backoff backoff = new Connector.Backoff();

    private @Nullable Connection connection;
    private String lastFailure = "no answer";
    private long repliesBeforeLoss;

    /** Whether the listener knows that the server is waited for, and how many replies had come. */
    private boolean waitingTold;

    private long repliesBeforeWaiting;

    /** Why there is no connection any more. */
    private @Nullable Supplier<QueueException> end;

    QueueSession(
            Connector connector,
            Connector.Connected first,
            RequestPipeline pipeline,
            Events events) {
        this.connector = connector;
        this.pipeline = pipeline;
        this.events = events;
        options = connector.options();
        timeoutNanos = Connector.timeoutNanos(options);
        producerToken = first.hello().producerToken();
        uniqueId = first.info().file().uniqueId();
        connection = first.connection();
        pipeline.connected(first.info(), first.hello().rememberedPushes(), first.lastSequence());
    }

    String describe() {
        return "queue " + options.queue() + " of " + Connector.server(options);
    }

    /** The connection that is in use, if there is one. */
    @Nullable Connection connection() {
        return connection;
    }

    // Requests and replies.

    /** Writes what may be sent and the socket takes. */
    void send() {
        Connection to = connection;
        if (to == null) return;
        try {
            pipeline.send(to.channel());
        } catch (IOException e) {
            lose(e);
        }
    }

    /** Takes the replies that are there, and sends what they make room for. */
    void receive() {
        Connection from = connection;
        if (from == null) return;
        ReceiveBuffer in = from.received();
        try {
            while (from.read()) {
                pipeline.receive(in);
                if (!in.mayHaveMore()) break;
            }
            pipeline.send(from.channel());
            tellResumed();
        } catch (IOException e) {
            lose(e);
        }
    }

    // Connections come and go.

    /** The connection is not used any more; without reconnecting it is the end. */
    void lose(IOException why) {
        disconnect();
        lastFailure = Connector.reason(why);
        if (pipeline.replies() > repliesBeforeLoss) {
            repliesBeforeLoss = pipeline.replies();
            backoff.reset();
        }
        if (options.reconnect()) {
            tellWaiting(lastFailure);
            return;
        }
        String message =
                "the connection to "
                        + Connector.server(options)
                        + " was lost ("
                        + lastFailure
                        + "): what was pushed and not committed may be kept or not";
        end(() -> new QueueException.ConnectionLostException(message, why));
    }

    private void disconnect() {
        Connection old = connection;
        connection = null;
        if (old != null) old.close();
        pipeline.disconnected();
    }

    /** Time until the next attempt to connect; 0 or less if it is due. */
    long backoffLeft() {
        return backoff.left();
    }

    void beginAttempt() {
        backoff.attempt();
    }

    /** Connects; the only function that takes time, and the only one without the lock. */
    Connector.Connected connect(long deadline) throws IOException {
        return connector.connectAgain(producerToken, uniqueId, deadline);
    }

    /** Goes on over a connection. */
    void adopt(Connector.Connected fresh) {
        if (end != null) {
            fresh.connection().close();
            return;
        }
        connection = fresh.connection();
        pipeline.connected(fresh.info(), fresh.hello().rememberedPushes(), fresh.lastSequence());
        send();
    }

    void connectFailed(Exception why) {
        lastFailure = Connector.reason(why);
        if (!(why instanceof QueueException.QueueReplacedException)) return;
        String message = lastFailure;
        end(() -> new QueueException.QueueReplacedException(message));
    }

    // The end.

    boolean hasEnded() {
        return end != null;
    }

    void checkNotEnded() {
        if (end != null) throw end.get();
    }

    /** Everything that is pending fails, and everything that follows. */
    void end(Supplier<QueueException> reason) {
        if (end != null) return;
        end = reason;
        disconnect();
        pipeline.giveUp(reason);
        events.ended();
    }

    // Time.

    /** Time until the oldest request has waited too long. */
    long timeLeft() {
        return pipeline.oldestSince() + timeoutNanos - System.nanoTime();
    }

    /** Everything that is pending fails; what comes later tries again. */
    void timeOut() {
        String message =
                describe()
                        + " gave no answer within "
                        + TimeLimit.seconds(timeoutNanos)
                        + (connection == null ? " (" + lastFailure + ")" : "")
                        + ": what was pushed and not committed may be kept or not";
        disconnect();
        pipeline.giveUp(() -> new QueueException.TimedOutException(message));
    }

    /** Time until the server is said to be silent; 0 or less if the listener is told so now. */
    long silenceLeft() {
        if (waitingTold || !pipeline.hasPending()) return Long.MAX_VALUE;
        long left = SILENCE_NANOS - (System.nanoTime() - pipeline.oldestSince());
        if (left <= 0) tellWaiting("no answer for " + TimeLimit.seconds(SILENCE_NANOS));
        return left;
    }

    private void tellWaiting(String reason) {
        if (waitingTold) return;
        waitingTold = true;
        repliesBeforeWaiting = pipeline.replies();
        events.tell(() -> options.listener().waiting(reason));
    }

    private void tellResumed() {
        if (!waitingTold || pipeline.replies() == repliesBeforeWaiting) return;
        waitingTold = false;
        events.tell(() -> options.listener().resumed());
    }
}
