package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.cli.Program.ServerProcess;
import rotera.queue.Storage;

/** Who makes a queue on a file system in memory is told what that means. */
final class StorageWarningTest {
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final String WARNING =
            " lies on tmpfs: it lies in memory: nothing of it survives";

    @TempDir private Path disk;
    private Path directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        assumeTrue(
                Files.isWritable(MEMORY) && Storage.of(MEMORY).fileSystem().equals("tmpfs"),
                "there is no tmpfs here");
        directory = Files.createTempDirectory(MEMORY, "rotera");
    }

    @Test
    void everyCommandThatMakesAFileSaysItOnce() throws IOException {
        Path file = directory.resolve("1.rot");
        try {
            assertThat(warnings("create", "--size", "96KiB", file.toString())).isEqualTo(1);
            assertThat(warnings("copy", file.toString(), directory + "/2.rot")).isEqualTo(1);
            assertThat(warnings("snapshot", file.toString(), directory + "/3.rot")).isEqualTo(1);
            assertThat(warnings("ping", file.toString())).isZero();
            assertThat(Program.run("inspect", file.toString()).output())
                    .containsPattern("(?m)^file-system +tmpfs$")
                    .containsPattern("(?m)^file-system-weakness +it lies in memory: ");
            assertThat(Program.run("create", "--size", "96KiB", disk + "/1.rot").errors())
                    .doesNotContain(directory.toString());
        } finally {
            clean();
        }
    }

    @Test
    void aServerSaysItOnceForItsDirectory() throws IOException {
        try (ServerProcess server = ServerProcess.start(directory, "--create", "1:96KiB,2:96KiB")) {
            assertThat(server.said())
                    .filteredOn(line -> line.contains(WARNING))
                    .singleElement()
                    .asString()
                    .contains(directory + WARNING);
        } finally {
            clean();
        }
    }

    private static long warnings(String... words) {
        return Program.run(words).errors().lines().filter(line -> line.contains(WARNING)).count();
    }

    private void clean() throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) Files.delete(file);
        }
        Files.delete(directory);
    }
}
