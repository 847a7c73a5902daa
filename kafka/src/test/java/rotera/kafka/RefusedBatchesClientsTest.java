package rotera.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.Messages;

/**
 * Idempotent producers of Kafka whose batches are refused while later ones are under way. Whatever
 * a producer is told is kept, is kept, once and in its order.
 */
@Timeout(120)
final class RefusedBatchesClientsTest {
    private static final int ROUNDS = 2;

    /** The largest push is a quarter of it; it remembers 169 producers. */
    private static final int QUEUE_BYTES = 2 << 20;

    private static final int MORE_PRODUCERS_THAN_IT_REMEMBERS = 200;
    private static final boolean EARLIER =
            System.getProperty("kafka.clients.version", "").startsWith("3.");

    @TempDir Path directory;
    private Broker broker;
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();
    private long nextProducer = 1;

    @BeforeEach
    void start() throws IOException {
        Broker.make(directory, 1, "t", QUEUE_BYTES);
        broker = new Broker(directory);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    /** The first batch has 800,000 bytes, which the queue does not take; the second has 200,000. */
    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "lz4"})
    void theFirstBatchOfAProducerIsTooLargeAndTheNextIsUnderWay(String codec) throws Exception {
        int acknowledged = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long firstId = broker.file(1).ping().next();
            sent.clear();
            Map<String, Object> settings = Map.of("batch.size", 900_000, "compression.type", codec);
            try (Producer<byte[], byte[]> producer = producer(settings)) {
                for (int i = 0; i < 8; i++) send(producer, 100_000);
                send(producer, 200_000);
                producer.flush();
            }
            acknowledged += checkAcknowledged(firstId);
        }
        // Earlier clients split by batch.size alone, and so for ever, until the time is over.
        if (!EARLIER) assertThat(acknowledged).isEqualTo(9 * ROUNDS);
    }

    @Test
    void aProducerThatWasForgottenGoesOn() throws Exception {
        try (Producer<byte[], byte[]> producer = producer(Map.of("linger.ms", 0))) {
            for (int round = 0; round < 3; round++) {
                sendAndWait(producer);
                sendAndWait(producer);
                forgetProducers();
            }
            for (int i = 0; i < 20; i++) send(producer, 10);
            producer.flush();
        }
        assertThat(checkAcknowledged(0)).isEqualTo(sent.size());
    }

    @Test
    void aProducerWithBatchesUnderWayIsForgottenAgainAndAgain() throws Exception {
        try (Producer<byte[], byte[]> producer =
                producer(Map.of("linger.ms", 0, "batch.size", 16))) {
            for (int round = 0; round < 5; round++) {
                for (int i = 0; i < 20; i++) send(producer, 10);
                forgetProducers();
            }
            producer.flush();
        }
        assertThat(checkAcknowledged(0)).isEqualTo(sent.size());
    }

    @Test
    void aProducerGoesOnInATopicThatWasMadeAnew() throws Exception {
        try (Producer<byte[], byte[]> producer = producer(Map.of("linger.ms", 0))) {
            for (int i = 0; i < 10; i++) sendAndWait(producer);
            assertThat(checkAcknowledged(0)).isEqualTo(10);
            broker.server().delete(broker.server().queue(1).orElseThrow());
            broker.server().create(1, CreateOptions.ofSize(QUEUE_BYTES).withName("t"));
            sent.clear();
            for (int i = 0; i < 20; i++) send(producer, 10);
            producer.flush();
        }
        assertThat(checkAcknowledged(0)).isEqualTo(sent.size());
    }

    private void forgetProducers() {
        try (Batch batch = new Batch()) {
            for (int i = 0; i < MORE_PRODUCERS_THAN_IT_REMEMBERS; i++) {
                batch.add(new byte[] {-1});
                broker.file(1)
                        .push(batch.producer(new rotera.queue.Producer(nextProducer++, 0, 0)));
                batch.clear();
            }
        }
        broker.file(1).commit();
    }

    private Producer<byte[], byte[]> producer(Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("bootstrap.servers", broker.address());
        settings.put("delivery.timeout.ms", EARLIER ? 4000 : 30_000);
        settings.put("request.timeout.ms", EARLIER ? 2000 : 10_000);
        settings.putIfAbsent("linger.ms", 50);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Sends a message that says which it is, of bytes that do not compress. */
    private void send(Producer<byte[], byte[]> producer, int bytes) {
        byte[] value = new byte[bytes];
        new Random(sent.size()).nextBytes(value);
        value[0] = (byte) sent.size();
        sent.add(producer.send(new ProducerRecord<>("t", value)));
    }

    private void sendAndWait(Producer<byte[], byte[]> producer) throws Exception {
        send(producer, 10);
        sent.getLast().get();
    }

    /** How many were acknowledged; all of them are kept, and none is kept twice or out of order. */
    private int checkAcknowledged(long firstId) throws InterruptedException {
        List<Integer> acknowledged = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        for (int i = 0; i < sent.size(); i++) {
            try {
                assertThat(sent.get(i).get().offset())
                        .as("offset of message %d", i)
                        .isNotNegative();
                acknowledged.add(i);
            } catch (ExecutionException e) {
                failures.add(i + ": " + e.getCause());
            }
        }
        List<Integer> kept = kept(firstId);
        assertThat(kept).as("failed: %s", failures).containsAll(acknowledged);
        assertThat(kept).isEqualTo(List.copyOf(new TreeSet<>(kept)));
        return acknowledged.size();
    }

    private List<Integer> kept(long firstId) {
        List<Integer> kept = new ArrayList<>();
        try (Messages messages = new Messages()) {
            for (long id = firstId; broker.file(1).read(id, 1000, messages) > 0; ) {
                while (messages.next()) {
                    byte first = messages.toByteArray()[0];
                    if (first >= 0) kept.add((int) first);
                }
                id = messages.nextId();
            }
        }
        return kept;
    }
}
