package rotera.client;

import java.time.Duration;

/** Which queue of which server, and how patiently. */
public final class ConnectOptions {

    private final String host;
    private final int port;
    private final String queue;
    private final Duration timeout;
    private final boolean reconnect;
    private final ConnectionListener listener;

    private ConnectOptions(
            String host,
            int port,
            String queue,
            Duration timeout,
            boolean reconnect,
            ConnectionListener listener) {
        if (port < 1 || port > 65_535)
            throw new IllegalArgumentException("port=" + port + " is not within 1 and 65535");
        if (!timeout.isPositive())
            throw new IllegalArgumentException("timeout=" + timeout + " is not more than 0");
        this.host = host;
        this.port = port;
        this.queue = queue;
        this.timeout = timeout;
        this.reconnect = reconnect;
        this.listener = listener;
    }

    /** Where a server listens if it is not told otherwise. */
    public static final int DEFAULT_PORT = 8245;

    /** A queue of a server of this machine, with a timeout of 30 seconds, reconnecting. */
    public static ConnectOptions of(String queue) {
        return new ConnectOptions(
                "127.0.0.1",
                DEFAULT_PORT,
                queue,
                Duration.ofSeconds(30),
                true,
                ConnectionListener.NONE);
    }

    public ConnectOptions withHost(String host) {
        return new ConnectOptions(host, port, queue, timeout, reconnect, listener);
    }

    public ConnectOptions withPort(int port) {
        return new ConnectOptions(host, port, queue, timeout, reconnect, listener);
    }

    public ConnectOptions withTimeout(Duration timeout) {
        return new ConnectOptions(host, port, queue, timeout, reconnect, listener);
    }

    public ConnectOptions withReconnect(boolean reconnect) {
        return new ConnectOptions(host, port, queue, timeout, reconnect, listener);
    }

    public ConnectOptions withListener(ConnectionListener listener) {
        return new ConnectOptions(host, port, queue, timeout, reconnect, listener);
    }

    /** Name or address of the server. */
    public String host() {
        return host;
    }

    /** 1 to 65535. */
    public int port() {
        return port;
    }

    /** Number or name of the queue; all digits are a number. */
    public String queue() {
        return queue;
    }

    /**
     * How long a call may wait for its answer, lost connections included; it fails with {@link
     * rotera.queue.QueueException.TimedOutException} then. A time of years waits for ever. The
     * first connection has 30 seconds of it at most, and fails at once when it is refused.
     */
    public Duration timeout() {
        return timeout;
    }

    /**
     * Whether a lost connection is made again, with everything pushed again that was not known to
     * be committed; else the queue object is of no more use once its connection is lost.
     */
    public boolean reconnect() {
        return reconnect;
    }

    /** Is told when calls have to wait for the server. */
    public ConnectionListener listener() {
        return listener;
    }
}
