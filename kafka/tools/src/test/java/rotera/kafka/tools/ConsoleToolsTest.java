package rotera.kafka.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.kafka.tools.Programs.Result;

/** The command line tools of Kafka, as they are. */
@Timeout(240)
final class ConsoleToolsTest {
    private static final String TOOLS = "org.apache.kafka.tools.";
    private static final String TOPICS = TOOLS + "TopicCommand";
    private static final String PRODUCER = TOOLS + "ConsoleProducer";
    private static final String CONSUMER = TOOLS + "consumer.ConsoleConsumer";
    private static final String GROUPS = TOOLS + "consumer.group.ConsumerGroupCommand";
    private static final String OFFSETS = TOOLS + "GetOffsetShell";

    /** Among the tools since Kafka 4.4. */
    private static final String CONFIGS =
            ConsoleToolsTest.class.getResource("/kafka/admin/ConfigCommand.class") == null
                    ? TOOLS + "ConfigCommand"
                    : "kafka.admin.ConfigCommand";

    @TempDir static Path directory;
    private static Programs programs;
    private static Broker broker;

    @BeforeAll
    static void start() throws Exception {
        programs = new Programs(directory);
        broker = Broker.rotera(programs, Files.createDirectory(directory.resolve("queues")));
    }

    @AfterAll
    static void stop() throws Exception {
        broker.process().stop();
        broker.close();
    }

    private static Result tool(String tool, String... arguments) throws Exception {
        return toolWith("", tool, arguments);
    }

    private static Result toolWith(String input, String tool, String... arguments)
            throws Exception {
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", broker.address()));
        all.addAll(List.of(arguments));
        return programs.runWith(input, tool, all.toArray(String[]::new));
    }

    private static void create(String topic) throws Exception {
        tool(TOPICS, "--create", "--topic", topic, "--config", "retention.bytes=2097152").good();
    }

    @Test
    void topicsAreCreatedListedDescribedAndDeleted() throws Exception {
        create("orders");
        assertThat(tool(TOPICS, "--list").good().lines()).contains("orders");
        assertThat(tool(TOPICS, "--describe", "--topic", "orders").good().output())
                .contains("PartitionCount: 1", "ReplicationFactor: 1", "retention.bytes=2097152")
                .contains("Partition: 0", "Leader: 1", "Isr: 1");
        assertThat(
                        tool(
                                        CONFIGS,
                                        "--describe",
                                        "--all",
                                        "--entity-type",
                                        "topics",
                                        "--entity-name",
                                        "orders")
                                .good()
                                .output())
                .contains("rotera.size=2097152")
                .contains("cleanup.policy=delete")
                .contains("message.timestamp.type=LogAppendTime");
        assertThat(tool(TOOLS + "LogDirsCommand", "--describe").good().output())
                .contains("\"partition\":\"orders-0\",\"size\":2097152");
        assertThat(tool(TOPICS, "--create", "--topic", "orders").bad().said()).contains("exists");
        tool(TOPICS, "--delete", "--topic", "orders").good();
        assertThat(tool(TOPICS, "--list").good().lines()).doesNotContain("orders");
        assertThat(tool(TOPICS, "--describe", "--topic", "orders").bad().said())
                .contains("does not exist");
    }

    @Test
    void whatRoteraDoesNotHaveIsRefusedWithAReason() throws Exception {
        create("refusing");
        assertThat(tool(TOPICS, "--create", "--topic", "p", "--partitions", "3").bad().said())
                .contains("a topic has one partition here");
        assertThat(tool(TOPICS, "--alter", "--topic", "refusing", "--partitions", "3").bad().said())
                .contains("a topic has one partition here");
        assertThat(
                        tool(
                                        TOPICS,
                                        "--create",
                                        "--topic",
                                        "c",
                                        "--config",
                                        "cleanup.policy=compact")
                                .bad()
                                .said())
                .contains("the oldest messages are overwritten");
        toolWith("a\nb\n", PRODUCER, "--topic", "refusing").good();
        Path offsets =
                Files.writeString(
                        directory.resolve("offsets.json"),
                        """
                        {"partitions":[{"topic":"refusing","partition":0,"offset":1}],"version":1}
                        """);
        assertThat(
                        tool(
                                        TOOLS + "DeleteRecordsCommand",
                                        "--offset-json-file",
                                        offsets.toString())
                                .said())
                .contains("PolicyViolationException");
        assertThat(tool(OFFSETS, "--topic", "refusing", "--time", "earliest").good().lines())
                .containsExactly("refusing:0:0");
    }

    @Test
    void keysHeadersAndNullsComeOutAsTheyWentIn() throws Exception {
        create("letters");
        toolWith(
                        "a:1,b:2\tk1\tvalue 1\na:3\tk2\tnothing\n",
                        PRODUCER,
                        "--topic",
                        "letters",
                        "--reader-property",
                        "parse.key=true",
                        "--reader-property",
                        "parse.headers=true",
                        "--reader-property",
                        "null.marker=nothing")
                .good();
        Result result =
                tool(
                        CONSUMER,
                        "--topic",
                        "letters",
                        "--from-beginning",
                        "--max-messages",
                        "2",
                        "--formatter-property",
                        "print.key=true",
                        "--formatter-property",
                        "print.headers=true",
                        "--formatter-property",
                        "print.offset=true",
                        "--formatter-property",
                        "print.timestamp=true");
        List<String> lines = result.good().lines();
        assertThat(lines).hasSize(2).allMatch(line -> line.startsWith("LogAppendTime:"));
        assertThat(lines.get(0)).endsWith("\tOffset:0\ta:1,b:2\tk1\tvalue 1");
        assertThat(lines.get(1)).endsWith("\tOffset:1\ta:3\tk2\tnull");
    }

    @Test
    void groupsAreConsumedListedDescribedResetAndDeleted() throws Exception {
        create("work");
        toolWith("1\n2\n3\n", PRODUCER, "--topic", "work").good();
        assertThat(consumeInGroup(3)).containsExactly("1", "2", "3");
        assertThat(tool(GROUPS, "--list").good().lines()).contains("workers");
        assertThat(describe("work")).startsWith("workers", "work", "0", "3", "3", "0");
        assertThat(tool(GROUPS, "--describe", "--group", "workers", "--state").good().output())
                .contains("Empty");
        tool(
                        GROUPS,
                        "--reset-offsets",
                        "--group",
                        "workers",
                        "--topic",
                        "work",
                        "--to-offset",
                        "1",
                        "--execute")
                .good();
        assertThat(describe("work")).startsWith("workers", "work", "0", "1", "3", "2");
        assertThat(consumeInGroup(2)).containsExactly("2", "3");
        assertThat(tool(GROUPS, "--delete", "--group", "workers").good().output())
                .contains("successful");
        assertThat(tool(GROUPS, "--list").good().lines()).doesNotContain("workers");
    }

    private static List<String> consumeInGroup(int messages) throws Exception {
        return tool(
                        CONSUMER,
                        "--topic",
                        "work",
                        "--group",
                        "workers",
                        "--from-beginning",
                        "--max-messages",
                        Integer.toString(messages))
                .good()
                .lines();
    }

    /** The words of the line about this topic. */
    private static String[] describe(String topic) throws Exception {
        return tool(GROUPS, "--describe", "--group", "workers").good().lines().stream()
                .filter(line -> line.split(" +", -1)[1].equals(topic))
                .findFirst()
                .orElseThrow()
                .split(" +", -1);
    }

    @Test
    void performanceToolsSendAndReceiveAll() throws Exception {
        create("load");
        Result produced =
                programs.run(
                        TOOLS + "ProducerPerformance",
                        "--topic",
                        "load",
                        "--num-records",
                        "10000",
                        "--record-size",
                        "100",
                        "--throughput",
                        "-1",
                        "--command-property",
                        "bootstrap.servers=" + broker.address());
        assertThat(produced.good().output()).contains("10000 records sent");
        assertThat(tool(OFFSETS, "--topic", "load", "--time", "latest").good().lines())
                .containsExactly("load:0:10000");
        Result consumed =
                tool(
                        TOOLS + "ConsumerPerformance",
                        "--topic",
                        "load",
                        "--num-records",
                        "10000",
                        "--group",
                        "load");
        assertThat(consumed.good().lines().getLast().split(", ", -1)[4]).isEqualTo("10000");
    }

    @Test
    void theVersionsOfTheProtocolAreShown() throws Exception {
        assertThat(tool(TOOLS + "BrokerApiVersionsCommand").good().lines())
                .contains("Produce(0): 0 to 8 [usable: 8],")
                .contains("Fetch(1): 4 to 11 [usable: 11],")
                .anyMatch(line -> line.matches("JoinGroup\\(11\\): 0 to \\d+ \\[usable: \\d+],"));
    }

    @Test
    void manyLinesGoThroughInOrder() throws Exception {
        create("lines");
        List<String> lines = IntStream.range(0, 5000).mapToObj(i -> "line " + i).toList();
        toolWith(String.join("\n", lines) + "\n", PRODUCER, "--topic", "lines").good();
        assertThat(
                        tool(
                                        CONSUMER,
                                        "--topic",
                                        "lines",
                                        "--from-beginning",
                                        "--max-messages",
                                        "5000")
                                .good()
                                .lines())
                .isEqualTo(lines);
    }
}
