package rotera.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rotera.queue.Envelope;

/** The Java clients of Kafka, as they are, with their default settings where none is said. */
@Tag("slow")
@Timeout(60)
final class ClientsTest {
    private static final String TOPIC = "orders";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

    @TempDir Path directory;
    private Broker broker;

    @BeforeEach
    void start() throws IOException {
        Broker.make(directory, 1, TOPIC, 8 << 20);
        Broker.make(directory, 2, "", 1 << 20);
        broker = new Broker(directory);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    // ---- producers

    @Test
    void aProducerWithDefaultSettingsIsReadByNativeClients() throws Exception {
        try (Producer<byte[], byte[]> producer = producer(Map.of())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < 1000; i++)
                sent.add(producer.send(record("key " + i, "value " + i)));
            for (int i = 0; i < 1000; i++) assertThat(sent.get(i).get().offset()).isEqualTo(i);
        }
        assertThat(broker.texts(1))
                .isEqualTo(IntStream.range(0, 1000).mapToObj(i -> "value " + i).toList());
        assertThat(broker.read(1).get(7).envelope().key().orElseThrow()).isEqualTo(bytes("key 7"));
    }

    @Test
    void keysHeadersTimesAndNullValuesAreKept() throws Exception {
        try (Producer<byte[], byte[]> producer = producer(Map.of())) {
            ProducerRecord<byte[], byte[]> full =
                    new ProducerRecord<>(TOPIC, null, 1234L, bytes("k"), bytes("v"));
            full.headers().add("a", bytes("1")).add("b", null).add("a", new byte[0]);
            producer.send(full).get();
            producer.send(
                            new ProducerRecord<byte[], byte[]>(
                                    TOPIC, (Integer) null, (Long) 5L, null, null))
                    .get();
            producer.send(new ProducerRecord<>(TOPIC, null, 6L, new byte[0], new byte[0])).get();
        }
        List<Broker.Message> messages = broker.read(1);
        Envelope first = messages.get(0).envelope();
        assertThat(first.timeMillis()).hasValue(1234);
        assertThat(first.headers())
                .extracting(Envelope.Header::name)
                .containsExactly("a", "b", "a");
        assertThat(first.headers().get(0).value().orElseThrow()).isEqualTo(bytes("1"));
        assertThat(first.headers().get(1).value()).isEmpty();
        assertThat(first.headers().get(2).value().orElseThrow()).isEmpty();
        assertThat(messages.get(1).envelope().key()).isEmpty();
        assertThat(messages.get(1).envelope().nullValue()).isTrue();
        assertThat(messages.get(2).envelope().key().orElseThrow()).isEmpty();
        assertThat(messages.get(2).envelope().nullValue()).isFalse();

        List<ConsumerRecord<byte[], byte[]>> records = consume(3);
        assertThat(records.get(0).key()).isEqualTo(bytes("k"));
        assertThat(records.get(0).value()).isEqualTo(bytes("v"));
        Header[] headers = records.get(0).headers().toArray();
        assertThat(headers).extracting(Header::key).containsExactly("a", "b", "a");
        assertThat(headers[0].value()).isEqualTo(bytes("1"));
        assertThat(headers[1].value()).isNull();
        assertThat(headers[2].value()).isEmpty();
        assertThat(records.get(1).key()).isNull();
        assertThat(records.get(1).value()).isNull();
        assertThat(records.get(2).key()).isEmpty();
        assertThat(records.get(2).value()).isEmpty();
        assertThat(records.get(0).timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
        assertThat(records.get(0).timestamp()).isEqualTo(messages.get(0).timeMillis());
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void everyCompressionIsTaken(String codec) throws Exception {
        List<String> values = new ArrayList<>();
        try (Producer<byte[], byte[]> producer =
                producer(
                        Map.of(
                                "compression.type",
                                codec,
                                "linger.ms",
                                50,
                                "batch.size",
                                200_000))) {
            for (int i = 0; i < 499; i++) {
                values.add(("value " + i + " ").repeat(20));
                var _ = producer.send(record("key", values.getLast()));
            }
            values.add("last");
            Future<RecordMetadata> last = producer.send(record("key", "last"));
            producer.flush();
            assertThat(last.get().offset()).isEqualTo(499);
        }
        assertThat(broker.texts(1)).isEqualTo(values);
        assertThat(consume(500)).extracting(record -> text(record.value())).isEqualTo(values);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "all"})
    void everyKindOfAcknowledgementIsGiven(String acks) throws Exception {
        try (Producer<byte[], byte[]> producer =
                producer(Map.of("acks", acks, "enable.idempotence", false))) {
            for (int i = 0; i < 100; i++) {
                var _ = producer.send(record("k", "v" + i));
            }
            producer.flush();
            Future<RecordMetadata> last = producer.send(record("k", "last"));
            assertThat(last.get().offset()).isEqualTo(acks.equals("0") ? -1 : 100);
        }
        while (broker.texts(1).size() < 101) Thread.sleep(10);
        assertThat(broker.texts(1)).hasSize(101).endsWith("v99", "last");
    }

    @Test
    void whatIsTooLargeForTheQueueIsRefused() throws Exception {
        try (Producer<byte[], byte[]> producer = producer(Map.of())) {
            assertThatThrownBy(
                            () -> producer.send(new ProducerRecord<>("2", new byte[600_000])).get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(RecordTooLargeException.class);
            assertThat(producer.send(new ProducerRecord<>("2", new byte[100_000])).get().offset())
                    .isZero();
        }
    }

    @Test
    void aBatchThatIsTooLargeIsSplitByTheProducer() throws Exception {
        // Earlier ones split by batch.size alone, and so for ever.
        assumeFalse(System.getProperty("kafka.clients.version", "").startsWith("3."));
        try (Producer<byte[], byte[]> producer =
                producer(Map.of("linger.ms", 200, "batch.size", 900_000))) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < 8; i++)
                sent.add(producer.send(new ProducerRecord<>("2", new byte[100_000])));
            for (Future<RecordMetadata> one : sent) assertThat(one.get().offset()).isNotNegative();
        }
        assertThat(broker.file(2).ping().next()).isEqualTo(8);
    }

    @Test
    void transactionsAreRefused() {
        try (Producer<byte[], byte[]> producer =
                producer(Map.of("transactional.id", "t", "max.block.ms", 5000))) {
            assertThatThrownBy(producer::initTransactions)
                    .hasStackTraceContaining("transactions are not supported");
        }
    }

    @Test
    void anUnknownTopicIsNotCreated() {
        try (Producer<byte[], byte[]> producer = producer(Map.of("max.block.ms", 1000))) {
            assertThatThrownBy(
                            () -> producer.send(new ProducerRecord<>("nobody", bytes("v"))).get())
                    .hasStackTraceContaining("nobody not present in metadata");
        }
        assertThat(broker.server().queues()).hasSize(2);
    }

    // ---- consumers

    @Test
    void nativePushesReachConsumers() {
        broker.push(1, "a", "b");
        broker.push(1, "c");
        List<ConsumerRecord<byte[], byte[]>> records = consume(3);
        assertThat(records)
                .extracting(record -> text(record.value()))
                .containsExactly("a", "b", "c");
        assertThat(records).extracting(ConsumerRecord::offset).containsExactly(0L, 1L, 2L);
        assertThat(records).allMatch(record -> record.key() == null);
    }

    @Test
    void aProducerIsToldTheTimesThatAConsumerSees() throws Exception {
        List<Long> told = new ArrayList<>();
        try (Producer<byte[], byte[]> producer = producer(Map.of())) {
            for (long time : new long[] {5000, 3000, 9_000_000_000_000L}) {
                Thread.sleep(5);
                told.add(
                        producer.send(
                                        new ProducerRecord<>(
                                                TOPIC, null, time, bytes("k"), bytes("v")))
                                .get()
                                .timestamp());
            }
        }
        assertThat(consume(3)).extracting(ConsumerRecord::timestamp).isEqualTo(told);
        assertThat(told).doesNotHaveDuplicates();
    }

    @Test
    void producersTimesAreSeenWhereTheTopicSaysSo() throws Exception {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC);
        AlterConfigOp set =
                new AlterConfigOp(
                        new ConfigEntry("message.timestamp.type", "CreateTime"),
                        AlterConfigOp.OpType.SET);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.address()));
                Producer<byte[], byte[]> producer = producer(Map.of())) {
            admin.incrementalAlterConfigs(Map.of(topic, List.of(set))).all().get();
            for (long time : new long[] {5000, 3000, 9_000_000_000L}) {
                RecordMetadata told =
                        producer.send(
                                        new ProducerRecord<>(
                                                TOPIC, null, time, bytes("k"), bytes("v")))
                                .get();
                assertThat(told.timestamp()).isEqualTo(time);
            }
        }
        broker.push(1, "native");
        List<ConsumerRecord<byte[], byte[]>> records = consume(4);
        assertThat(records)
                .extracting(ConsumerRecord::timestamp)
                .startsWith(5000L, 3000L, 9_000_000_000L)
                .endsWith(broker.read(1).get(3).timeMillis());
        assertThat(records).allMatch(record -> record.timestampType() == TimestampType.CREATE_TIME);
    }

    @Test
    void aConsumerWaitsAndIsWokenByACommit() throws Exception {
        try (Consumer<byte[], byte[]> consumer = consumer(Map.of("fetch.max.wait.ms", 5000))) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            assertThat(consumer.poll(Duration.ofMillis(500))).isEmpty();
            Thread pusher =
                    Thread.ofPlatform()
                            .start(() -> {
                                sleep(300);
                                broker.push(1, "late");
                            });
            long since = System.nanoTime();
            assertThat(poll(consumer, 1)).hasSize(1);
            assertThat(Duration.ofNanos(System.nanoTime() - since))
                    .isLessThan(Duration.ofMillis(2500));
            pusher.join();
        }
    }

    @Test
    void fewerBytesThanTheLeastAreWaitedFor() {
        broker.push(1, "small");
        try (Consumer<byte[], byte[]> consumer =
                consumer(Map.of("fetch.min.bytes", 10_000, "fetch.max.wait.ms", 2000))) {
            consumer.assign(List.of(PARTITION));
            consumer.seek(PARTITION, 0);
            long since = System.nanoTime();
            assertThat(poll(consumer, 1)).hasSize(1);
            assertThat(Duration.ofNanos(System.nanoTime() - since))
                    .isGreaterThan(Duration.ofMillis(1800));
            for (int i = 0; i < 20; i++) broker.push(1, "x".repeat(1000));
            assertThat(poll(consumer, 20)).hasSize(20);
        }
    }

    @Test
    void seekPauseAndResumeWork() {
        broker.push(1, "0", "1", "2", "3", "4");
        try (Consumer<byte[], byte[]> consumer = consumer(Map.of())) {
            consumer.assign(List.of(PARTITION));
            consumer.seek(PARTITION, 3);
            assertThat(poll(consumer, 2))
                    .extracting(ConsumerRecord::offset)
                    .containsExactly(3L, 4L);
            consumer.seek(PARTITION, 1);
            consumer.pause(List.of(PARTITION));
            assertThat(consumer.poll(Duration.ofMillis(300))).isEmpty();
            consumer.resume(List.of(PARTITION));
            assertThat(poll(consumer, 4))
                    .extracting(ConsumerRecord::offset)
                    .containsExactly(1L, 2L, 3L, 4L);
            assertThat(consumer.position(PARTITION)).isEqualTo(5);
            assertThat(consumer.currentLag(PARTITION)).hasValue(0);
        }
    }

    @Test
    void severalTopicsAreFetchedTogether() {
        broker.push(1, "a", "b");
        broker.push(2, "c", "d");
        TopicPartition second = new TopicPartition("2", 0);
        try (Consumer<byte[], byte[]> consumer = consumer(Map.of())) {
            consumer.assign(List.of(PARTITION, second));
            consumer.seekToBeginning(List.of(PARTITION, second));
            assertThat(poll(consumer, 4))
                    .extracting(record -> text(record.value()))
                    .containsExactlyInAnyOrder("a", "b", "c", "d");
        }
    }

    @Test
    void largeFetchesAreCutAtTheirLimits() {
        for (int i = 0; i < 40; i++) broker.push(1, "x".repeat(50_000));
        try (Consumer<byte[], byte[]> consumer =
                consumer(Map.of("max.partition.fetch.bytes", 120_000, "max.poll.records", 1000))) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            assertThat(consumer.poll(Duration.ofSeconds(5)).count()).isBetween(1, 2);
        }
        try (Consumer<byte[], byte[]> consumer =
                consumer(Map.of("max.partition.fetch.bytes", 1000, "fetch.max.bytes", 1000))) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            assertThat(poll(consumer, 40)).hasSize(40);
        }
    }

    @Test
    void offsetsAreFoundByTime() throws Exception {
        broker.push(1, "a");
        Thread.sleep(20);
        broker.push(1, "b", "c");
        long time = broker.read(1).get(1).timeMillis();
        try (Consumer<byte[], byte[]> consumer = consumer(Map.of())) {
            Map<TopicPartition, OffsetAndTimestamp> found =
                    consumer.offsetsForTimes(Map.of(PARTITION, time));
            assertThat(Broker.of(found, PARTITION).offset()).isEqualTo(1);
            assertThat(Broker.of(found, PARTITION).timestamp()).isEqualTo(time);
            assertThat(
                            Broker.of(consumer.offsetsForTimes(Map.of(PARTITION, 0L)), PARTITION)
                                    .offset())
                    .isZero();
            assertThat(consumer.offsetsForTimes(Map.of(PARTITION, time + 100_000)).get(PARTITION))
                    .isNull();
            assertThat(consumer.beginningOffsets(List.of(PARTITION))).containsEntry(PARTITION, 0L);
            assertThat(consumer.endOffsets(List.of(PARTITION))).containsEntry(PARTITION, 3L);
        }
    }

    @Test
    void whatWasOverwrittenIsOutOfRange() {
        for (int i = 0; i < 40; i++) broker.push(2, "x".repeat(50_000));
        TopicPartition partition = new TopicPartition("2", 0);
        long oldest = broker.file(2).ping().oldest();
        assertThat(oldest).isPositive();
        try (Consumer<byte[], byte[]> consumer = consumer(Map.of("auto.offset.reset", "none"))) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, 0);
            assertThatThrownBy(() -> poll(consumer, 1))
                    .isInstanceOf(OffsetOutOfRangeException.class);
            consumer.seek(partition, 41);
            assertThatThrownBy(() -> poll(consumer, 1))
                    .isInstanceOf(OffsetOutOfRangeException.class);
            assertThat(consumer.beginningOffsets(List.of(partition)))
                    .containsEntry(partition, oldest);
        }
        try (Consumer<byte[], byte[]> consumer =
                consumer(Map.of("auto.offset.reset", "earliest"))) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, 0);
            assertThat(poll(consumer, 1).getFirst().offset()).isEqualTo(oldest);
        }
    }

    // ---- helpers

    private Producer<byte[], byte[]> producer(Map<String, Object> more) {
        return new KafkaProducer<>(
                with(more, Map.of("bootstrap.servers", broker.address())),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private Consumer<byte[], byte[]> consumer(Map<String, Object> more) {
        return new KafkaConsumer<>(
                with(more, Map.of("bootstrap.servers", broker.address())),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static Map<String, Object> with(Map<String, Object> one, Map<String, Object> other) {
        Map<String, Object> all = new java.util.HashMap<>(one);
        all.putAll(other);
        return all;
    }

    private List<ConsumerRecord<byte[], byte[]>> consume(int count) {
        try (Consumer<byte[], byte[]> consumer = consumer(Map.of())) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            return poll(consumer, count);
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> poll(
            Consumer<byte[], byte[]> consumer, int count) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 50 && records.size() < count; i++)
            consumer.poll(Duration.ofMillis(200)).forEach(records::add);
        assertThat(records).hasSizeGreaterThanOrEqualTo(count);
        return records;
    }

    private static ProducerRecord<byte[], byte[]> record(String key, String value) {
        return new ProducerRecord<>(TOPIC, bytes(key), bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
