package rotera.kafka;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * An idempotent producer on a thread of its own, which sends numbers to each topic and remembers
 * what was acknowledged. In between it sends messages that are larger than a topic takes, the first
 * of them before anything else, so that batches are refused while later ones are under way.
 */
final class NumberProducer {
    private static final int NUMBERS_PER_LARGE = 200;

    /** Compresses well, and is too large only when it is unpacked. */
    private static final String LARGE = "0".repeat(9 << 20);

    private final String servers;
    private final String name;
    private final List<String> topics;
    private final Thread thread = Thread.ofPlatform().daemon().unstarted(this::run);
    private final Set<String> acknowledged = Collections.newSetFromMap(new ConcurrentHashMap<>());
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private volatile boolean over;

    private NumberProducer(String servers, String name, List<String> topics) {
        this.servers = servers;
        this.name = name;
        this.topics = topics;
    }

    static NumberProducer start(String servers, String name, List<String> topics) {
        NumberProducer producer = new NumberProducer(servers, name, topics);
        producer.thread.start();
        return producer;
    }

    /** Batches are small, so that many are under way when the server dies. */
    private void run() {
        Map<String, Object> settings =
                Map.of(
                        "bootstrap.servers",
                        servers,
                        "reconnect.backoff.max.ms",
                        100,
                        "batch.size",
                        100,
                        "compression.type",
                        "lz4",
                        "max.request.size",
                        2 * LARGE.length());
        try (Producer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            for (int i = 0; !over; i++) {
                if (i % NUMBERS_PER_LARGE == 0)
                    for (String topic : topics) sendLarge(producer, topic);
                for (String topic : topics) send(producer, topic, name + "-" + i);
                if (i % 5 == 0) Thread.sleep(5);
            }
        } catch (InterruptedException e) {
            failed.incrementAndGet();
        }
    }

    private void send(Producer<String, String> producer, String topic, String value) {
        var _ =
                producer.send(
                        new ProducerRecord<>(topic, value),
                        (metadata, e) -> {
                            if (e == null) acknowledged.add(topic + " " + value);
                            else failed.incrementAndGet();
                        });
    }

    private void sendLarge(Producer<String, String> producer, String topic) {
        var _ =
                producer.send(
                        new ProducerRecord<>(topic, LARGE),
                        (metadata, e) -> {
                            if (e instanceof RecordTooLargeException) refused.incrementAndGet();
                            else failed.incrementAndGet();
                        });
    }

    /** Sends no more, and waits until all that was sent is acknowledged or has failed. */
    void end() throws InterruptedException {
        over = true;
        thread.join();
    }

    int failed() {
        return failed.get();
    }

    /** How many messages were larger than the topic takes. */
    int refused() {
        return refused.get();
    }

    /** Topic and value of each, with a blank between. */
    Set<String> acknowledged() {
        return acknowledged;
    }
}
