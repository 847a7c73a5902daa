package rotera.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/** A consumer that polls on a thread of its own, and what it was given. */
final class RunningConsumer implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    private final KafkaConsumer<String, String> consumer;
    private final Thread thread;
    private final List<String> values = new ArrayList<>();
    private final Set<String> assigned = new TreeSet<>();
    private int revocations;
    private volatile boolean closing;
    private @Nullable RuntimeException failure;

    RunningConsumer(String servers, Map<String, Object> settings, Collection<String> topics) {
        consumer = new KafkaConsumer<>(settings(servers, settings));
        consumer.subscribe(topics, new Listener());
        thread = Thread.ofPlatform().name("consumer").start(this::run);
    }

    /** Sessions are short, so that the dead are noticed soon. */
    static Map<String, Object> settings(String servers, Map<String, Object> more) {
        Map<String, Object> settings = new java.util.HashMap<>();
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, "g");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 3_000);
        settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 300);
        settings.put(ConsumerConfig.RETRY_BACKOFF_MS_CONFIG, 50);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
        settings.putAll(more);
        return settings;
    }

    private void run() {
        try (consumer) {
            while (!closing) {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(50))) {
                    synchronized (this) {
                        values.add(each.value());
                    }
                }
            }
        } catch (RuntimeException e) {
            synchronized (this) {
                failure = e;
            }
        }
    }

    private final class Listener implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            synchronized (RunningConsumer.this) {
                for (TopicPartition each : partitions) assigned.add(each.topic());
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            synchronized (RunningConsumer.this) {
                revocations++;
                for (TopicPartition each : partitions) assigned.remove(each.topic());
            }
        }
    }

    synchronized List<String> values() {
        return List.copyOf(values);
    }

    synchronized Set<String> assigned() {
        return new TreeSet<>(assigned);
    }

    synchronized int revocations() {
        return revocations;
    }

    synchronized @Nullable RuntimeException failure() {
        return failure;
    }

    void awaitValues(int count) {
        await(() -> values().size() >= count, () -> values().size() + " values came: " + values());
    }

    void awaitAssigned(Set<String> topics) {
        await(() -> assigned().equals(topics), () -> "assigned: " + assigned());
    }

    void await(BooleanSupplier condition, java.util.function.Supplier<String> state) {
        await(
                condition,
                () -> {
                    RuntimeException problem = failure();
                    if (problem != null) throw new AssertionError("the consumer failed", problem);
                    return state.get();
                },
                PATIENCE_SECONDS);
    }

    static void await(
            BooleanSupplier condition, java.util.function.Supplier<String> state, long seconds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) throw new AssertionError("in vain: " + state.get());
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Leaves the group, unless it is a static member. */
    @Override
    public void close() {
        closing = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
