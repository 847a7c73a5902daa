package rotera.kafka.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.kafka.tools.Programs.Running;

/** A program without state, made with Kafka Streams, from one topic to another. */
@Timeout(240)
final class StreamsTest {
    @TempDir Path directory;

    @Test
    void allComesThroughOnceAndInOrderOverARestart() throws Exception {
        Programs programs = new Programs(directory);
        Path queues = Files.createDirectory(directory.resolve("queues"));
        try (Broker broker = Broker.rotera(programs, queues)) {
            createTopics(broker);
            produce(broker, 0, 1000);
            try (Running program = start(programs, broker)) {
                awaitResults(program, broker, 1000);
                produce(broker, 1000, 2000);
                awaitResults(program, broker, 2000);
                program.stop();
            }
            produce(broker, 2000, 3000);
            try (Running program = start(programs, broker)) {
                assertThat(awaitResults(program, broker, 3000)).isEqualTo(expected(3000));
                program.stop();
            }
            assertThat(results(broker)).isEqualTo(expected(3000));
        }
    }

    /** A server that is killed under the program: nothing is missing, and the order is kept. */
    @Test
    void theProgramGoesOnWithAServerThatIsStartedAgain() throws Exception {
        Programs programs = new Programs(directory);
        Path queues = Files.createDirectory(directory.resolve("queues"));
        int port = Broker.freePort();
        try (Running program = startOn(programs, queues, port)) {
            try (Broker broker = Broker.rotera(programs, queues, port)) {
                produce(broker, 1000, 2000);
                assertThat(awaitResults(program, broker, 2000)).containsAll(expected(2000));
                assertThat(results(broker).stream().distinct().toList()).isEqualTo(expected(2000));
            }
        }
    }

    private Running startOn(Programs programs, Path queues, int port) throws Exception {
        try (Broker broker = Broker.rotera(programs, queues, port)) {
            createTopics(broker);
            produce(broker, 0, 1000);
            Running program = start(programs, broker);
            awaitResults(program, broker, 500);
            return program;
        }
    }

    private Running start(Programs programs, Broker broker) throws Exception {
        return programs.start(
                LinesProgram.class.getName(),
                broker.address(),
                directory.resolve("state").toString());
    }

    private static String line(int number) {
        return (number % 10 == 0 ? "# " : "") + "line " + number;
    }

    /** Of the lines below this number. */
    private static List<String> expected(int end) {
        return IntStream.range(0, end)
                .mapToObj(StreamsTest::line)
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.toUpperCase(Locale.ROOT))
                .toList();
    }

    private static void createTopics(Broker broker) throws Exception {
        try (Admin admin = Admin.create(settings(broker))) {
            admin.createTopics(
                            List.of(
                                    new NewTopic("in", 1, (short) 1),
                                    new NewTopic("out", 1, (short) 1)))
                    .all()
                    .get();
        }
    }

    private static Map<String, Object> settings(Broker broker) {
        return Map.of("bootstrap.servers", broker.address());
    }

    private static void produce(Broker broker, int from, int to) {
        try (Producer<String, String> producer =
                new KafkaProducer<>(
                        settings(broker), new StringSerializer(), new StringSerializer())) {
            for (int i = from; i < to; i++) {
                var _ = producer.send(new ProducerRecord<>("in", "key", line(i)));
            }
        }
    }

    /** Waits until all lines below this number came through. */
    private static List<String> awaitResults(Running program, Broker broker, int end)
            throws Exception {
        List<String> expected = expected(end);
        List<String> results = new ArrayList<>();
        Programs.await(
                expected.size() + " results",
                () -> {
                    if (!program.isAlive()) throw new AssertionError(program.said());
                    results.clear();
                    results.addAll(results(broker));
                    return results.contains(expected.getLast());
                });
        return results;
    }

    private static List<String> results(Broker broker) {
        List<String> results = new ArrayList<>();
        try (Consumer<String, String> consumer =
                new KafkaConsumer<>(
                        settings(broker), new StringDeserializer(), new StringDeserializer())) {
            TopicPartition out = new TopicPartition("out", 0);
            consumer.assign(List.of(out));
            consumer.seekToBeginning(List.of(out));
            long end = consumer.endOffsets(List.of(out)).getOrDefault(out, 0L);
            while (consumer.position(out) < end)
                consumer.poll(Duration.ofMillis(100))
                        .forEach(record -> results.add(record.value()));
        }
        return results;
    }
}
