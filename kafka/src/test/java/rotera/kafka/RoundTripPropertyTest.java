package rotera.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any records come back as they were sent, in their order. */
@Timeout(60)
final class RoundTripPropertyTest {
    private static final int RECORDS = 3000;

    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void anyRecordsComeBackAsTheyWere(long seed) throws Exception {
        Random random = new Random(seed);
        Broker.make(directory, 1, "t", 32 << 20);
        List<ProducerRecord<byte[], byte[]>> sent = new ArrayList<>();
        try (Broker broker = new Broker(directory)) {
            try (Producer<byte[], byte[]> producer =
                    new KafkaProducer<>(
                            Map.of(
                                    "bootstrap.servers",
                                    broker.address(),
                                    "linger.ms",
                                    random.nextInt(10),
                                    "compression.type",
                                    List.of("none", "zstd", "lz4").get(random.nextInt(3))),
                            new ByteArraySerializer(),
                            new ByteArraySerializer())) {
                for (int i = 0; i < RECORDS; i++) {
                    ProducerRecord<byte[], byte[]> record = record(random);
                    sent.add(record);
                    var _ = producer.send(record);
                }
            }
            assertThat(broker.file(1).ping().next()).isEqualTo(RECORDS);
            compare(sent, broker.address());
        }
    }

    private static ProducerRecord<byte[], byte[]> record(Random random) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(
                        "t",
                        (Integer) null,
                        (Long) random.nextLong(1L << random.nextInt(1, 62)),
                        bytes(random, 50),
                        bytes(random, random.nextInt(100) == 0 ? 100_000 : 300));
        for (int i = random.nextInt(8) - 4; i > 0; i--) {
            byte[] name = new byte[random.nextInt(4)];
            Arrays.fill(name, (byte) 'n');
            record.headers()
                    .add(
                            new String(name, java.nio.charset.StandardCharsets.UTF_8),
                            bytes(random, 20));
        }
        return record;
    }

    private static byte @Nullable [] bytes(Random random, int most) {
        if (random.nextInt(10) == 0) return null;
        byte[] bytes = new byte[random.nextInt(10) == 0 ? 0 : random.nextInt(most)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void compare(List<ProducerRecord<byte[], byte[]>> sent, String address) {
        try (Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", address),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition("t", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            int next = 0;
            while (next < sent.size()) {
                for (ConsumerRecord<byte[], byte[]> record :
                        consumer.poll(Duration.ofMillis(500))) {
                    ProducerRecord<byte[], byte[]> before = sent.get(next);
                    assertThat(record.offset()).isEqualTo(next++);
                    assertThat(record.key()).isEqualTo(before.key());
                    assertThat(record.value()).isEqualTo(before.value());
                    Header[] headers = record.headers().toArray();
                    Header[] headersBefore = before.headers().toArray();
                    assertThat(headers).hasSameSizeAs(headersBefore);
                    for (int i = 0; i < headers.length; i++) {
                        assertThat(headers[i].key()).isEqualTo(headersBefore[i].key());
                        assertThat(headers[i].value()).isEqualTo(headersBefore[i].value());
                    }
                }
            }
        }
    }
}
