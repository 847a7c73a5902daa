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
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        List<String> command = new ArrayList<>(List.of(KCAT.toString(), "-b", broker.address()));
        command.addAll(List.of(arguments));
        Path inputFile = Files.writeString(directory.resolve("input"), input);
        Path errors = directory.resolve("errors");
        Process process =
                new ProcessBuilder(command)
                        .redirectInput(inputFile.toFile())
                        .redirectError(errors.toFile())
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
        return output;
    }
}
