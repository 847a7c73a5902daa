package rotera.kafka.tools;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** What a program does with producers, consumers and groups, and what it sees. */
final class ClientsProgram {
    private static final String TOPIC = "topic";
    private static final String GROUP = "group";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final long PRODUCERS_TIME = 1000;

    private final Facts facts = new Facts();
    private final String address;

    private ClientsProgram(String address) {
        this.address = address;
    }

    static List<String> run(String address) throws Exception {
        ClientsProgram program = new ClientsProgram(address);
        program.createTopic();
        program.produce();
        program.consume();
        program.searchByTime();
        program.commitOffsets();
        program.goOnInGroup();
        program.makeMistakesInProducing();
        program.haveAFirstBatchRefused();
        program.makeMistakesInConsuming();
        program.administer();
        return program.facts.lines();
    }

    private void createTopic() throws Exception {
        NewTopic topic =
                new NewTopic(TOPIC, 1, (short) 1)
                        .configs(Map.of("message.timestamp.type", "LogAppendTime"));
        try (Admin admin = Admin.create(settings(Map.of()))) {
            facts.add("create", () -> admin.createTopics(List.of(topic)).all().get());
            facts.add("again", () -> admin.createTopics(List.of(topic)).all().get());
            NewTopic bad = new NewTopic("a/b", 1, (short) 1);
            facts.add("bad name", () -> admin.createTopics(List.of(bad)).all().get());
            facts.add("topics", () -> admin.listTopics().names().get());
        }
    }

    // ---- producing

    private void produce() throws Exception {
        try (Producer<String, String> producer = producer(Map.of())) {
            facts.add("first", () -> told(producer.send(record("key", "value")).get()));
            facts.add("no key", () -> told(producer.send(record(null, "value")).get()));
            facts.add("no value", () -> told(producer.send(record("key", null)).get()));
            facts.add("empty", () -> told(producer.send(record("", "")).get()));
            ProducerRecord<String, String> record = record("key", "with headers");
            record.headers()
                    .add("a", "1".getBytes(UTF_8))
                    .add("a", "2".getBytes(UTF_8))
                    .add("none", null)
                    .add("", new byte[0]);
            facts.add("headers", () -> told(producer.send(record).get()));
        }
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            Map<String, Object> settings = Map.of("compression.type", codec, "linger.ms", 50);
            try (Producer<String, String> producer = producer(settings)) {
                facts.add(codec, () -> produceBatch(producer, codec));
            }
        }
        try (Producer<String, String> producer = producer(Map.of("acks", "1"))) {
            facts.add("acks=1", () -> told(producer.send(record("key", "acks=1")).get()));
        }
        try (Producer<String, String> producer = producer(Map.of("acks", "0"))) {
            facts.add("acks=0", () -> told(producer.send(record("key", "acks=0")).get()));
        }
        Thread.sleep(500); // The last one is not waited for.
    }

    private static String produceBatch(Producer<String, String> producer, String text)
            throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < 20; i++) sent.add(producer.send(record("key " + i, text.repeat(i))));
        producer.flush();
        List<Long> offsets = new ArrayList<>();
        for (Future<RecordMetadata> one : sent) offsets.add(one.get().offset());
        return offsets.toString();
    }

    private static ProducerRecord<String, String> record(
            @Nullable String key, @Nullable String value) {
        return new ProducerRecord<>(TOPIC, null, PRODUCERS_TIME, key, value);
    }

    private static String told(RecordMetadata metadata) {
        return "%s has offset: %b %d, producer's time: %b, sizes %d %d"
                .formatted(
                        metadata.topic(),
                        metadata.hasOffset(),
                        metadata.offset(),
                        metadata.timestamp() == PRODUCERS_TIME,
                        metadata.serializedKeySize(),
                        metadata.serializedValueSize());
    }

    // ---- consuming

    private void consume() throws Exception {
        try (Consumer<String, String> consumer = consumer(Map.of())) {
            facts.add("partitions", () -> consumer.partitionsFor(TOPIC).size());
            facts.add("beginning", () -> consumer.beginningOffsets(List.of(PARTITION)));
            facts.add("end", () -> consumer.endOffsets(List.of(PARTITION)));
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            facts.add("all", () -> consumeAll(consumer));
            facts.add("position", () -> consumer.position(PARTITION));
            consumer.seek(PARTITION, 3);
            facts.add("from 3", () -> consumeAll(consumer).getFirst());
        }
        Map<String, Object> committed = Map.of("isolation.level", "read_committed");
        try (Consumer<String, String> consumer = consumer(committed)) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToEnd(List.of(PARTITION));
            facts.add("end of what is committed", () -> consumer.position(PARTITION));
        }
    }

    private static List<String> consumeAll(Consumer<String, String> consumer) {
        long end = consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
        List<String> records = new ArrayList<>();
        while (consumer.position(PARTITION) < end)
            consumer.poll(Duration.ofMillis(100)).forEach(record -> records.add(seen(record)));
        return records;
    }

    private static String seen(ConsumerRecord<String, String> record) {
        List<String> headers = new ArrayList<>();
        for (Header header : record.headers())
            headers.add(header.key() + "=" + Arrays.toString(header.value()));
        return "%d %s=%s %s %s now: %b, sizes %d %d"
                .formatted(
                        record.offset(),
                        record.key(),
                        record.value(),
                        headers,
                        record.timestampType(),
                        Math.abs(System.currentTimeMillis() - record.timestamp()) < 120_000,
                        record.serializedKeySize(),
                        record.serializedValueSize());
    }

    private void searchByTime() throws Exception {
        try (Producer<String, String> producer = producer(Map.of());
                Consumer<String, String> consumer = consumer(Map.of())) {
            Thread.sleep(50);
            long time = producer.send(record("key", "later")).get().timestamp();
            Thread.sleep(50);
            producer.send(record("key", "last")).get();
            facts.add("at 0", () -> offsetAt(consumer, 0));
            facts.add("just before", () -> offsetAt(consumer, time - 1));
            facts.add("at its time", () -> offsetAt(consumer, time));
            facts.add("just after", () -> offsetAt(consumer, time + 1));
            facts.add("in a day", () -> offsetAt(consumer, time + 86_400_000));
        }
        Map<String, Object> hour = Map.of("auto.offset.reset", "by_duration:PT1H");
        try (Consumer<String, String> consumer = consumer(hour)) {
            consumer.assign(List.of(PARTITION));
            facts.add("from an hour ago", () -> consumer.position(PARTITION));
        }
    }

    private static @Nullable Long offsetAt(Consumer<String, String> consumer, long time) {
        OffsetAndTimestamp found = consumer.offsetsForTimes(Map.of(PARTITION, time)).get(PARTITION);
        return found == null ? null : found.offset();
    }

    // ---- groups

    private void commitOffsets() throws Exception {
        try (Consumer<String, String> consumer = consumer(Map.of("group.id", GROUP))) {
            consumer.assign(List.of(PARTITION));
            facts.add("nothing committed", () -> committed(consumer));
            facts.add("commit", () -> commit(consumer, 5, "a note"));
            facts.add("committed", () -> committed(consumer));
            facts.add("another commit", () -> commit(consumer, 7, ""));
            facts.add("committed then", () -> committed(consumer));
            facts.add("too much metadata", () -> commit(consumer, 8, "x".repeat(5000)));
            facts.add("committed after that", () -> committed(consumer));
            facts.add("beyond the end", () -> commit(consumer, 100_000, ""));
            facts.add("committed last", () -> committed(consumer));
            facts.add("back", () -> commit(consumer, 6, "back"));
        }
    }

    private static String commit(Consumer<String, String> consumer, long offset, String note) {
        consumer.commitSync(
                Map.of(PARTITION, new OffsetAndMetadata(offset, Optional.empty(), note)));
        return "done";
    }

    private static String committed(Consumer<String, String> consumer) {
        return told(consumer.committed(Set.of(PARTITION)).get(PARTITION));
    }

    /** Without leader epochs, which Rotera does not have. */
    private static String told(@Nullable OffsetAndMetadata committed) {
        return committed == null ? "none" : committed.offset() + " " + committed.metadata();
    }

    private void goOnInGroup() throws Exception {
        Map<String, Object> settings = Map.of("group.id", GROUP, "enable.auto.commit", false);
        try (Consumer<String, String> consumer = consumer(settings);
                Admin admin = Admin.create(settings(Map.of()))) {
            consumer.subscribe(List.of(TOPIC));
            List<String> records = new ArrayList<>();
            while (records.isEmpty())
                consumer.poll(Duration.ofMillis(100)).forEach(record -> records.add(seen(record)));
            facts.add("group goes on", records::getFirst);
            facts.add("assignment", consumer::assignment);
            facts.add("its group", () -> consumer.groupMetadata().generationId() > 0);
            facts.add(
                    "delete a group with members",
                    () -> admin.deleteConsumerGroups(List.of(GROUP)).all().get());
            consumer.commitSync();
            facts.add("committed its position", () -> committed(consumer));
        }
    }

    // ---- mistakes

    private void makeMistakesInProducing() throws Exception {
        Map<String, Object> settings =
                Map.of("max.block.ms", 2000, "max.request.size", 16 << 20, "acks", "all");
        try (Producer<String, String> producer = producer(settings)) {
            facts.add(
                    "unknown topic",
                    () -> producer.send(new ProducerRecord<>("unknown", "value")).get());
            facts.add(
                    "unknown partition",
                    () -> producer.send(new ProducerRecord<>(TOPIC, 3, "key", "value")).get());
            facts.add("too large", () -> producer.send(record("key", "x".repeat(3 << 20))).get());
            facts.add("and then", () -> told(producer.send(record("key", "then")).get()));
        }
    }

    /**
     * The first batch of a new producer is larger than a broker takes, the second is not. Which of
     * its halves are kept then differs, but none that was acknowledged is missing.
     */
    private void haveAFirstBatchRefused() throws Exception {
        for (String codec : List.of("none", "gzip")) {
            Map<String, Object> settings =
                    Map.of(
                            "compression.type",
                            codec,
                            "batch.size",
                            1_900_000,
                            "max.request.size",
                            4 << 20,
                            "linger.ms",
                            200,
                            "delivery.timeout.ms",
                            10_000,
                            "request.timeout.ms",
                            5000);
            Map<String, Future<RecordMetadata>> sent = new LinkedHashMap<>();
            long first;
            try (Consumer<String, String> consumer = consumer(Map.of());
                    Producer<String, String> producer = producer(settings)) {
                first = consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
                for (int i = 0; i < 9; i++) {
                    String value = i + randomText(i < 8 ? 200_000 : 600_000);
                    sent.put(value, producer.send(record("key", value)));
                }
                producer.flush();
                consumer.assign(List.of(PARTITION));
                consumer.seek(PARTITION, first);
                List<String> kept = valuesToTheEnd(consumer);
                facts.add(
                        "acknowledged and lost, " + codec,
                        () ->
                                sent.entrySet().stream()
                                        .filter(each -> isAcknowledged(each.getValue()))
                                        .filter(each -> !kept.contains(each.getKey()))
                                        .count());
                facts.add("in order, " + codec, () -> kept.equals(kept.stream().sorted().toList()));
                facts.add("twice, " + codec, () -> kept.size() - Set.copyOf(kept).size());
            }
        }
    }

    private static boolean isAcknowledged(Future<RecordMetadata> sent) {
        return sent.state() == Future.State.SUCCESS;
    }

    private static List<String> valuesToTheEnd(Consumer<String, String> consumer) {
        long end = consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
        List<String> values = new ArrayList<>();
        while (consumer.position(PARTITION) < end)
            consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
        return values;
    }

    /** Of letters that do not compress well. */
    private static String randomText(int length) {
        return new Random(length)
                .ints(length, '0', '0' + 64)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private void makeMistakesInConsuming() throws Exception {
        Map<String, Object> settings =
                Map.of(
                        "auto.offset.reset",
                        "none",
                        "group.id",
                        "another",
                        "default.api.timeout.ms",
                        3000,
                        "allow.auto.create.topics",
                        false);
        TopicPartition unknown = new TopicPartition("unknown", 0);
        try (Consumer<String, String> consumer = consumer(settings)) {
            consumer.assign(List.of(PARTITION));
            facts.add("no offset", () -> consumer.poll(Duration.ofSeconds(3)).count());
            consumer.seek(PARTITION, 1_000_000);
            facts.add("out of range", () -> pollUntilItFails(consumer));
            facts.add("unknown to list", () -> consumer.partitionsFor("unknown"));
            facts.add("unknown to search", () -> consumer.endOffsets(List.of(unknown)));
        }
        try (Consumer<String, String> consumer = consumer(Map.of())) {
            facts.add("commit without a group", () -> commitAssigned(consumer));
        }
        Map<String, Object> latest = Map.of("auto.offset.reset", "latest");
        try (Consumer<String, String> consumer = consumer(latest)) {
            consumer.assign(List.of(PARTITION));
            consumer.seek(PARTITION, 1_000_000);
            consumer.poll(Duration.ofSeconds(2));
            // How many messages there are depends on the halves that were kept above.
            long end = consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
            facts.add("out of range, to the latest", () -> consumer.position(PARTITION) == end);
        }
    }

    private static int pollUntilItFails(Consumer<String, String> consumer) {
        int records = 0;
        for (int i = 0; i < 50; i++) records += consumer.poll(Duration.ofMillis(100)).count();
        return records;
    }

    private static String commitAssigned(Consumer<String, String> consumer) {
        try {
            consumer.assign(List.of(PARTITION));
            return commit(consumer, 1, "");
        } catch (IllegalStateException e) {
            return e.getClass().getSimpleName();
        }
    }

    // ---- administration

    private void administer() throws Exception {
        try (Admin admin = Admin.create(settings(Map.of()))) {
            facts.add(
                    "offsets of the group",
                    () ->
                            told(
                                    admin.listConsumerGroupOffsets(GROUP)
                                            .partitionsToOffsetAndMetadata()
                                            .get()
                                            .get(PARTITION)));
            facts.add(
                    "state of the group",
                    () ->
                            admin.describeConsumerGroups(List.of(GROUP))
                                    .all()
                                    .get()
                                    .values()
                                    .iterator()
                                    .next()
                                    .groupState());
            facts.add(
                    "set an offset",
                    () ->
                            admin.alterConsumerGroupOffsets(
                                            GROUP, Map.of(PARTITION, new OffsetAndMetadata(2)))
                                    .all()
                                    .get());
            facts.add("delete the group", () -> deleteGroup(admin, GROUP));
            facts.add("delete it again", () -> deleteGroup(admin, GROUP));
            facts.add("unknown topic", () -> describe(admin, "unknown"));
            facts.add("topic", () -> describe(admin, TOPIC));
            facts.add("delete", () -> admin.deleteTopics(List.of(TOPIC)).all().get());
            Thread.sleep(500);
            facts.add("gone", () -> describe(admin, TOPIC));
            facts.add("topics then", () -> admin.listTopics().names().get());
        }
    }

    private static @Nullable Void deleteGroup(Admin admin, String group) throws Exception {
        return admin.deleteConsumerGroups(List.of(group)).all().get();
    }

    private static String describe(Admin admin, String topic) throws Exception {
        return admin.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
                .map(one -> one.name() + " " + one.partitions().size() + " " + one.isInternal())
                .toList()
                .toString();
    }

    private Map<String, Object> settings(Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("bootstrap.servers", address);
        return settings;
    }

    private Producer<String, String> producer(Map<String, Object> more) {
        return new KafkaProducer<>(settings(more), new StringSerializer(), new StringSerializer());
    }

    private Consumer<String, String> consumer(Map<String, Object> more) {
        return new KafkaConsumer<>(
                settings(more), new StringDeserializer(), new StringDeserializer());
    }
}
