package rotera.client;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import rotera.protocol.QueueInfo;
import rotera.queue.RotFile;

/** Where programs begin: a queue in a file of this process, or one on a server. */
public final class Rotera {
    private static final int BUFFER_BYTES = 64 << 10;

    private Rotera() {}

    /** Opens a rot file of this machine, without a server. */
    public static RotFile open(Path file) {
        return RotFile.open(file);
    }

    /**
     * Connects to a queue.
     *
     * @param server {@code HOST:PORT}, or {@code HOST} for port 8245; an IPv6 address in brackets
     * @param queue number or name
     */
    public static RemoteQueue connect(String server, String queue) {
        ConnectOptions options = ConnectOptions.of(queue);
        int colon = server.lastIndexOf(':');
        if (colon <= server.lastIndexOf(']')) return connect(options.withHost(host(server)));
        return connect(
                options.withHost(host(server.substring(0, colon)))
                        .withPort(port(server, server.substring(colon + 1))));
    }

    private static String host(String text) {
        return text.startsWith("[") && text.endsWith("]")
                ? text.substring(1, text.length() - 1)
                : text;
    }

    private static int port(String server, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("server=" + server + " is not HOST:PORT or HOST", e);
        }
    }

    /**
     * Connects to a queue.
     *
     * @throws rotera.queue.QueueException.ConnectionLost if the server is not there
     * @throws rotera.queue.QueueException.UnknownQueue if it does not have the queue
     */
    public static RemoteQueue connect(ConnectOptions options) {
        return new RemoteQueue(options);
    }

    /** All queues of a server, by number, with their figures. */
    public static List<QueueInfo> queues(String host, int port, Duration timeout) {
        ConnectOptions options =
                ConnectOptions.of("0").withHost(host).withPort(port).withTimeout(timeout);
        long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout);
        try (Connection connection = Connection.open(host, port, BUFFER_BYTES, deadline)) {
            return new Handshake(connection, deadline).list();
        } catch (IOException e) {
            throw Session.failed(options, e);
        }
    }
}
