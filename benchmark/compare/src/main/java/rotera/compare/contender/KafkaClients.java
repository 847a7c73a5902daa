package rotera.compare.contender;

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
 * The clients of Kafka, for whatever speaks its protocol. The producers of one queue share a
 * client, which is what its documentation advises and much the faster way: a client for each gets a
 * tenth with 64.
 */
final class KafkaClients implements AutoCloseable {
    private final Setup setup;
    private final int port;
    private final Map<Integer, KafkaProducer<byte[], byte[]>> clients = new HashMap<>();

    KafkaClients(Setup setup, int port) {
        this.setup = setup;
        this.port = port;
    }

    /** What a topic is made with. */
    interface TopicSettings {
        Map<String, String> of(int queue);
    }

    /** Makes the topics that are not there yet. */
    void createTopics(TopicSettings settingsOfTopics) throws Exception {
        Map<String, Object> settings = new HashMap<>(client());
        settings.put("request.timeout.ms", 10_000);
        settings.put("default.api.timeout.ms", 20_000);
        settings.put("reconnect.backoff.ms", 20);
        settings.put("reconnect.backoff.max.ms", 20);
        try (Admin admin = Admin.create(settings)) {
            if (admin.listTopics().names().get().contains(topic(Contender.MEASURED))) return;
            for (int queue : setup.queues()) {
                NewTopic topic =
                        new NewTopic(topic(queue), 1, (short) 1)
                                .configs(settingsOfTopics.of(queue));
                admin.createTopics(List.of(topic)).all().get();
            }
        }
    }

    private static String topic(int queue) {
        return "queue-" + queue;
    }

    private Map<String, Object> client() {
        return Map.of("bootstrap.servers", "127.0.0.1:" + port);
    }

    Producer producer(int queue) {
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

    void read(int queue, Receiver receiver) {
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
    public void close() {
        clients.values().forEach(client -> client.close(Duration.ofSeconds(5)));
        clients.clear();
    }
}
