package rotera.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import rotera.server.Server;

/**
 * Lets Kafka programs use the queues of a server as topics with one partition (docs/kafka.md).
 *
 * <p>What a producer was told is committed survives any crash. A slow client delays nobody else.
 * Memory is bounded whatever clients announce. What is wrong is told to the {@link System.Logger}
 * named {@code rotera.kafka}. Thread-safe.
 */
public final class KafkaListener implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final long END_MILLIS = 3_000;

    private final Log log = new Log();
    private final ServerSocketChannel listener;
    private final int port;
    private final Limits limits;
    private final Bell bell = new Bell();
    private final Groups groups;
    private final Connection.Shared shared;
    private final Map<Connection, Thread> connections = new ConcurrentHashMap<>();
    private final AtomicInteger taken = new AtomicInteger();
    private final Thread acceptor;
    private volatile boolean closed;

    private KafkaListener(Server server, KafkaOptions options, Limits limits) throws IOException {
        this.limits = limits;
        InetAddress host = InetAddress.getByName(options.host());
        if (!host.isLoopbackAddress())
            log.warn(
                    "listening for Kafka clients on "
                            + host.getHostAddress()
                            + ": whoever reaches it can read, push, create and delete, nothing is encrypted");
        listener = ServerSocketChannel.open();
        try {
            listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            listener.bind(new InetSocketAddress(host, options.port()), BACKLOG);
            port = listener.socket().getLocalPort();
            Topics topics = new Topics(server, bell);
            shared = shared(server, options, topics);
            groups = Groups.open(server.directory(), topics::uniqueId, log);
            groups.answerIn(shared.dispatch());
            topics.whenDeleted(groups::forget);
        } catch (Throwable e) {
            listener.close();
            bell.close();
            throw e;
        }
        acceptor = Thread.ofPlatform().daemon().name("rotera-kafka").unstarted(this::accept);
    }

    private Connection.Shared shared(Server server, KafkaOptions options, Topics topics)
            throws IOException {
        TopicSettings settings = new TopicSettings(server.directory());
        TopicAdmin admin =
                new TopicAdmin(topics, settings, options, server.directory().toString(), log);
        OffsetLookup offsets = new OffsetLookup(topics);
        Dispatch dispatch = new Dispatch();
        dispatch.on("Metadata", new Metadata(topics, admin, options.autoCreate()))
                .on(
                        "Produce",
                        request -> {
                            throw new IllegalStateException(
                                    "pushes are gathered by the connection");
                        })
                .on("Fetch", new Fetching(topics, settings, limits, log))
                .on("ListOffsets", offsets::listOffsets)
                .on("OffsetForLeaderEpoch", offsets::offsetForLeaderEpoch);
        Basics.answerIn(dispatch);
        admin.answerIn(dispatch);
        Budget memory = new Budget("requests and answers", limits.memoryBytes());
        Budget heap = new Budget("the objects of requests", limits.allHeapBytes());
        return new Connection.Shared(
                dispatch, topics, settings, options.advertised(), limits, memory, heap, log);
    }

    /**
     * Binds the port and serves until {@link #close}.
     *
     * @throws IOException if the port cannot be bound, or the settings of topics cannot be read
     */
    public static KafkaListener start(Server server, KafkaOptions options) throws IOException {
        return start(server, options, Limits.DEFAULT);
    }

    /** Allows less, for tests. */
    static KafkaListener start(Server server, KafkaOptions options, Limits limits)
            throws IOException {
        KafkaListener result = new KafkaListener(server, options, limits);
        result.acceptor.start();
        return result;
    }

    /** The port that is listened on. */
    public int port() {
        return port;
    }

    /** For tests. */
    Budget memory() {
        return shared.memory();
    }

    /** For tests: how many clients are connected. */
    int connections() {
        return taken.get();
    }

    private void accept() {
        while (!closed) {
            try {
                serve(listener.accept());
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException | RuntimeException | OutOfMemoryError e) {
                if (closed) return;
                log.warn("cannot take a connection: " + e.getMessage());
                pause();
            }
        }
    }

    /** So that what cannot be helped is not tried all the time. */
    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(SocketChannel channel) throws IOException {
        if (taken.get() >= limits.connections()) {
            log.warn(
                    "refusing %s: there are %d connections already"
                            .formatted(channel.getRemoteAddress(), limits.connections()));
            channel.close();
            return;
        }
        taken.incrementAndGet();
        Thread.ofPlatform()
                .daemon()
                .name("rotera-kafka-" + channel.socket().getPort())
                .start(() -> serveHere(channel));
    }

    /** The memory of a connection belongs to the thread that makes it. */
    private void serveHere(SocketChannel channel) {
        try {
            Connection connection = new Connection(shared, channel);
            connections.put(connection, Thread.currentThread());
            try {
                if (closed) connection.stop();
                connection.run();
            } finally {
                connections.remove(connection);
            }
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            log.warn("cannot serve a connection: " + e);
        } finally {
            closeQuietly(channel);
            taken.decrementAndGet();
        }
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }

    /**
     * Stops accepting, commits and answers what has come, and lets the clients go. Returns within
     * seconds. To be called before the server is closed. Does nothing the second time.
     */
    @Override
    public void close() {
        if (closed) return;
        closed = true;
        try {
            listener.close();
            groups.stop();
            long endNanos = System.nanoTime() + END_MILLIS * 1_000_000;
            for (Connection connection : connections.keySet()) connection.stop();
            for (Thread thread : connections.values()) {
                long leftMillis = (endNanos - System.nanoTime()) / 1_000_000;
                thread.join(Math.max(1, leftMillis));
            }
            if (!connections.isEmpty())
                log.warn(connections.size() + " connections do not end: left as they are");
        } catch (IOException e) {
            log.warn("cannot stop as it should be: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            bell.close();
            groups.close();
        }
    }
}
