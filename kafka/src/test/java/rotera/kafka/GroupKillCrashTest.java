package rotera.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.queue.Messages;
import rotera.queue.RotFile;

/**
 * A server that is killed again and again under two idempotent producers and a group of two
 * consumers, one of which is killed or closed now and then, against a record that is kept outside.
 * The producers have batches refused all the time. What was acknowledged is kept once, in the order
 * of its producer, and delivered at least once.
 */
@Tag("slow")
final class GroupKillCrashTest {
    private static final int KILLS = Integer.getInteger("rotera.kills", 4);
    private static final List<String> TOPICS = List.of("t1", "t2");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** A push is a quarter of it at most, which is less than what producers try now and then. */
    private static final int QUEUE_BYTES = 32 << 20;

    /** Besides 20 s for each kill. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir Path directory;
    private final Map<String, String> delivered = new HashMap<>();
    private final Set<String> deliveredValues = new HashSet<>();
    private final List<String> contradictions = new ArrayList<>();
    private long deliveries;
    private @Nullable BrokerProcess broker;
    private final List<ConsumerProcess> consumers = new ArrayList<>();

    @AfterEach
    void end() {
        if (broker != null) broker.close();
        for (ConsumerProcess consumer : consumers) consumer.kill();
    }

    @Test
    void whatWasAcknowledgedIsKeptOnceAndDelivered() {
        assertTimeoutPreemptively(PATIENCE.plusSeconds(20L * KILLS), this::killAndCheck);
    }

    private void killAndCheck() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < TOPICS.size(); i++)
            Broker.make(directory, i + 1, TOPICS.get(i), QUEUE_BYTES);
        int port = freePort(random);
        String servers = "127.0.0.1:" + port;
        BrokerProcess server = BrokerProcess.start(directory, port);
        broker = server;
        List<NumberProducer> producers =
                List.of(
                        NumberProducer.start(servers, "a", TOPICS),
                        NumberProducer.start(servers, "b", TOPICS));
        ConsumerProcess first = consumer(servers);
        ConsumerProcess second = consumer(servers);
        int killed = 0;
        int closed = 0;
        for (int i = 0; i < KILLS; i++) {
            Thread.sleep(1000 + random.nextInt(3000));
            server.close();
            int fate = i % 4 == 1 ? random.nextInt(2) : 2;
            if (fate == 0) second.kill();
            server = BrokerProcess.start(directory, port);
            broker = server;
            if (fate == 1) second.close();
            if (fate < 2) second = consumer(servers);
            if (fate == 0) killed++;
            if (fate == 1) closed++;
        }
        Thread.sleep(1000);
        Set<String> acknowledged = new HashSet<>();
        int refused = 0;
        for (NumberProducer producer : producers) {
            producer.end();
            assertThat(producer.failed()).isZero();
            acknowledged.addAll(producer.acknowledged());
            assertThat(producer.refused()).isGreaterThanOrEqualTo(TOPICS.size());
            refused += producer.refused();
        }
        assertThat(acknowledged).hasSizeGreaterThan(20 * KILLS);
        awaitDelivered(acknowledged);
        first.close();
        second.close();
        server.close();
        List<String> stored = new ArrayList<>();
        for (int i = 0; i < TOPICS.size(); i++) stored.addAll(checkStored(i + 1, TOPICS.get(i)));
        System.out.printf(
                "%d kills of the server, %d of a consumer, which was closed %d times:"
                        + " %d refused, %d acknowledged, %d stored, %d of them twice,"
                        + " %d deliveries, %d of them again%n",
                KILLS,
                killed,
                closed,
                refused,
                acknowledged.size(),
                stored.size(),
                stored.size() - new HashSet<>(stored).size(),
                deliveries,
                deliveries - delivered.size());
        assertThat(contradictions).isEmpty();
        assertThat(new HashSet<>(stored)).isEqualTo(acknowledged);
        assertThat(stored).hasSameSizeAs(acknowledged);
    }

    private ConsumerProcess consumer(String servers) throws IOException {
        ConsumerProcess consumer = ConsumerProcess.start(servers, TOPICS, this::deliver);
        consumers.add(consumer);
        return consumer;
    }

    /** Takes topic, offset and value of a record. */
    private synchronized void deliver(String line) {
        int blank = line.lastIndexOf(' ');
        String place = line.substring(0, blank);
        String value = line.substring(blank + 1);
        String before = delivered.putIfAbsent(place, value);
        if (before != null && !before.equals(value))
            contradictions.add(place + " was " + before + ", is " + value);
        deliveredValues.add(place.substring(0, place.indexOf(' ')) + " " + value);
        deliveries++;
    }

    private void awaitDelivered(Set<String> acknowledged) throws InterruptedException {
        long endNanos = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            Set<String> missing = new HashSet<>(acknowledged);
            synchronized (this) {
                missing.removeAll(deliveredValues);
            }
            if (missing.isEmpty()) return;
            assertThat(System.nanoTime())
                    .as(
                            "%d are not delivered, one is %s",
                            missing.size(), missing.iterator().next())
                    .isLessThan(endNanos);
            Thread.sleep(100);
        }
    }

    /**
     * That the messages of each producer are in their order, and that what was delivered is what is
     * stored there; topic and value of each.
     */
    private List<String> checkStored(int queue, String topic) {
        List<String> stored = new ArrayList<>();
        Map<String, Integer> last = new HashMap<>();
        try (RotFile file = RotFile.open(directory.resolve(queue + ".rot"));
                Messages messages = new Messages()) {
            for (long id = file.ping().oldest(); file.read(id, 1000, messages) > 0; ) {
                while (messages.next()) {
                    String value = new String(messages.toByteArray(), StandardCharsets.UTF_8);
                    stored.add(topic + " " + value);
                    String given = delivered.getOrDefault(topic + " " + messages.id(), value);
                    if (!given.equals(value))
                        contradictions.add(given + " was delivered, " + value + " is stored");
                    int dash = value.indexOf('-');
                    int number = Integer.parseInt(value.substring(dash + 1));
                    int before = last.getOrDefault(value.substring(0, dash), -1);
                    if (number != before + 1)
                        contradictions.add(
                                "%s %d is %s, behind %d"
                                        .formatted(topic, messages.id(), value, before));
                    last.put(value.substring(0, dash), number);
                }
                id = messages.nextId();
            }
        }
        return stored;
    }

    /** None that the system gives to clients: one that reconnects would meet itself there. */
    private static int freePort(Random random) {
        while (true) {
            int port = 20_000 + random.nextInt(10_000);
            try (ServerSocket socket =
                    new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // Taken: another one.
            }
        }
    }
}
