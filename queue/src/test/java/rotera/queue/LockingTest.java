package rotera.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One writer per file, and the second is told who holds it (I8). */
@Timeout(60)
class LockingTest {
    @TempDir Path directory;
    private Path path;

    @BeforeEach
    void create() {
        path = Rot.create(directory, Rot.SMALLEST);
    }

    @Test
    void secondOpeningInThisProcessIsToldSo() {
        try (RotFile file = RotFile.open(path)) {
            assertHeld("this process");
            assertThat(Rot.commit(file, "a")).isZero();
            assertHeld("this process");
        }
        RotFile.open(path).close();
    }

    @Test
    void openingInAnotherProcessIsToldWhoHoldsIt() throws Exception {
        try (RotFile file = RotFile.open(path)) {
            String answer = inAnotherProcess("try");
            assertThat(answer)
                    .contains("HeldByAnotherProcess")
                    .contains(path.toString())
                    .contains("process " + ProcessHandle.current().pid() + " on ")
                    .contains("since 20");
            assertThat(Rot.commit(file, "a")).isZero();
        }
        assertThat(inAnotherProcess("try")).contains("opened");
    }

    @Test
    void fileHeldByAnotherProcessIsFreeWhenThatIsKilled() throws Exception {
        Process child = start("hold");
        try (var lines = child.inputReader(UTF_8)) {
            assertThat(lines.readLine()).isEqualTo("opened");
            assertHeld("process " + child.pid());
        } finally {
            child.destroyForcibly().waitFor();
        }
        try (RotFile file = RotFile.open(path)) {
            assertThat(Rot.commit(file, "a")).isZero();
        }
    }

    @Test
    void closingOtherDescriptorsKeepsTheLock() throws Exception {
        try (RotFile file = RotFile.open(path)) {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                assertThat(channel.size()).isEqualTo(Rot.SMALLEST);
            }
            try (RandomAccessFile other = new RandomAccessFile(path.toFile(), "rw")) {
                assertThat(other.read()).isEqualTo('R');
            }
            assertThat(Files.readAllBytes(path)).hasSize((int) Rot.SMALLEST);
            assertHeld("this process");
            assertThat(inAnotherProcess("try")).contains("HeldByAnotherProcess");
            assertThat(Rot.commit(file, "a")).isZero();
        }
    }

    @Test
    void readersDoNotOpenWhatIsWritten() {
        try (RotFile file = RotFile.open(path)) {
            assertThatThrownBy(() -> RotFile.openReadOnly(path))
                    .isInstanceOf(QueueException.HeldByAnotherProcessException.class)
                    .hasMessageContaining(path.toString())
                    .hasMessageContaining("this process");
            assertThat(Rot.commit(file, "a")).isZero();
        }
    }

    @Test
    void readersOpenTogetherAndKeepWritersOut() throws Exception {
        try (RotFile file = RotFile.open(path)) {
            Rot.commit(file, "a");
        }
        try (RotFile one = RotFile.openReadOnly(path);
                RotFile two = RotFile.openReadOnly(path)) {
            assertThat(Rot.texts(one, 0)).containsExactly("a");
            assertThat(Rot.texts(two, 0)).containsExactly("a");
            assertThat(inAnotherProcess("read")).contains("opened");
            // The note of the last writer says nothing about readers.
            assertHeld("a program that reads it");
        }
        RotFile.open(path).close();
    }

    @Test
    void failedOpeningLetsGoOfTheFile() throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        Files.write(path, new byte[bytes.length]);
        assertThatThrownBy(() -> RotFile.open(path))
                .isInstanceOf(QueueException.NotARotFileException.class);
        Files.write(path, bytes);
        RotFile.open(path).close();
    }

    @Test
    void readingNeedsNoRightToWrite() throws IOException {
        try (RotFile file = RotFile.open(path)) {
            Rot.commit(file, "a");
        }
        assertThat(path.toFile().setWritable(false)).isTrue();
        assertThat(directory.toFile().setWritable(false)).isTrue();
        try (RotFile file = RotFile.openReadOnly(path)) {
            assertThat(Rot.texts(file, 0)).containsExactly("a");
        } finally {
            assertThat(directory.toFile().setWritable(true)).isTrue();
        }
        Assumptions.assumeFalse(Files.isWritable(path), "this user may write everything");
        assertThatThrownBy(() -> RotFile.open(path))
                .isInstanceOf(QueueException.StorageException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining("Permission denied");
    }

    private void assertHeld(String by) {
        assertThatThrownBy(() -> RotFile.open(path))
                .isInstanceOf(QueueException.HeldByAnotherProcessException.class)
                .hasMessageContaining(path + " is held by " + by)
                .hasMessageContaining("close it there");
    }

    private String inAnotherProcess(String what) throws Exception {
        Process child = start(what);
        String answer = new String(child.getInputStream().readAllBytes(), UTF_8);
        child.waitFor();
        return answer;
    }

    private Process start(String what) throws IOException {
        return Children.start(LockingTest.class, what, path.toString());
    }

    /** The other process. */
    public static void main(String[] arguments) throws Exception {
        Path path = Path.of(arguments[1]);
        try (RotFile file =
                arguments[0].equals("read") ? RotFile.openReadOnly(path) : RotFile.open(path)) {
            System.out.println("opened");
            System.out.flush();
            if (arguments[0].equals("hold")) Thread.sleep(60_000);
            file.ping();
        } catch (QueueException e) {
            System.out.println(e);
        }
    }

    /** Other Java processes. */
    static final class Children {
        private Children() {}

        static Process start(Class<?> main, String... arguments) throws IOException {
            List<String> command = new ArrayList<>();
            command.add(ProcessHandle.current().info().command().orElse("java"));
            command.add("--enable-native-access=ALL-UNNAMED");
            command.add("-XX:+UseSerialGC");
            command.add("-XX:TieredStopAtLevel=1");
            command.add("-Xshare:auto");
            command.add("-ea");
            command.add("-cp");
            command.add(System.getProperty("java.class.path"));
            command.add(main.getName());
            command.addAll(List.of(arguments));
            return new ProcessBuilder(command).redirectErrorStream(true).start();
        }
    }
}
