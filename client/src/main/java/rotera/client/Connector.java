package rotera.client;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import rotera.protocol.Hello;
import rotera.protocol.QueueInfo;
import rotera.queue.QueueException;

/**
 * Makes the connections to one queue of a server, for the queue and for its streams: the first one,
 * and each one after a loss. Nothing in it changes, so that a thread connects without a lock; the
 * pauses between attempts are in a {@link Backoff}.
 */
final class Connector {
    /** An attempt ends after this, and another one follows. */
    private static final long MAX_CONNECT_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** The first connection of a queue ends after this, whatever the timeout. */
    private static final long MAX_FIRST_CONNECT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final ConnectOptions options;
    private final int bufferBytes;

    Connector(ConnectOptions options, int bufferBytes) {
        this.options = options;
        this.bufferBytes = bufferBytes;
    }

    ConnectOptions options() {
        return options;
    }

    /**
     * A connection that is ready for requests.
     *
     * @param lastSequence of the last message that the server knows of the producer
     */
    record Connected(
            Connection connection, Hello.Reply hello, QueueInfo info, OptionalInt lastSequence) {}

    /** The first connection of a queue; fails at once if the server refuses it. */
    Connected connectFirst() {
        long nanos = Math.min(timeoutNanos(options), MAX_FIRST_CONNECT_NANOS);
        try {
            return connect(0, null, System.nanoTime() + nanos);
        } catch (IOException e) {
            throw failed(options, e);
        }
    }

    /**
     * One attempt to connect again.
     *
     * @param producerToken of the first connection, or 0 for a stream
     * @param known the queue that was connected to first
     * @throws QueueException.QueueReplacedException if the server has another queue in its place
     */
    Connected connectAgain(long producerToken, UUID known, long deadline) throws IOException {
        long until = System.nanoTime() + Math.min(TimeLimit.left(deadline), MAX_CONNECT_NANOS);
        return connect(producerToken, known, until);
    }

    private Connected connect(long producerToken, @Nullable UUID known, long deadline)
            throws IOException {
        Connection connection =
                Connection.open(options.host(), options.port(), bufferBytes, deadline);
        boolean ready = false;
        try {
            Handshake handshake = new Handshake(connection, deadline);
            Handshake.Introduction peer = handshake.introduce(producerToken, options.queue());
            checkSameQueue(known, peer.info().file().uniqueId());
            OptionalInt last =
                    producerToken == 0
                            ? OptionalInt.empty()
                            : handshake.lastPush((int) peer.info().number());
            ready = true;
            return new Connected(connection, peer.hello(), peer.info(), last);
        } finally {
            if (!ready) connection.close();
        }
    }

    private void checkSameQueue(@Nullable UUID known, UUID now) {
        if (known == null || known.equals(now)) return;
        throw new QueueException.QueueReplacedException(
                "queue %s of %s is not the one that was connected to: it has the unique id %s instead of %s"
                        .formatted(options.queue(), server(options), now, known));
    }

    // For messages.

    static long timeoutNanos(ConnectOptions options) {
        return Math.min(TimeUnit.NANOSECONDS.convert(options.timeout()), Long.MAX_VALUE / 4);
    }

    static String server(ConnectOptions options) {
        return options.host() + ":" + options.port();
    }

    static QueueException failed(ConnectOptions options, IOException e) {
        String message = "cannot connect to " + server(options) + ": " + reason(e);
        return e instanceof SocketTimeoutException
                ? new QueueException.TimedOutException(message)
                : new QueueException.ConnectionLostException(message, e);
    }

    static String reason(Exception e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    /**
     * The pauses between attempts. They double from 50 ms to a second, and begin anew after a
     * connection that worked. Not thread-safe.
     */
    static final class Backoff {
        private static final long MIN_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
        private static final long MAX_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

        private long lastAttempt = System.nanoTime() - MIN_PAUSE_NANOS;
        private long pauseNanos;

        /** Time until the next attempt; 0 or less if it is due. */
        long left() {
            return lastAttempt + Math.max(pauseNanos, MIN_PAUSE_NANOS) - System.nanoTime();
        }

        /** Whether an attempt was made, and no connection has worked since. */
        boolean isTrying() {
            return pauseNanos > 0;
        }

        void attempt() {
            lastAttempt = System.nanoTime();
            pauseNanos = Math.clamp(2 * pauseNanos, MIN_PAUSE_NANOS, MAX_PAUSE_NANOS);
        }

        /** A connection has worked. */
        void reset() {
            pauseNanos = 0;
        }
    }
}
