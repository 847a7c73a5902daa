package rotera.kafka.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.kafka.tools.Programs.Running;

/** Kafka Connect: a worker that copies a file into a topic, and the topic into another file. */
@Timeout(240)
final class ConnectTest {
    @TempDir Path directory;

    @Test
    void linesGoThroughATopicIntoAFileOnceAndInOrderOverARestart() throws Exception {
        Programs programs = new Programs(directory);
        Path queues = Files.createDirectory(directory.resolve("queues"));
        Path source = Files.createFile(directory.resolve("source.txt"));
        Path sink = directory.resolve("sink.txt");
        try (Broker broker = Broker.rotera(programs, queues)) {
            try (Running worker = start(programs, broker, source, sink)) {
                Files.write(source, lines(0, 2000), UTF_8, APPEND);
                awaitLines(worker, sink, 2000);
                worker.stop();
            }
            Files.write(source, lines(2000, 3000), UTF_8, APPEND);
            try (Running worker = start(programs, broker, source, sink)) {
                awaitLines(worker, sink, 3000);
                Files.write(source, lines(3000, 3500), UTF_8, APPEND);
                awaitLines(worker, sink, 3500);
                worker.stop();
            }
        }
        assertThat(Programs.lines(sink)).isEqualTo(lines(0, 3500));
    }

    private static List<String> lines(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "line " + i).toList();
    }

    private static void awaitLines(Running worker, Path sink, int count) throws Exception {
        Programs.await(
                count + " lines",
                () -> {
                    if (!worker.isAlive()) throw new AssertionError(worker.said());
                    return Programs.lines(sink).size() >= count;
                });
    }

    private Running start(Programs programs, Broker broker, Path source, Path sink)
            throws Exception {
        Path worker =
                Files.writeString(
                        directory.resolve("worker.properties"),
                        """
                        bootstrap.servers=%s
                        key.converter=org.apache.kafka.connect.json.JsonConverter
                        value.converter=org.apache.kafka.connect.json.JsonConverter
                        offset.storage.file.filename=%s
                        offset.flush.interval.ms=1000
                        listeners=http://127.0.0.1:%d
                        plugin.discovery=only_scan
                        """
                                .formatted(
                                        broker.address(),
                                        directory.resolve("connect.offsets"),
                                        Broker.freePort()));
        Path from =
                Files.writeString(
                        directory.resolve("source.properties"),
                        """
                        name=from-file
                        connector.class=org.apache.kafka.connect.file.FileStreamSourceConnector
                        tasks.max=1
                        file=%s
                        topic=lines
                        topic.creation.default.replication.factor=1
                        topic.creation.default.partitions=1
                        """
                                .formatted(source));
        Path to =
                Files.writeString(
                        directory.resolve("sink.properties"),
                        """
                        name=to-file
                        connector.class=org.apache.kafka.connect.file.FileStreamSinkConnector
                        tasks.max=1
                        file=%s
                        topics=lines
                        """
                                .formatted(sink));
        return programs.start(
                "org.apache.kafka.connect.cli.ConnectStandalone",
                worker.toString(),
                from.toString(),
                to.toString());
    }
}
