package rotera.client;

import java.time.Duration;

/**
 * Which queue of which server, and how patiently.
 *
 * @param host name or address of the server
 * @param port 1 to 65535
 * @param queue number or name of the queue; all digits are a number
 * @param timeout how long a call may wait for its answer, lost connections included; it fails with
 *     {@link rotera.queue.QueueException.TimedOutException} then. A time of years waits for ever.
 *     The first connection has 30 seconds of it at most, and fails at once when it is refused
 * @param reconnect whether a lost connection is made again, with everything pushed again that was
 *     not known to be committed; else the queue object is of no more use once its connection is
 *     lost
 * @param listener is told when calls have to wait for the server
 */
public record ConnectOptions(
        String host,
        int port,
        String queue,
        Duration timeout,
        boolean reconnect,
        ConnectionListener listener) {

    public ConnectOptions {
        if (port < 1 || port > 65_535)
            throw new IllegalArgumentException("port=" + port + " is not within 1 and 65535");
        if (!timeout.isPositive())
            throw new IllegalArgumentException("timeout=" + timeout + " is not more than 0");
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
}
