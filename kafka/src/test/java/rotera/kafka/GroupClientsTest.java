package rotera.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.kafka.groups.OffsetsFile;

/** Consumer groups with Kafka's own clients; run with two versions of them. */
@Tag("slow")
class GroupClientsTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final Set<String> FOUR = Set.of("t0", "t1", "t2", "t3");
    private static final Map<String, Object> ROUND_ROBIN =
            Map.of(
                    ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                    RoundRobinAssignor.class.getName());

    @TempDir Path directory;
    private TestServer server;
    private final List<AutoCloseable> closing = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        server = TestServer.start(directory);
        server.createTopic("orders");
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : closing.reversed()) each.close();
        server.close();
    }

    private RunningConsumer consumer(Map<String, Object> settings, Set<String> topics) {
        RunningConsumer consumer = new RunningConsumer(server.address(), settings, topics);
        closing.add(consumer);
        return consumer;
    }

    private KafkaConsumer<String, String> consumer() {
        KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(RunningConsumer.settings(server.address(), Map.of()));
        closing.add(consumer);
        return consumer;
    }

    private Admin admin() {
        Admin admin =
                Admin.create(
                        Map.of(
                                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                                server.address(),
                                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                                10_000,
                                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                                20_000));
        closing.add(admin);
        return admin;
    }

    private void produce(String topic, int from, int count) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(producerSettings())) {
            for (int i = from; i < from + count; i++) {
                var _ = producer.send(new ProducerRecord<>(topic, topic + " " + i));
            }
            producer.flush();
        }
    }

    private Map<String, Object> producerSettings() {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, server.address());
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
        return settings;
    }

    private static List<String> values(String topic, int from, int count) {
        List<String> values = new ArrayList<>();
        for (int i = from; i < from + count; i++) values.add(topic + " " + i);
        return values;
    }

    private static int poll(KafkaConsumer<String, String> consumer, List<String> into, int count) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (into.size() < count && System.nanoTime() < end)
            for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(50)))
                into.add(each.value());
        return into.size();
    }

    @Test
    void theVersionIsTheOneThatIsMeant() throws Exception {
        String meant = System.getProperty("kafka.clients.version");
        Properties version = new Properties();
        try (InputStream file =
                Admin.class.getResourceAsStream("/kafka/kafka-version.properties")) {
            version.load(file);
        }
        if (meant != null) assertThat(version.getProperty("version")).isEqualTo(meant);
    }

    @Test
    void consumerReadsCommitsAndResumes() throws Exception {
        produce("orders", 0, 100);
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> first = consumer()) {
            first.subscribe(Set.of("orders"));
            assertThat(poll(first, values, 100)).isEqualTo(100);
            assertThat(first.committed(Set.of(ORDERS)).get(ORDERS)).isNull();
            first.commitSync(Map.of(ORDERS, new OffsetAndMetadata(60, "half way, ungefähr")));
            assertThat(first.committed(Set.of(ORDERS)).get(ORDERS))
                    .isEqualTo(new OffsetAndMetadata(60, "half way, ungefähr"));
        }
        assertThat(values).isEqualTo(values("orders", 0, 100));
        List<String> rest = new ArrayList<>();
        try (KafkaConsumer<String, String> second = consumer()) {
            second.subscribe(Set.of("orders"));
            poll(second, rest, 40);
            CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> told =
                    new CompletableFuture<>();
            second.commitAsync((offsets, error) -> {
                if (error == null) told.complete(offsets);
                else told.completeExceptionally(error);
            });
            while (!told.isDone()) second.poll(Duration.ofMillis(20));
            assertThat(told.join().values())
                    .extracting(OffsetAndMetadata::offset)
                    .containsExactly(100L);
        }
        assertThat(rest).isEqualTo(values("orders", 60, 40));
    }

    @Test
    void tooMuchMetadataIsRefused() throws Exception {
        KafkaConsumer<String, String> consumer = consumer();
        consumer.assign(Set.of(ORDERS));
        assertThatThrownBy(() ->
                        consumer.commitSync(
                                Map.of(ORDERS, new OffsetAndMetadata(1, "x".repeat(4_097)))))
                .isInstanceOf(OffsetMetadataTooLarge.class);
    }

    @Test
    void twoConsumersShareTopicsAndOneTakesOver() throws Exception {
        for (String topic : FOUR) server.createTopic(topic);
        RunningConsumer first = consumer(ROUND_ROBIN, FOUR);
        first.awaitAssigned(FOUR);
        RunningConsumer second = consumer(ROUND_ROBIN, FOUR);
        awaitShared(first, second);
        for (String topic : FOUR) produce(topic, 0, 10);
        RunningConsumer.await(
                () -> first.values().size() + second.values().size() == 40,
                () -> first.values() + " and " + second.values(),
                30);
        assertThat(first.values()).hasSize(20);
        second.close();
        first.awaitAssigned(FOUR);
    }

    /** Each of the four topics has one consumer, and each consumer two of them. */
    private static void awaitShared(RunningConsumer first, RunningConsumer second) {
        RunningConsumer.await(
                () -> {
                    Set<String> both = new TreeSet<>(first.assigned());
                    both.addAll(second.assigned());
                    return first.assigned().size() == 2
                            && second.assigned().size() == 2
                            && both.equals(FOUR);
                },
                () ->
                        first.assigned()
                                + " and "
                                + second.assigned()
                                + " "
                                + first.failure()
                                + second.failure(),
                30);
    }

    @Test
    void cooperativeConsumersKeepWhatTheyHave() throws Exception {
        for (String topic : FOUR) server.createTopic(topic);
        Map<String, Object> cooperative =
                Map.of(
                        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                        CooperativeStickyAssignor.class.getName());
        RunningConsumer first = consumer(cooperative, FOUR);
        first.awaitAssigned(FOUR);
        RunningConsumer second = consumer(cooperative, FOUR);
        awaitShared(first, second);
        for (String topic : FOUR) produce(topic, 0, 10);
        RunningConsumer.await(
                () -> first.values().size() + second.values().size() == 40,
                () -> first.values() + " and " + second.values(),
                30);
        second.close();
        first.awaitAssigned(FOUR);
    }

    @Test
    void silentConsumerIsReplacedAfterItsSession() throws Exception {
        for (String topic : FOUR) server.createTopic(topic);
        RunningConsumer first = consumer(ROUND_ROBIN, FOUR);
        Map<String, Object> staying = new HashMap<>(ROUND_ROBIN);
        // A static member does not leave when it is closed.
        staying.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, "i");
        RunningConsumer second = consumer(staying, FOUR);
        awaitShared(first, second);
        long begin = System.nanoTime();
        second.close();
        first.awaitAssigned(FOUR);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin))
                .isBetween(2_000L, 15_000L);
    }

    @Test
    void staticMemberComesBackWithoutARebalance() throws Exception {
        for (String topic : FOUR) server.createTopic(topic);
        Map<String, Object> longer = new HashMap<>(ROUND_ROBIN);
        longer.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 20_000);
        RunningConsumer first = consumer(longer, FOUR);
        Map<String, Object> staying = new HashMap<>(longer);
        staying.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, "i");
        RunningConsumer second = consumer(staying, FOUR);
        awaitShared(first, second);
        int revocations = first.revocations();
        Set<String> had = second.assigned();
        second.close();
        RunningConsumer again = consumer(staying, FOUR);
        again.awaitAssigned(had);
        Thread.sleep(1_000);
        assertThat(first.revocations()).isEqualTo(revocations);
        // A second process of the same instance ends the first.
        RunningConsumer other = consumer(staying, FOUR);
        other.awaitAssigned(had);
        RunningConsumer.await(
                () -> again.failure() instanceof FencedInstanceIdException,
                () -> "no failure: " + again.failure(),
                30);
    }

    @Test
    void autoCommitGoesOnAfterARestartOfTheServer() throws Exception {
        produce("orders", 0, 50);
        Map<String, Object> auto =
                Map.of(
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        true,
                        ConsumerConfig.AUTO_COMMIT_INTERVAL_MS_CONFIG,
                        100);
        RunningConsumer consumer = consumer(auto, Set.of("orders"));
        consumer.awaitValues(50);
        awaitCommitted(50);
        server.restart();
        produce("orders", 50, 50);
        consumer.awaitValues(100);
        awaitCommitted(100);
        consumer.close();
        // What was read between the restart and the next join may have come twice, nothing else.
        assertThat(consumer.values().subList(0, 50)).isEqualTo(values("orders", 0, 50));
        assertThat(new TreeSet<>(consumer.values().subList(50, consumer.values().size())))
                .isEqualTo(new TreeSet<>(values("orders", 50, 50)));
        server.restart();
        produce("orders", 100, 10);
        RunningConsumer next = consumer(auto, Set.of("orders"));
        next.awaitValues(10);
        assertThat(next.values()).isEqualTo(values("orders", 100, 10));
    }

    private void awaitCommitted(long offset) {
        Admin admin = admin();
        RunningConsumer.await(
                () -> {
                    OffsetAndMetadata committed = committed(admin, "g").get(ORDERS);
                    return committed != null && committed.offset() == offset;
                },
                () -> "committed: " + committed(admin, "g"),
                30);
    }

    private static Map<TopicPartition, OffsetAndMetadata> committed(Admin admin, String group) {
        try {
            return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void memberOfBeforeTheRestartCannotCommitAndJoinsAgain() throws Exception {
        produce("orders", 0, 10);
        KafkaConsumer<String, String> consumer = consumer();
        consumer.subscribe(Set.of("orders"));
        List<String> values = new ArrayList<>();
        poll(consumer, values, 10);
        consumer.commitSync();
        server.restart();
        // Unless a heartbeat was faster, the commit is the first to learn of it.
        assertThatThrownBy(() -> consumer.commitSync(Duration.ofSeconds(20)))
                .isInstanceOf(KafkaException.class)
                .isInstanceOfAny(
                        CommitFailedException.class,
                        org.apache.kafka.common.errors.RebalanceInProgressException.class);
        produce("orders", 10, 10);
        poll(consumer, values, 20);
        consumer.commitSync();
        assertThat(values).isEqualTo(values("orders", 0, 20));
        assertThat(consumer.committed(Set.of(ORDERS)).values())
                .extracting(OffsetAndMetadata::offset)
                .containsExactly(20L);
    }

    @Test
    @SuppressWarnings({"deprecation", "removal"}) // what both versions have
    void toolsListDescribeAndDeleteGroups() throws Exception {
        produce("orders", 0, 10);
        RunningConsumer consumer = consumer(Map.of(), Set.of("orders"));
        consumer.awaitValues(10);
        Admin admin = admin();
        assertThat(admin.listConsumerGroups().all().get())
                .extracting(org.apache.kafka.clients.admin.ConsumerGroupListing::groupId)
                .containsExactly("g");
        ConsumerGroupDescription described = describe(admin);
        assertThat(described.state().toString()).isEqualTo("Stable");
        assertThat(described.partitionAssignor()).isEqualTo("range");
        assertThat(described.members()).hasSize(1);
        assertThat(described.members().iterator().next().assignment().topicPartitions())
                .containsExactly(ORDERS);
        assertThatThrownBy(() -> admin.deleteConsumerGroups(List.of("g")).all().get())
                .hasCauseInstanceOf(GroupNotEmptyException.class);
        consumer.close();
        // Without an offset, nothing is left of it.
        assertThat(admin.listConsumerGroups().all().get()).isEmpty();
        alter(admin, 4);
        assertThat(admin.listConsumerGroups().all().get()).hasSize(1);
        assertThat(describe(admin).state().toString()).isEqualTo("Empty");
        admin.deleteConsumerGroups(List.of("g")).all().get();
        assertThat(committed(admin, "g")).isEmpty();
        assertThatThrownBy(() -> admin.deleteConsumerGroups(List.of("g")).all().get())
                .hasCauseInstanceOf(GroupIdNotFoundException.class);
    }

    private static ConsumerGroupDescription describe(Admin admin) throws Exception {
        return admin.describeConsumerGroups(List.of("g")).all().get().values().iterator().next();
    }

    private static void alter(Admin admin, long offset) throws Exception {
        admin.alterConsumerGroupOffsets("g", Map.of(ORDERS, new OffsetAndMetadata(offset)))
                .all()
                .get();
    }

    @Test
    void toolsResetAndDeleteOffsets() throws Exception {
        produce("orders", 0, 10);
        Admin admin = admin();
        alter(admin, 7);
        RunningConsumer first = consumer(Map.of(), Set.of("orders"));
        first.awaitValues(3);
        assertThat(first.values()).isEqualTo(values("orders", 7, 3));
        assertThatThrownBy(() -> alter(admin, 2)).isInstanceOf(ExecutionException.class);
        first.close();
        assertThat(committed(admin, "g")).isEqualTo(Map.of(ORDERS, new OffsetAndMetadata(7)));
        admin.deleteConsumerGroupOffsets("g", Set.of(ORDERS)).all().get();
        assertThat(committed(admin, "g")).isEmpty();
        RunningConsumer second = consumer(Map.of(), Set.of("orders"));
        second.awaitValues(10);
        assertThat(second.values()).isEqualTo(values("orders", 0, 10));
    }

    @Test
    @SuppressWarnings({"deprecation", "removal"}) // what both versions have
    void offsetsDoNotOutliveTheirTopic() throws Exception {
        Admin admin = admin();
        alter(admin, 7);
        server.deleteTopic("orders");
        server.createTopic("orders");
        assertThat(committed(admin, "g")).isEmpty();
        alter(admin, 3);
        admin.deleteTopics(Set.of("orders")).all().get();
        assertThat(admin.listConsumerGroups().all().get()).isEmpty();
    }

    @Test
    void offsetsThatCannotBeReadAreNotForgotten() throws Exception {
        Admin admin = admin();
        alter(admin, 7);
        Path file = directory.resolve(OffsetsFile.NAME);
        server.stop();
        byte[] content = Files.readAllBytes(file);
        byte[] damaged = content.clone();
        Arrays.fill(damaged, 0, 16 << 10, (byte) 0);
        Files.write(file, damaged);
        server.startAgain();
        assertThatThrownBy(() ->
                        admin.listConsumerGroupOffsets("g")
                                .partitionsToOffsetAndMetadata()
                                .get(3, TimeUnit.SECONDS))
                .isInstanceOf(TimeoutException.class);
        assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
        server.stop();
        Files.write(file, content);
        server.startAgain();
        assertThat(committed(admin, "g")).isEqualTo(Map.of(ORDERS, new OffsetAndMetadata(7)));
    }

    @Test
    void transactionsAreRefused() {
        Map<String, Object> settings = producerSettings();
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "t");
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings)) {
            assertThatThrownBy(producer::initTransactions)
                    .hasStackTraceContaining("transactions are not supported");
        }
    }
}
