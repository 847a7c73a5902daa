package rotera.client;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import rotera.protocol.Frame;
import rotera.protocol.Hello;
import rotera.protocol.QueueInfo;
import rotera.queue.Queue;
import rotera.queue.QueueException;
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
     * Opens a queue wherever it is.
     *
     * @param address a {@link QueueAddress}
     * @throws IllegalArgumentException if it is none
     * @throws QueueException.ConnectionLostException if none of the servers is there
     */
    public static Queue open(String address) {
        return switch (QueueAddress.parse(address)) {
            case QueueAddress.InFile(Path path) -> open(path);
            case QueueAddress.OnServer(List<QueueAddress.Server> servers, String queue) ->
                    servers.isEmpty()
                            ? connect(ConnectOptions.of(queue))
                            : connectToFirst(servers, ConnectOptions.of(queue));
        };
    }

    private static Queue connectToFirst(List<QueueAddress.Server> servers, ConnectOptions options) {
        QueueException failure = null;
        for (QueueAddress.Server server : servers) {
            try {
                return connect(options.withHost(server.host()).withPort(server.port()));
            } catch (QueueException.ConnectionLostException | QueueException.TimedOutException e) {
                if (failure == null) failure = e;
                else failure.addSuppressed(e);
            }
        }
        throw Objects.requireNonNull(failure);
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
     * @throws rotera.queue.QueueException.ConnectionLostException if the server is not there
     * @throws rotera.queue.QueueException.UnknownQueueException if it does not have the queue
     */
    public static RemoteQueue connect(ConnectOptions options) {
        return new RemoteQueue(options);
    }

    /**
     * Deletes a queue of a server with its file and all its messages, for good. Pushes and streams
     * of others get {@link QueueException.UnknownQueueException}. If the connection is lost on the
     * way, the queue is there or deleted.
     *
     * @param uniqueId of the queue, which {@link #queues} and {@link RemoteQueue#info} tell:
     *     another queue that has its number or name meanwhile stays
     * @throws QueueException.UnknownQueueException if there is no such queue
     */
    public static void delete(ConnectOptions options, UUID uniqueId) {
        change(
                options,
                Frame.DELETE,
                "",
                queue -> {
                    if (!queue.file().uniqueId().equals(uniqueId))
                        throw new QueueException.UnknownQueueException(
                                "queue %s of %s is another one now: nothing was deleted"
                                        .formatted(options.queue(), Connector.server(options)));
                });
    }

    /**
     * Gives a queue of a server another name; its number and its messages stay. If the connection
     * is lost on the way, the queue has one of the two names.
     *
     * @param name 1 to 255 bytes in UTF-8, not only digits
     * @throws QueueException.UnknownQueueException if there is no such queue
     * @throws QueueException.NameTakenException if another queue of the server has the name
     */
    public static void rename(ConnectOptions options, String name) {
        change(options, Frame.RENAME, name, queue -> {});
    }

    private static void change(
            ConnectOptions options, int kind, String name, Consumer<QueueInfo> check) {
        long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(options.timeout());
        boolean asked = false;
        try (Connection connection =
                Connection.open(options.host(), options.port(), BUFFER_BYTES, deadline)) {
            Handshake handshake = new Handshake(connection, deadline);
            Handshake.Introduction queue = handshake.introduce(0, options.queue());
            check.accept(queue.info());
            if ((queue.hello().flags() & Hello.Reply.CHANGES_QUEUES) == 0)
                throw new QueueException.ServerErrorException(
                        "the server on %s can neither delete nor rename queues: update it"
                                .formatted(Connector.server(options)));
            asked = true;
            handshake.change(kind, queue, name);
        } catch (IOException e) {
            if (!asked) throw Connector.failed(options, e);
            throw new QueueException.ConnectionLostException(
                    "no answer of %s (%s): queue %s may be %s or not"
                            .formatted(
                                    Connector.server(options),
                                    Connector.reason(e),
                                    options.queue(),
                                    kind == Frame.DELETE ? "deleted" : "renamed"),
                    e);
        }
    }

    /** All queues of a server, by number, with their figures. */
    public static List<QueueInfo> queues(String host, int port, Duration timeout) {
        ConnectOptions options =
                ConnectOptions.of("0").withHost(host).withPort(port).withTimeout(timeout);
        long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout);
        try (Connection connection = Connection.open(host, port, BUFFER_BYTES, deadline)) {
            return new Handshake(connection, deadline).list();
        } catch (IOException e) {
            throw Connector.failed(options, e);
        }
    }
}
