package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.cli.Program.ServerProcess;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;

/** A file that the server may not read stops nothing that is intact. */
@Timeout(60)
final class UnreadableFilesTest {
    private static final String RIGHTS = "-dac_override,-dac_read_search";

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
                    "consumer.position.unsaved-1f");

    @TempDir private Path directory;

    @Test
    void whatIsIntactIsServed() throws Exception {
        RotFile.create(directory.resolve("1.rot"), CreateOptions.ofSize(1 << 20));
        for (String file : FILES) unreadable(file);
        ProcessBuilder builder = Program.builder(directory, "server", "--port=0", "--kafka=0");
        if (mayReadAll()) {
            assumeTrue(canGiveUpRights(), "setpriv is missing, and this user may read every file");
            builder.command()
                    .addAll(
                            0,
                            List.of("setpriv", "--bounding-set=" + RIGHTS, "--inh-caps=" + RIGHTS));
        }
        try (ServerProcess server = ServerProcess.start(builder)) {
            assertThat(server.said())
                    .anyMatch(line -> line.contains("kafka-topics.conf"))
                    .anyMatch(line -> line.contains("2.rot"));
            assertThat(SlowReaders.witnessMillis(server)).isLessThan(10_000);
            assertThat(KafkaServerTest.versions(server.kafkaPort())).isZero();
            assertThat(server.terminate()).isZero();
        }
        for (String file : FILES) assertThat(directory.resolve(file)).exists();
    }

    private void unreadable(String name) throws IOException {
        Path file = Files.writeString(directory.resolve(name), "something");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    }

    /** As root may. */
    private boolean mayReadAll() {
        return Files.isReadable(directory.resolve(FILES.getFirst()));
    }

    private static boolean canGiveUpRights() throws InterruptedException {
        try {
            return new ProcessBuilder("setpriv", "--bounding-set=" + RIGHTS, "true")
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
