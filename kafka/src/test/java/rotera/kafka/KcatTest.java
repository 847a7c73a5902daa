package rotera.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rotera.queue.Batch;
import rotera.queue.Producer;

/** kcat, and so librdkafka, which most clients that are not written in Java are made of. */
@Timeout(60)
final class KcatTest {
    private static final Path KCAT = Path.of("/usr/bin/kcat");

    @TempDir Path directory;
    private Broker broker;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(Files.isExecutable(KCAT), "kcat is not installed: apt-get install kcat");
        Broker.make(directory, 1, "t", 4 << 20);
        Broker.make(directory, 2, "small", 1 << 20);
        broker = new Broker(directory);
    }

    @AfterEach
    void stop() {
        if (broker != null) broker.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void linesGoThroughWithEveryCompression(String codec) throws Exception {
        List<String> lines =
                IntStream.range(0, 2000).mapToObj(i -> "line " + i + " of kcat").toList();
        kcat(String.join("\n", lines) + "\n", "-P", "-t", "t", "-z", codec);
        assertThat(broker.texts(1)).isEqualTo(lines);
        String read = kcat("", "-C", "-t", "t", "-o", "beginning", "-e", "-q");
        assertThat(read.lines().toList()).isEqualTo(lines);
    }

    @Test
    void compressedBatchesComeCompressed() throws Exception {
        String log =
                kcat(
                        "a\n".repeat(500),
                        "-P",
                        "-t",
                        "t",
                        "-z",
                        "lz4",
                        "-d",
                        "msg",
                        "-X",
                        "linger.ms=100");
        assertThat(log).isNotNull();
        assertThat(broker.texts(1)).hasSize(500);
    }

    @Test
    void keysHeadersAndNullsAreKept() throws Exception {
        kcat("k:v\n", "-P", "-t", "t", "-K", ":", "-H", "a=1", "-H", "b=2");
        assertThat(broker.read(1).getFirst().envelope().headers()).hasSize(2);
        String read = kcat("", "-C", "-t", "t", "-o", "0", "-e", "-q", "-f", "%k|%s|%h|%o\\n");
        assertThat(read).isEqualTo("k|v|a=1,b=2|0\n");
    }

    @Test
    void idempotentProducersWork() throws Exception {
        kcat("a\nb\n", "-P", "-t", "t", "-X", "enable.idempotence=true");
        assertThat(broker.texts(1)).containsExactly("a", "b");
    }

    /** A queue of 1 MiB remembers 84 producers. */
    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void anIdempotentProducerThatIsForgottenGoesOn(int inFlight) throws Exception {
        List<String> lines = IntStream.range(0, 2000).mapToObj(i -> "line " + i).toList();
        AtomicBoolean over = new AtomicBoolean();
        Thread others =
                Thread.ofPlatform()
                        .start(() -> {
                            for (int i = 1; !over.get(); i++) pushAsAnother(i);
                        });
        try {
            kcat(
                    String.join("\n", lines) + "\n",
                    "-P",
                    "-t",
                    "small",
                    "-X",
                    "enable.idempotence=true",
                    "-X",
                    "batch.num.messages=1",
                    "-X",
                    "max.in.flight=" + inFlight);
        } finally {
            over.set(true);
            others.join();
        }
        assertThat(broker.texts(2)).filteredOn(text -> !text.isEmpty()).isEqualTo(lines);
    }

    private void pushAsAnother(long producerId) {
        try (Batch batch = new Batch()) {
            batch.add(new byte[0]).producer(new Producer(producerId, 0, 0));
            broker.file(2).push(batch);
            broker.file(2).commit();
        }
    }

    /** kcat does not split: what was in one batch with the large message is refused too. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void whatFollowsARefusedBatchIsKept(int inBatch) throws Exception {
        List<String> lines = IntStream.range(0, 12).mapToObj(i -> "line " + i).toList();
        String large = "x".repeat(400_000);
        String input = large + "\n" + String.join("\n", lines) + "\n";
        kcatThatFails(
                input,
                "-P",
                "-t",
                "small",
                "-X",
                "enable.idempotence=true",
                "-X",
                "batch.num.messages=" + inBatch);
        assertThat(broker.texts(2)).isEqualTo(lines.subList(inBatch - 1, lines.size()));
    }

    @Test
    void nativePushesAreReadFromAnOffsetAndFromATime() throws Exception {
        broker.push(1, "a");
        Thread.sleep(20);
        broker.push(1, "b", "c");
        long time = broker.read(1).get(1).timeMillis();
        assertThat(kcat("", "-C", "-t", "t", "-o", "2", "-e", "-q")).isEqualTo("c\n");
        assertThat(kcat("", "-C", "-t", "t", "-o", "s@" + time, "-e", "-q")).isEqualTo("b\nc\n");
        assertThat(kcat("", "-C", "-t", "t", "-o", "-1", "-e", "-q")).isEqualTo("c\n");
        assertThat(kcat("", "-Q", "-t", "t:0:" + time)).contains("offset 1");
    }

    @Test
    void metadataIsListed() throws Exception {
        assertThat(kcat("", "-L")).contains("topic \"t\" with 1 partitions");
    }

    private String kcat(String input, String... arguments) throws Exception {
        Process process = start(input, arguments);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(exitCode(process)).as(Files.readString(errors())).isZero();
        return output;
    }

    /** Some message was not kept, which it says. */
    private void kcatThatFails(String input, String... arguments) throws Exception {
        assertThat(exitCode(start(input, arguments))).isEqualTo(1);
        assertThat(errors()).content().contains("Delivery failed");
    }

    private Process start(String input, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(KCAT.toString(), "-b", broker.address()));
        command.addAll(List.of(arguments));
        Path inputFile = Files.writeString(directory.resolve("input"), input);
        return new ProcessBuilder(command)
                .redirectInput(inputFile.toFile())
                .redirectError(errors().toFile())
                .start();
    }

    private static int exitCode(Process process) throws InterruptedException {
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private Path errors() {
        return directory.resolve("errors");
    }
}
