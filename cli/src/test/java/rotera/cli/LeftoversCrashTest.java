package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rotera.cli.Program.Result;
import rotera.cli.Program.ServerProcess;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;
import rotera.queue.disk.PosixDisk;
import rotera.queue.disk.Unfinished;

/** What is not finished is removed: on signals at once, after a kill by whoever comes next. */
@Timeout(120)
final class LeftoversCrashTest {
    private static final String DEAD = "55.rot.creating-999999999-ab";

    @TempDir private Path directory;

    @Test
    void nextCommandRemovesAndNamesWhatKilledOnesLeft() throws Exception {
        assertThat(Program.run("create", "--size=128KiB", path("1.rot")).code()).isZero();
        String created = killed("create", "--size=2GiB", "2.rot");
        String copied = killed("copy", "--size=2GiB", "1.rot", "3.rot");
        Result create = Program.run("create", "--size=128KiB", path("4.rot"));
        // The copy had removed what was left before it.
        assertThat(directory.resolve(created)).doesNotExist();
        assertThat(create.errors()).contains("removed " + path(copied));
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("1.rot", "4.rot");
    }

    @Test
    void serverRemovesAndNamesThemAtItsStart() throws Exception {
        String left = killed("create", "--size=2GiB", "2.rot");
        try (ServerProcess server = ServerProcess.start(directory)) {
            assertThat(server.said())
                    .anyMatch(line -> line.startsWith("removed ") && line.contains(left));
        }
        assertThat(directory).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({"HUP,copy", "INT,copy", "TERM,copy", "HUP,create", "INT,create"})
    void signalRemovesWhatIsUnfinished(String signal, String command) throws Exception {
        assumeThat(isIgnored(signal)).as("nohup, or a job of a script, ignores it").isFalse();
        assertThat(Program.run("create", "--size=128KiB", path("1.rot")).code()).isZero();
        Process process =
                command.equals("copy")
                        ? start("copy", "--size=2GiB", "1.rot", "3.rot")
                        : start("create", "--size=2GiB", "3.rot");
        try {
            String ignored = awaitUnfinished(process);
            assertThat(
                            new ProcessBuilder("kill", "-" + signal, "" + process.pid())
                                    .start()
                                    .waitFor())
                    .isZero();
            assertThat(Program.exitCode(process)).isGreaterThan(128);
            assertThat(directory.toFile().list()).containsExactly("1.rot");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void whatIsUnderWayIsLeftAlone() throws Exception {
        Process create = start("create", "--size=2GiB", "2.rot");
        try {
            String unfinished = awaitUnfinished(create);
            // A file has a size only once its process has the lock.
            while (Files.size(directory.resolve(unfinished)) == 0) Thread.sleep(1);
            Files.setLastModifiedTime(
                    directory.resolve(unfinished),
                    FileTime.from(Instant.now().minus(Duration.ofHours(1))));
            assertThat(Program.run("create", "--size=128KiB", path("4.rot")).errors())
                    .doesNotContain("removed");
            assertThat(directory.resolve(unfinished)).exists();
        } finally {
            create.destroyForcibly();
            create.waitFor();
        }
    }

    /** The process may be one of another container, whose number is not seen here. */
    @Test
    void lockTellsMoreThanTheNumberOfTheProcess() throws IOException {
        Path file = directory.resolve(DEAD);
        try (PosixDisk locked = PosixDisk.create(file, 4096, written -> {})) {
            assertThat(Unfinished.removeDead(directory)).isEmpty();
            assertThat(locked.size()).isEqualTo(4096);
        }
        assertThat(Unfinished.removeDead(directory)).containsExactly(file);
    }

    /** Numbers of processes come again. */
    @Test
    void oldFileOfALivingProcessIsRemovedOnceItIsUnlocked() throws IOException {
        Path file = Files.createFile(Unfinished.beside(directory.resolve("55.rot")));
        assertThat(Unfinished.removeDead(directory)).isEmpty();
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofMinutes(2))));
        assertThat(Unfinished.removeDead(directory)).containsExactly(file);
    }

    @Test
    void otherFilesAndLinksAreLeftAlone() throws IOException {
        Path other = Files.createFile(directory.resolve("creating-1-a"));
        Path link = Files.createSymbolicLink(directory.resolve(DEAD), other);
        Files.createDirectory(directory.resolve("56.rot.creating-999999999-ab"));
        assertThat(Unfinished.removeDead(directory)).isEmpty();
        assertThat(link).exists();
    }

    @Test
    void filesBelongToOwnerAndGroupAtMostAndCopiesHaveNoMoreThanTheirSource() throws IOException {
        Path file = directory.resolve("1.rot");
        RotFile.create(file, CreateOptions.ofSize(128 << 10));
        assertThat(permissions("1.rot")).isIn("rw-r-----", "rw-------");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(Program.run("copy", path("1.rot"), path("2.rot")).code()).isZero();
        assertThat(permissions("2.rot")).isEqualTo("rw-------");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThat(Program.run("copy", path("1.rot"), path("3.rot")).code()).isZero();
        assertThat(permissions("3.rot")).isIn("rw-r-----", "rw-------");
    }

    private String permissions(String name) throws IOException {
        return PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve(name)));
    }

    private String path(String name) {
        return directory.resolve(name).toString();
    }

    /** Starts a command, kills it in the middle, and returns the name of what it left. */
    private String killed(String... command) throws Exception {
        Process process = start(command);
        String name = awaitUnfinished(process);
        process.destroyForcibly();
        assertThat(Program.exitCode(process)).isEqualTo(137);
        assertThat(directory.resolve(name)).exists();
        return name;
    }

    /** Processes inherit that a signal is ignored, and a JVM leaves it so. */
    private static boolean isIgnored(String signal) throws IOException {
        int number = Map.of("HUP", 1, "INT", 2, "TERM", 15).getOrDefault(signal, 0);
        for (String line : Files.readAllLines(Path.of("/proc/self/status")))
            if (line.startsWith("SigIgn:"))
                return (Long.parseUnsignedLong(line.substring(7).strip(), 16) >> (number - 1) & 1)
                        == 1;
        return false;
    }

    private Process start(String... command) throws IOException {
        return Program.builder(directory, command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private String awaitUnfinished(Process process) throws InterruptedException {
        while (process.isAlive()) {
            for (String name : directory.toFile().list())
                if (name.contains(".creating-" + process.pid() + "-")) return name;
            Thread.sleep(5);
        }
        throw new AssertionError("it ended with " + process.exitValue());
    }
}
