package rotera.compare.contender;

import com.rabbitmq.stream.ByteCapacity;
import com.rabbitmq.stream.ConfirmationHandler;
import com.rabbitmq.stream.Consumer;
import com.rabbitmq.stream.Environment;
import com.rabbitmq.stream.OffsetSpecification;
import com.rabbitmq.stream.StreamCreator;
import com.rabbitmq.stream.StreamException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * RabbitMQ with its stream plugin and the stream client: its batches fill by themselves (of at most
 * 1,000), confirmations are counted. It never syncs before it confirms.
 */
final class RabbitMq implements Contender {
    private static final int FRAME_BYTES = 4 << 20;

    private final Setup setup;
    private @Nullable ServerProcess server;
    private @Nullable ServerProcess nameServer;
    private @Nullable Environment environment;

    RabbitMq(Setup setup) {
        this.setup = setup;
    }

    @Override
    public void start() throws Exception {
        Path directory = setup.directory();
        int port = ServerProcess.freePort();
        int distribution = ServerProcess.freePort();
        Path settings = directory.resolve("rabbitmq.conf");
        Files.writeString(
                settings,
                """
                listeners.tcp = none
                stream.listeners.tcp.1 = 127.0.0.1:%d
                stream.advertised_host = 127.0.0.1
                stream.advertised_port = %d
                stream.frame_max = %d
                """
                        .formatted(port, port, FRAME_BYTES));
        Path plugins = directory.resolve("enabled_plugins");
        Files.writeString(plugins, "[rabbitmq_stream].\n");
        Map<String, String> variables = new HashMap<>();
        variables.put("HOME", directory.toString());
        variables.put("RABBITMQ_BASE", directory.toString());
        variables.put("RABBITMQ_MNESIA_BASE", directory.resolve("data").toString());
        variables.put("RABBITMQ_LOG_BASE", directory.resolve("logs").toString());
        variables.put("RABBITMQ_PID_FILE", directory.resolve("pid").toString());
        variables.put("RABBITMQ_CONFIG_FILE", settings.toString());
        variables.put("RABBITMQ_CONF_ENV_FILE", directory.resolve("none").toString());
        variables.put("RABBITMQ_ENABLED_PLUGINS_FILE", plugins.toString());
        variables.put("RABBITMQ_NODENAME", "compare@localhost");
        variables.put("RABBITMQ_NODE_PORT", "0");
        variables.put("RABBITMQ_DIST_PORT", String.valueOf(distribution));
        String names = String.valueOf(ServerProcess.freePort());
        variables.put("ERL_EPMD_PORT", names);
        variables.put("ERL_EPMD_ADDRESS", "127.0.0.1");
        // Else the server starts one that stays.
        List<String> epmd = List.of("epmd", "-address", "127.0.0.1", "-port", names);
        nameServer = ServerProcess.start(directory, Map.of(), epmd);
        server = ServerProcess.start(directory, variables, List.of(program()));
        environment = server.await(() -> connect(port));
        for (int queue : setup.queues()) server.await(() -> create(queue));
    }

    /** Debian's /usr/sbin/rabbitmq-server changes the user before it starts this one. */
    private static String program() {
        Path program = Path.of("/usr/lib/rabbitmq/bin/rabbitmq-server");
        return Files.isExecutable(program) ? program.toString() : "rabbitmq-server";
    }

    private static Environment connect(int port) {
        return Environment.builder()
                .host("127.0.0.1")
                .port(port)
                .addressResolver(address -> new com.rabbitmq.stream.Address("127.0.0.1", port))
                .requestedMaxFrameSize(FRAME_BYTES)
                .rpcTimeout(Duration.ofSeconds(20))
                .build();
    }

    /** Fails while a stream that is there is not available yet. */
    private Void create(int queue) {
        StreamCreator stream = environment().streamCreator().stream(name(queue));
        if (setup.keepAtMost()) {
            stream.maxLengthBytes(ByteCapacity.B(setup.roomBytes()));
            stream.maxSegmentSizeBytes(ByteCapacity.B(setup.roomBytes() / 8));
        }
        if (!environment().streamExists(name(queue))) stream.create();
        environment().producerBuilder().stream(name(queue)).build().close();
        return null;
    }

    private static String name(int queue) {
        return "queue-" + queue;
    }

    private Environment environment() {
        if (environment == null) throw new IllegalStateException("not started");
        return environment;
    }

    @Override
    public Producer producer(int queue) {
        return new Publishing(
                environment().producerBuilder().stream(name(queue))
                        .batchSize(1_000)
                        .maxUnconfirmedMessages(10_000)
                        .build());
    }

    private static final class Publishing implements Producer {
        private final com.rabbitmq.stream.Producer producer;
        private final Confirmations confirmations = new Confirmations();
        private long sent;

        Publishing(com.rabbitmq.stream.Producer producer) {
            this.producer = producer;
        }

        @Override
        public void add(byte[] message) {
            producer.send(
                    producer.messageBuilder().addData(message.clone()).build(), confirmations);
            sent++;
        }

        @Override
        public Ack endBatch() {
            long upTo = sent;
            return () -> confirmations.await(upTo);
        }

        @Override
        public void close() {
            producer.close();
        }
    }

    /** They come in order of their batches; how many is all that counts. */
    private static final class Confirmations implements ConfirmationHandler {
        private long confirmed;
        private long awaited = Long.MAX_VALUE;
        private @Nullable String failure;

        @Override
        public synchronized void handle(com.rabbitmq.stream.ConfirmationStatus status) {
            if (!status.isConfirmed()) failure = "not confirmed, code " + status.getCode();
            if (++confirmed >= awaited) notifyAll();
        }

        synchronized void await(long count) throws Exception {
            awaited = count;
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (confirmed < count) {
                if (System.nanoTime() > deadline) throw new TimeoutException("no confirmation");
                wait(1_000);
            }
            awaited = Long.MAX_VALUE;
            if (failure != null) throw new StreamException(failure);
        }
    }

    @Override
    public void read(int queue, Receiver receiver) throws Exception {
        Consumer consumer =
                environment().consumerBuilder().stream(name(queue))
                        .offset(OffsetSpecification.first())
                        .messageHandler((_, message) -> receiver.take(message.getBodyAsBinary()))
                        .build();
        receiver.awaitDone();
        consumer.close();
    }

    @Override
    public List<ProcessHandle> processes() {
        return server == null ? List.of() : server.handles();
    }

    @Override
    public void close() throws Exception {
        if (environment != null) environment.close();
        environment = null;
        if (server != null) server.stop();
        if (nameServer != null) nameServer.stop();
    }
}
