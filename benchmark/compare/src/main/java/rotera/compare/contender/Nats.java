package rotera.compare.contender;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.JetStream;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.Options;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.PublishAck;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * NATS JetStream with file storage. Every message is published asynchronously and acknowledged by
 * itself; ordered push consumers. It never syncs before it acknowledges.
 */
final class Nats implements Contender {
    private static final Duration TURN = Duration.ofMillis(20);

    private final Setup setup;
    private @Nullable ServerProcess server;
    private int port;

    Nats(Setup setup) {
        this.setup = setup;
    }

    @Override
    public void start() throws Exception {
        port = ServerProcess.freePort();
        Path settings = setup.directory().resolve("nats.conf");
        Files.writeString(
                settings,
                """
                listen: 127.0.0.1:%d
                jetstream { store_dir: "%s" }
                """
                        .formatted(port, setup.directory().resolve("store")));
        server =
                ServerProcess.start(
                        setup.directory(),
                        Map.of(),
                        List.of("nats-server", "-c", settings.toString()));
        server.await(this::createStreams);
    }

    private Void createStreams() throws Exception {
        try (Connection connection = connect()) {
            if (connection.jetStreamManagement().getStreamNames().contains(name(MEASURED)))
                return null;
            for (int queue : setup.queues()) {
                StreamConfiguration.Builder stream =
                        StreamConfiguration.builder()
                                .name(name(queue))
                                .subjects(name(queue))
                                .storageType(StorageType.File)
                                .discardPolicy(DiscardPolicy.Old);
                if (setup.keepAtMost()) stream.maxBytes(setup.roomBytes());
                connection.jetStreamManagement().addStream(stream.build());
            }
        }
        return null;
    }

    private static String name(int queue) {
        return "queue-" + queue;
    }

    private Connection connect() throws Exception {
        return io.nats.client.Nats.connect(
                new Options.Builder()
                        .server("nats://127.0.0.1:" + port)
                        .noReconnect()
                        .errorListener(new ErrorListener() {}) // Silent.
                        .build());
    }

    @Override
    public Producer producer(int queue) throws Exception {
        Connection connection = connect();
        return new Publishing(connection, connection.jetStream(), name(queue));
    }

    private static final class Publishing implements Producer {
        private final Connection connection;
        private final JetStream stream;
        private final String subject;
        private List<CompletableFuture<PublishAck>> batch = new ArrayList<>();

        Publishing(Connection connection, JetStream stream, String subject) {
            this.connection = connection;
            this.stream = stream;
            this.subject = subject;
        }

        @Override
        public void add(byte[] message) {
            // A copy: the client sends from the array later.
            batch.add(stream.publishAsync(subject, message.clone()));
        }

        @Override
        public Ack endBatch() {
            List<CompletableFuture<PublishAck>> sent = batch;
            batch = new ArrayList<>();
            return () -> {
                for (CompletableFuture<PublishAck> each : sent) {
                    PublishAck _ = each.get(30, TimeUnit.SECONDS);
                }
            };
        }

        @Override
        public void close() throws Exception {
            connection.close();
        }
    }

    @Override
    public void read(int queue, Receiver receiver) throws Exception {
        try (Connection connection = connect()) {
            JetStreamSubscription subscription =
                    connection
                            .jetStream()
                            .subscribe(
                                    name(queue),
                                    PushSubscribeOptions.builder().ordered(true).build());
            subscription.setPendingLimits(-1, -1);
            while (!receiver.isDone()) {
                Message message = subscription.nextMessage(TURN);
                if (message != null) receiver.take(message.getData());
            }
        }
    }

    @Override
    public List<ProcessHandle> processes() {
        return server == null ? List.of() : server.handles();
    }

    @Override
    public void close() throws Exception {
        if (server != null) server.stop();
    }
}
