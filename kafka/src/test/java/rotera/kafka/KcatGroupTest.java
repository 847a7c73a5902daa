package rotera.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Consumer groups with kcat, which is librdkafka, where it is installed. */
@Tag("slow")
class KcatGroupTest {
    @TempDir Path directory;
    private TestServer server;
    private final List<Process> running = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        assumeTrue(isInstalled(), "kcat is not installed");
        server = TestServer.start(directory);
        server.createTopic("left");
        server.createTopic("right");
    }

    private static boolean isInstalled() {
        for (String each : System.getenv().getOrDefault("PATH", "").split(":", -1))
            if (Files.isExecutable(Path.of(each, "kcat"))) return true;
        return false;
    }

    @AfterEach
    void stop() throws Exception {
        for (Process each : running) each.destroyForcibly().waitFor();
        if (server != null) server.close();
    }

    private Path output(String name) {
        return directory.resolve(name + ".txt");
    }

    private Process kcat(String name, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("kcat", "-b", server.address()));
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(output(name).toFile())
                        .redirectError(output(name + "-errors").toFile())
                        .start();
        running.add(process);
        return process;
    }

    private Process consumer(String name) throws IOException {
        return kcat(
                name,
                "-u",
                "-X",
                "session.timeout.ms=3000",
                "-X",
                "heartbeat.interval.ms=300",
                "-X",
                "auto.offset.reset=earliest",
                "-X",
                "partition.assignment.strategy=roundrobin",
                "-G",
                "g",
                "left",
                "right");
    }

    private void produce(String topic, int from, int count) throws Exception {
        Path input = directory.resolve("input");
        Files.write(input, values(topic, from, count));
        Process producer =
                new ProcessBuilder("kcat", "-b", server.address(), "-P", "-t", topic)
                        .redirectInput(input.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output("producer").toFile())
                        .start();
        running.add(producer);
        assertThat(producer.waitFor()).isZero();
    }

    private static List<String> values(String topic, int from, int count) {
        return IntStream.range(from, from + count).mapToObj(i -> topic + " " + i).toList();
    }

    private List<String> lines(String name) {
        try {
            return Files.readString(output(name), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitLines(String name, int count) {
        RunningConsumer.await(
                () -> lines(name).size() >= count,
                () -> lines(name) + " " + lines(name + "-errors"),
                30);
    }

    /** By the automatic commit, every five seconds. */
    private void awaitCommitted(long offset) {
        Map<String, Object> settings =
                Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, server.address());
        try (Admin admin = Admin.create(settings)) {
            RunningConsumer.await(
                    () -> committed(admin).values().stream().allMatch(at -> at.offset() == offset),
                    () -> String.valueOf(committed(admin)),
                    30);
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> committed(Admin admin) {
        try {
            return admin.listConsumerGroupOffsets("g").partitionsToOffsetAndMetadata().get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void killedConsumerIsReplacedAndWhatItCommittedStays() throws Exception {
        produce("left", 0, 50);
        produce("right", 0, 50);
        Process first = consumer("first");
        awaitLines("first", 100);
        Process second = consumer("second");
        RunningConsumer.await(
                () -> String.join("\n", lines("second-errors")).contains("[0]"),
                () -> String.valueOf(lines("second-errors")),
                30);
        produce("left", 50, 50);
        produce("right", 50, 50);
        awaitLines("first", 150);
        awaitLines("second", 50);
        awaitCommitted(100);
        second.destroyForcibly().waitFor();
        produce("left", 100, 50);
        produce("right", 100, 50);
        awaitLines("first", 250);
        assertThat(lines("first")).hasSize(250);
        first.destroy();
        assertThat(first.waitFor()).isZero();
        List<String> all = new ArrayList<>(lines("first"));
        all.addAll(lines("second"));
        List<String> expected = new ArrayList<>(values("left", 0, 150));
        expected.addAll(values("right", 0, 150));
        assertThat(all).containsExactlyInAnyOrderElementsOf(expected);
    }
}
