package rotera.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * What programs do with the Java clients, of whatever version: creates a topic, produces, consumes
 * and looks at it. Returns the version, and what was consumed.
 */
public final class ClientScenario implements Callable<List<String>> {
    private final String address;

    public ClientScenario(String address) {
        this.address = address;
    }

    @Override
    public List<String> call() throws Exception {
        List<String> result = new ArrayList<>(List.of(version()));
        Map<String, Object> settings = Map.of("bootstrap.servers", address);
        try (Admin admin = Admin.create(settings)) {
            admin.createTopics(
                            List.of(
                                    new NewTopic("scenario", 1, (short) 1)
                                            .configs(Map.of("rotera.size", "1MiB"))))
                    .all()
                    .get();
            result.addAll(admin.listTopics().names().get());
        }
        try (Producer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < 3; i++) {
                var _ = producer.send(new ProducerRecord<>("scenario", "key", "value " + i));
            }
        }
        try (Consumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition("scenario", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            for (int i = 0; i < 50 && consumer.position(partition) < 3; i++)
                consumer.poll(Duration.ofMillis(200))
                        .forEach(record -> result.add(record.key() + " " + record.value()));
        }
        return result;
    }

    private static String version() throws IOException {
        Properties properties = new Properties();
        try (InputStream file =
                KafkaProducer.class.getResourceAsStream("/kafka/kafka-version.properties")) {
            properties.load(Objects.requireNonNull(file));
        }
        return properties.getProperty("version", "unknown");
    }
}
