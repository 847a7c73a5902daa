package rotera.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import rotera.kafka.topics.CommitNotifier;
import rotera.kafka.topics.Topic;
import rotera.kafka.topics.TopicSettings;
import rotera.kafka.topics.Topics;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;
import rotera.server.HostedQueue;
import rotera.server.Server;
import rotera.server.ServerOptions;

/** No file beside the queues keeps a server from serving what is intact. */
@Timeout(60)
class SideFilesTest {
    private static final List<String> FILES =
            List.of(
                    "kafka-topics.conf",
                    "kafka-topics.conf.new",
                    "kafka.offsets",
                    "2.rot",
                    "1.rot.creating-1-2",
                    "1.rot.unfinished-1",
                    "1.rot.lock",
                    "1-snapshot.rot",
                    "consumer.position",
                    "consumer.position.unsaved-1f",
                    "notes.txt");

    enum Damage {
        EMPTY,
        CUT,
        GARBAGE,
        DIRECTORY,
        DANGLING
    }

    @TempDir Path directory;

    static Stream<Arguments> damages() {
        return FILES.stream()
                .flatMap(
                        file -> Arrays.stream(Damage.values()).map(how -> Arguments.of(file, how)));
    }

    @ParameterizedTest
    @MethodSource("damages")
    void whatIsIntactIsServed(String file, Damage how) throws Exception {
        RotFile.create(directory.resolve("1.rot"), CreateOptions.ofSize(1 << 20));
        damage(directory.resolve(file), how);
        assertIsServed();
    }

    @Test
    void aBadLineOfSettingsIsToldAndTheOthersCount() throws Exception {
        Path settings = directory.resolve("kafka-topics.conf");
        String good = "11111111-2222-3333-4444-555555555555 CreateTime";
        Files.writeString(settings, "nonsense\n" + good + "\n");
        List<String> told = new ArrayList<>();
        TopicSettings read = new TopicSettings(directory, told::add);
        assertThat(told)
                .singleElement()
                .asString()
                .contains(settings.toString(), "nonsense", "correct or remove it");
        RotFile.create(directory.resolve("1.rot"), CreateOptions.ofSize(1 << 20));
        try (Server server = Server.start(ServerOptions.of(directory).withPort(0));
                CommitNotifier notifier = new CommitNotifier()) {
            Topic topic = new Topics(server, notifier).named("1");
            assertThat(topic).isNotNull();
            read.setProducerTimes(topic, true);
            assertThat(Files.readAllLines(settings))
                    .containsExactlyInAnyOrder(
                            good, topic.file().uniqueId() + " CreateTime", "nonsense");
        }
    }

    private void assertIsServed() throws IOException {
        try (Server server = Server.start(ServerOptions.of(directory).withPort(0));
                KafkaListener listener =
                        KafkaListener.start(server, KafkaOptions.of("127.0.0.1", 0))) {
            assertThat(server.queues()).extracting(HostedQueue::number).contains(1L);
            for (int port : new int[] {server.port(), listener.port()})
                new Socket(InetAddress.getLoopbackAddress(), port).close();
        }
    }

    private static void damage(Path file, Damage how) throws IOException {
        byte[] garbage = new byte[5000];
        new Random(7).nextBytes(garbage);
        switch (how) {
            case EMPTY -> Files.createFile(file);
            case CUT ->
                    Files.write(
                            file,
                            "11111111-2222-3333-4444-55555555".getBytes(StandardCharsets.UTF_8));
            case GARBAGE -> Files.write(file, garbage);
            case DIRECTORY -> Files.createDirectory(file);
            case DANGLING -> Files.createSymbolicLink(file, Path.of("nowhere"));
        }
    }
}
