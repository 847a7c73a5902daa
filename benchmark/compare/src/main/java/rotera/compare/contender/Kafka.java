package rotera.compare.contender;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * One broker that is its own controller, from the jars, with the JVM options of Kafka's own start
 * script; a topic of one partition. The producers of one queue share a client, which is what its
 * documentation advises and much the faster way: a client for each gets a tenth with 64. Durable:
 * {@code flush.messages=1}.
 */
final class Kafka implements Contender {
    private static final String TIGHT =
            """
            log.retention.check.interval.ms=1000
            log.initial.task.delay.ms=1000
            """;

    private final Setup setup;
    private final boolean tight;
    private final Map<Integer, KafkaProducer<byte[], byte[]>> clients = new HashMap<>();
    private @Nullable ServerProcess server;
    private int port;

    Kafka(Setup setup) {
        this(setup, false);
    }

    /**
     * @param tight whether segments are small and looked at every second
     */
    Kafka(Setup setup, boolean tight) {
        this.setup = setup;
        this.tight = tight;
    }

    @Override
    public void start() throws Exception {
        Path directory = setup.directory();
        port = ServerProcess.freePort();
        int controller = ServerProcess.freePort();
        Path settings = directory.resolve("server.properties");
        Files.writeString(
                settings,
                """
                process.roles=broker,controller
                node.id=1
                listeners=PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d
                advertised.listeners=PLAINTEXT://127.0.0.1:%d
                controller.listener.names=CONTROLLER
                controller.quorum.voters=1@127.0.0.1:%d
                listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
                log.dirs=%s
                offsets.topic.replication.factor=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                """
                                .formatted(
                                        port,
                                        controller,
                                        port,
                                        controller,
                                        directory.resolve("data"))
                        + (tight ? TIGHT : ""));
        if (Files.notExists(directory.resolve("data"))) {
            ServerProcess.run(
                    directory,
                    java(
                            "kafka.tools.StorageTool",
                            "format",
                            "-t",
                            "AAAAAAAAQACAAAAAAAAAAQ",
                            "-c",
                            settings.toString()));
        }
        server = ServerProcess.start(directory, Map.of(), java("kafka.Kafka", settings.toString()));
        server.await(this::createTopics);
    }

    private static List<String> java(String program, String... arguments) {
        return Jvm.command(
                List.of(
                        "-Xms1g",
                        "-Xmx1g",
                        "-XX:+UseG1GC",
                        "-XX:MaxGCPauseMillis=20",
                        "-XX:InitiatingHeapOccupancyPercent=35"),
                program,
                arguments);
    }

    private Void createTopics() throws Exception {
        Map<String, Object> settings = new HashMap<>(client());
        settings.put("request.timeout.ms", 10_000);
        settings.put("default.api.timeout.ms", 20_000);
        settings.put("reconnect.backoff.ms", 20);
        settings.put("reconnect.backoff.max.ms", 20);
        try (Admin admin = Admin.create(settings)) {
            if (admin.listTopics().names().get().contains(topic(MEASURED))) return null;
            for (int queue : setup.queues()) {
                NewTopic topic = new NewTopic(topic(queue), 1, (short) 1).configs(topicSettings());
                admin.createTopics(List.of(topic)).all().get();
            }
        }
        return null;
    }

    private Map<String, String> topicSettings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("max.message.bytes", String.valueOf(2 << 20));
        if (setup.durable()) settings.put("flush.messages", "1");
        if (setup.keepAtMost()) settings.put("retention.bytes", String.valueOf(setup.roomBytes()));
        if (tight) {
            settings.put("segment.bytes", String.valueOf(setup.roomBytes() / 8));
            settings.put("file.delete.delay.ms", "100");
        }
        return settings;
    }

    private static String topic(int queue) {
        return "queue-" + queue;
    }

    private Map<String, Object> client() {
        return Map.of("bootstrap.servers", "127.0.0.1:" + port);
    }

    @Override
    public Producer producer(int queue) {
        return new Sending(clients.computeIfAbsent(queue, _ -> newClient()), topic(queue));
    }

    private KafkaProducer<byte[], byte[]> newClient() {
        Map<String, Object> settings = new HashMap<>(client());
        settings.put("acks", "all");
        settings.put("linger.ms", setup.prompt() ? 0 : 5);
        settings.put("batch.size", 1 << 20);
        settings.put("max.request.size", 2 << 20);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static final class Sending implements Producer {
        private final KafkaProducer<byte[], byte[]> client;
        private final String topic;
        private @Nullable Future<RecordMetadata> last;
        private long added;

        Sending(KafkaProducer<byte[], byte[]> client, String topic) {
            this.client = client;
            this.topic = topic;
        }

        @Override
        public void add(byte[] message) {
            added++;
            last = client.send(new ProducerRecord<>(topic, 0, null, message));
        }

        @Override
        public Ack endBatch() {
            Future<RecordMetadata> acknowledged = last;
            if (acknowledged == null) return Ack.NOW;
            long number = added;
            return () -> {
                // Waiting for the newest: nothing else will fill the client's batch.
                if (number == added && !acknowledged.isDone()) client.flush();
                RecordMetadata _ = acknowledged.get();
            };
        }

        @Override
        public void close() {
            client.flush();
        }
    }

    @Override
    public void read(int queue, Receiver receiver) {
        Map<String, Object> settings = new HashMap<>(client());
        settings.put("enable.auto.commit", false);
        settings.put("max.poll.records", 10_000);
        TopicPartition partition = new TopicPartition(topic(queue), 0);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (!receiver.isDone()) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(20));
                for (ConsumerRecord<byte[], byte[]> message : records.records(partition)) {
                    receiver.take(message.value());
                }
            }
        }
    }

    @Override
    public List<ProcessHandle> processes() {
        return server == null ? List.of() : server.handles();
    }

    @Override
    public void close() throws Exception {
        clients.values().forEach(client -> client.close(Duration.ofSeconds(5)));
        clients.clear();
        if (server != null) server.stop();
    }
}
