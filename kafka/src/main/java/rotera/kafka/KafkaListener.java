package rotera.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import rotera.kafka.groups.Groups;
import rotera.kafka.message.Fetch;
import rotera.kafka.message.Metadata;
import rotera.kafka.message.Produce;
import rotera.kafka.request.RequestRouter;
import rotera.kafka.topics.CommitNotifier;
import rotera.kafka.topics.ConfigHandlers;
import rotera.kafka.topics.MetadataHandler;
import rotera.kafka.topics.OffsetLookup;
import rotera.kafka.topics.TopicCreation;
import rotera.kafka.topics.TopicDefaults;
import rotera.kafka.topics.TopicHandlers;
import rotera.kafka.topics.TopicLimits;
import rotera.kafka.topics.TopicSettings;
import rotera.kafka.topics.Topics;
import rotera.kafka.wire.Budget;
import rotera.server.Log;
import rotera.server.Resources;
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

    private final Log log = new Log("rotera.kafka");
    private final InetSocketAddress address;
    private final ServerSocketChannel listener;
    private volatile int port;
    private final Limits limits;
    private final CommitNotifier notifier = new CommitNotifier();
    private final Groups groups;
    private final SharedResources shared;
    private final Connections connections;
    private volatile boolean closed;

    private KafkaListener(Server server, KafkaOptions options, Limits limits) throws IOException {
        this.limits = limits;
        InetAddress host = InetAddress.getByName(options.host());
        if (!host.isLoopbackAddress())
            log.warn(
                    "listening for Kafka clients on "
                            + host.getHostAddress()
                            + ": whoever reaches it can read, push, create and delete, nothing is encrypted");
        address = new InetSocketAddress(host, options.port());
        listener = ServerSocketChannel.open();
        try {
            listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            Topics topics = new Topics(server, notifier);
            shared = shared(server, options, topics);
            groups = Groups.open(server.directory(), topics::uniqueId, log);
            groups.register(shared.router());
            topics.whenDeleted(groups::forget);
            connections = new Connections(listener, shared);
        } catch (Throwable e) {
            listener.close();
            notifier.close();
            throw e;
        }
    }

    private SharedResources shared(Server server, KafkaOptions options, Topics topics)
            throws IOException {
        TopicSettings settings = new TopicSettings(server.directory(), log::warn);
        topics.whenDeleted(settings::forget);
        TopicDefaults defaults = options.topicDefaults();
        TopicLimits topicLimits = TopicLimits.of(Resources.ofProcess(), server.directory());
        TopicCreation creation = new TopicCreation(topics, settings, defaults, topicLimits, log);
        RequestRouter router = new RequestRouter();
        router.on(Metadata.API, new MetadataHandler(topics, creation))
                .handle(Produce.API, new ProduceHandler(topics, settings, log))
                .on(Fetch.API, new FetchHandler(topics, settings, limits, log));
        new OffsetLookup(topics).register(router);
        StubHandlers.register(router);
        new TopicHandlers(topics, creation, log).register(router);
        new ConfigHandlers(topics, settings, defaults, server.directory(), log).register(router);
        Budget memory = new Budget("requests and answers", limits.memoryBytes());
        Budget heap = new Budget("the objects of requests", limits.allHeapBytes());
        return new SharedResources(router, options.advertised(), limits, memory, heap, log);
    }

    /**
     * Binds the port and serves until {@link #close}.
     *
     * @throws IOException if the port cannot be bound
     */
    static KafkaListener start(Server server, KafkaOptions options) throws IOException {
        return listening(open(server, options));
    }

    /** Allows less, for tests. */
    static KafkaListener start(Server server, KafkaOptions options, Limits limits)
            throws IOException {
        return listening(new KafkaListener(server, options, limits));
    }

    private static KafkaListener listening(KafkaListener listener) throws IOException {
        try {
            listener.listen();
            return listener;
        } catch (Throwable e) {
            listener.close();
            throw e;
        }
    }

    /** Prepares everything; clients are served from {@link #listen} on. */
    public static KafkaListener open(Server server, KafkaOptions options) throws IOException {
        Resources resources = Resources.ofProcess();
        Limits limits = Limits.of(resources, server.queues().size());
        KafkaListener result = new KafkaListener(server, options, limits);
        limits.lowered(resources).forEach(result.log::warn);
        return result;
    }

    /**
     * Binds the port and serves until {@link #close}.
     *
     * @throws IOException if the port cannot be bound; the listener has to be closed then
     */
    public void listen() throws IOException {
        listener.bind(address, BACKLOG);
        port = listener.socket().getLocalPort();
        connections.start();
    }

    /** The port that is listened on; 0 before {@link #listen}. */
    public int port() {
        return port;
    }

    /** For tests. */
    Budget memory() {
        return shared.memory();
    }

    /** For tests: how many clients are connected. */
    int connections() {
        return connections.count();
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
            connections.stopAccepting();
            groups.stop();
            int left = connections.stop();
            if (left > 0) log.warn(left + " connections do not end: left as they are");
        } catch (IOException e) {
            log.warn("cannot stop as it should be: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            notifier.close();
            groups.close();
        }
    }
}
