package rotera.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.NamedStruct;

/** The admin client of Kafka. */
@Timeout(60)
final class AdminTest {
    private static final ConfigResource TOPIC =
            new ConfigResource(ConfigResource.Type.TOPIC, "orders");

    @TempDir Path directory;
    private Broker broker;
    private Admin admin;

    @BeforeEach
    void start() throws IOException {
        Broker.make(directory, 1, "orders", 1 << 20);
        Broker.make(directory, 3, "", 1 << 20);
        Broker.make(directory, 4, "twice", 1 << 20);
        Broker.make(directory, 5, "twice", 1 << 20);
        broker =
                new Broker(
                        directory,
                        KafkaOptions.of("127.0.0.1", 0).withTopicBytes(1 << 20, 4 << 20),
                        Limits.DEFAULT);
        admin = Admin.create(Map.of("bootstrap.servers", broker.address()));
    }

    @AfterEach
    void stop() {
        admin.close();
        broker.close();
    }

    @Test
    void queuesAreListedByNameOrNumber() throws Exception {
        assertThat(admin.listTopics().names().get())
                .containsExactlyInAnyOrder("orders", "3", "4", "5");
        assertThat(admin.describeCluster().nodes().get()).hasSize(1);
    }

    @Test
    void aRenamedQueueIsATopicOfItsNewNameAlone() throws Exception {
        assertThat(admin.describeTopics(List.of("orders")).allTopicNames().get()).hasSize(1);
        broker.file(1).rename("bills");
        assertThatThrownBy(() -> admin.describeTopics(List.of("orders")).allTopicNames().get())
                .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        assertThat(admin.describeTopics(List.of("bills")).allTopicNames().get()).hasSize(1);
        broker.file(4).rename("once"); // "twice" is free for the other one
        assertThat(admin.listTopics().names().get())
                .containsExactlyInAnyOrder("bills", "3", "once", "twice");
    }

    @Test
    void aQueueThatTheServerDeletedIsNoTopic() throws Exception {
        AlterConfigOp times =
                new AlterConfigOp(
                        new ConfigEntry("message.timestamp.type", "CreateTime"),
                        AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(TOPIC, List.of(times))).all().get();
        Path settings = directory.resolve("kafka-topics.conf");
        assertThat(settings).content().contains(broker.file(1).uniqueId().toString());
        assertThat(broker.server().delete(broker.server().queue(1).orElseThrow())).isTrue();
        assertThat(settings).isEmptyFile();
        assertThatThrownBy(() -> admin.describeTopics(List.of("orders")).allTopicNames().get())
                .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        assertThat(admin.listTopics().names().get()).containsExactlyInAnyOrder("3", "4", "5");
    }

    @Test
    void aTopicHasOnePartition() throws Exception {
        TopicDescription described =
                Broker.of(admin.describeTopics(List.of("orders")).allTopicNames().get(), "orders");
        assertThat(described.partitions()).hasSize(1);
        assertThat(described.partitions().getFirst().leader().port()).isEqualTo(broker.port());
        assertThatThrownBy(() -> admin.describeTopics(List.of("no")).allTopicNames().get())
                .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
    }

    @Test
    void clientsAreToldWhatIsAdvertised() throws Exception {
        KafkaOptions elsewhere =
                KafkaOptions.of("127.0.0.1", 0).withAdvertised("broker.example.org", 4711);
        try (KafkaListener listener =
                        KafkaListener.start(broker.server(), elsewhere, Limits.DEFAULT);
                RawClient client = new RawClient(listener.port())) {
            NamedStruct told =
                    client.ask("Metadata", 1, RawClient.request("Metadata"))
                            .structs("brokers")
                            .getFirst();
            assertThat(told.text("host")).isEqualTo("broker.example.org");
            assertThat(told.number("port")).isEqualTo(4711);
        }
    }

    @Test
    void aTopicThatIsAskedForIsCreatedWhereThatIsAllowed() throws Exception {
        KafkaOptions creating =
                KafkaOptions.of("127.0.0.1", 0).withTopicBytes(1 << 20, 1 << 20).withAutoCreate();
        try (KafkaListener listener =
                        KafkaListener.start(broker.server(), creating, Limits.DEFAULT);
                RawClient client = new RawClient(listener.port())) {
            NamedStruct ask = RawClient.request("Metadata").set("allowAutoTopicCreation", true);
            ask.add("topics").set("name", "asked");
            ask.add("topics").set("name", "not/valid");
            List<NamedStruct> told = client.ask("Metadata", 5, ask).structs("topics");
            assertThat(told.get(0).number("errorCode")).isZero();
            assertThat(told.get(1).number("errorCode"))
                    .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION.code);
            ask = RawClient.request("Metadata").set("allowAutoTopicCreation", false);
            ask.add("topics").set("name", "other");
            told = client.ask("Metadata", 5, ask).structs("topics");
            assertThat(told.getFirst().number("errorCode"))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code);
        }
        assertThat(broker.file(0).name()).contains("asked");
    }

    @Test
    void aCreatedTopicIsANewFile() throws Exception {
        admin.createTopics(
                        List.of(
                                new NewTopic("new", Optional.empty(), Optional.empty()),
                                new NewTopic("large", 1, (short) 3)
                                        .configs(Map.of("rotera.size", "2MiB"))))
                .all()
                .get();
        assertThat(directory.resolve("0.rot")).hasSize(1 << 20);
        assertThat(directory.resolve("2.rot")).hasSize(2 << 20);
        assertThat(broker.file(0).name()).contains("new");
        assertThat(admin.listTopics().names().get()).contains("new", "large");
        broker.push(0, "a");
        admin.createTopics(List.of(new NewTopic("77", 1, (short) 1))).all().get();
        assertThat(directory.resolve("77.rot")).exists();
    }

    @Test
    void theBytesToRetainAreTheSize() throws Exception {
        NewTopic sized = new NewTopic("sized", 1, (short) 1);
        NewTopic unsized = new NewTopic("unsized", 1, (short) 1);
        admin.createTopics(
                        List.of(
                                sized.configs(Map.of("retention.bytes", "3145728")),
                                unsized.configs(Map.of("retention.bytes", "-1"))))
                .all()
                .get();
        assertThat(directory.resolve("0.rot")).hasSize(3 << 20);
        assertThat(directory.resolve("2.rot")).hasSize(1 << 20);
        assertThat(config().get("retention.bytes").value()).isEqualTo("1048576");
        assertRefused("retention.bytes", "1073741824", "4194304");
        assertThatThrownBy(() -> alter("retention.bytes", "2097152"))
                .hasCauseInstanceOf(InvalidConfigurationException.class);
    }

    @Test
    void whatATopicCannotBeIsSaid() {
        assertRefused(new NewTopic("many", 3, (short) 1), InvalidPartitionsException.class, "one");
        assertRefused(new NewTopic("a/b", 1, (short) 1), InvalidTopicException.class, "letters");
        assertRefused(new NewTopic("orders", 1, (short) 1), TopicExistsException.class, "orders");
        assertRefused(new NewTopic("3", 1, (short) 1), TopicExistsException.class, "3");
        assertRefused("rotera.size", "1GiB", "4194304");
        assertRefused("rotera.size", "much", "64MiB");
        assertRefused("cleanup.policy", "compact", "overwritten");
        assertRefused("retention.ms", "1000", "retention.bytes");
        assertRefused("color", "red", "no setting color");
        assertThat(broker.server().queues()).hasSize(4);
    }

    private void assertRefused(String config, String value, String why) {
        assertRefused(
                new NewTopic("t", 1, (short) 1).configs(Map.of(config, value)),
                InvalidConfigurationException.class,
                why);
    }

    private void assertRefused(NewTopic topic, Class<? extends Throwable> type, String why) {
        assertThatThrownBy(() -> admin.createTopics(List.of(topic)).all().get())
                .hasCauseInstanceOf(type)
                .hasMessageContaining(why);
    }

    @Test
    void aDeletedTopicIsGoneWithItsFile() throws Exception {
        broker.push(1, "a");
        admin.deleteTopics(List.of("orders")).all().get();
        assertThat(directory.resolve("1.rot")).doesNotExist();
        assertThat(admin.listTopics().names().get()).doesNotContain("orders");
        assertThatThrownBy(() -> admin.deleteTopics(List.of("orders")).all().get())
                .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1))).all().get();
        assertThat(end("orders")).isZero();
    }

    @Test
    void aNameThatTwoQueuesHadIsOneTopicsAfterADeletion() throws Exception {
        admin.deleteTopics(List.of("4")).all().get();
        assertThat(admin.listTopics().names().get())
                .containsExactlyInAnyOrder("orders", "3", "twice");
        assertThat(end("5")).as("the number works as well").isZero();
    }

    @Test
    void settingsAreDescribedChangedAndKept() throws Exception {
        Config before = config();
        assertThat(before.get("rotera.size").value()).isEqualTo("1048576");
        assertThat(before.get("rotera.size").isReadOnly()).isTrue();
        assertThat(before.get("cleanup.policy").value()).isEqualTo("delete");
        assertThat(before.get("message.timestamp.type").value()).isEqualTo("LogAppendTime");
        alter("message.timestamp.type", "CreateTime");
        assertThat(config().get("message.timestamp.type").value()).isEqualTo("CreateTime");
        admin.close();
        broker.restart();
        admin = Admin.create(Map.of("bootstrap.servers", broker.address()));
        assertThat(config().get("message.timestamp.type").value()).isEqualTo("CreateTime");
        assertThatThrownBy(() -> alter("rotera.size", "2097152"))
                .hasCauseInstanceOf(InvalidConfigurationException.class);
        assertThatThrownBy(() -> alter("cleanup.policy", "compact"))
                .hasCauseInstanceOf(InvalidConfigurationException.class);
        alter("message.timestamp.type", "LogAppendTime");
        assertThat(config().get("message.timestamp.type").value()).isEqualTo("LogAppendTime");
        assertThat(directory.resolve("kafka-topics.conf")).isEmptyFile();
    }

    @Test
    void sizesOffsetsAndRefusals() throws Exception {
        broker.push(1, "a", "b");
        assertThat(end("orders")).isEqualTo(2);
        LogDirDescription files =
                Broker.of(admin.describeLogDirs(List.of(1)).allDescriptions().get(), 1)
                        .values()
                        .iterator()
                        .next();
        assertThat(Broker.of(files.replicaInfos(), new TopicPartition("orders", 0)).size())
                .isEqualTo(1 << 20);
        assertThatThrownBy(() ->
                        admin.deleteRecords(
                                        Map.of(
                                                new TopicPartition("orders", 0),
                                                RecordsToDelete.beforeOffset(1)))
                                .all()
                                .get())
                .hasCauseInstanceOf(PolicyViolationException.class);
        assertThatThrownBy(() ->
                        admin.createPartitions(Map.of("orders", NewPartitions.increaseTo(2)))
                                .all()
                                .get())
                .hasCauseInstanceOf(InvalidPartitionsException.class);
        assertThatThrownBy(() -> admin.describeAcls(AclBindingFilter.ANY).values().get())
                .hasCauseInstanceOf(SecurityDisabledException.class);
    }

    private long end(String topic) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                .partitionResult(partition)
                .get()
                .offset();
    }

    private Config config() throws Exception {
        return Broker.of(admin.describeConfigs(List.of(TOPIC)).all().get(), TOPIC);
    }

    private void alter(String name, String value) throws Exception {
        AlterConfigOp set =
                new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(TOPIC, List.of(set))).all().get();
    }
}
