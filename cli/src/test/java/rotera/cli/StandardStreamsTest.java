package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import rotera.cli.Program.Result;
import rotera.cli.text.Exit;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;

/** A standard stream that is closed at the start is never another file. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
final class StandardStreamsTest {
    @TempDir private Path directory;

    @BeforeEach
    void create() {
        RotFile.create(directory.resolve("55.rot"), CreateOptions.ofSize(1 << 20));
    }

    @ParameterizedTest
    @ValueSource(strings = {"<&-", "<&- >&-", "<&- >&- 2>&-"})
    void closedInputIsNoMessages(String closed) throws IOException, InterruptedException {
        for (String program : programs()) {
            Result push = shell(program + " push 55.rot " + closed);
            assertThat(push.code()).as(program).isEqualTo(Exit.FAILED);
            if (!closed.contains("2>"))
                assertThat(push.errors())
                        .contains("cannot read standard input: it was closed")
                        .contains("pushed 0 messages");
            assertThat(shell(program + " repl 55.rot " + closed).code()).isEqualTo(Exit.FAILED);
            assertEmptyQueue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "read,>&-",
        "read,>&- 2>&-",
        "ping,>&-",
        "ping,<&- >&- 2>&-",
        "check,>&-",
        "inspect,>&- 2>&-"
    })
    void answerThatCannotBePrintedIsAFailure(String command, String closed)
            throws IOException, InterruptedException {
        assertThat(Program.runProcess(directory, "a\n", "push", "55.rot").code()).isZero();
        // The JVM alone may have put /dev/null there by itself: harmless, and not to be noticed.
        assertThat(shell(programs()[0] + " " + command + " 55.rot " + closed).code())
                .isIn(Exit.OK, Exit.FAILED);
        Result result = shell(programs()[1] + " " + command + " 55.rot " + closed);
        assertThat(result.code()).isEqualTo(Exit.FAILED);
        if (!closed.contains("2>"))
            assertThat(result.errors()).contains("cannot write to standard output: it was closed");
        assertThat(Program.runProcess(directory, "", "check", "55.rot").output())
                .contains("all well, 1 message");
    }

    @Test
    void closedStreamsDoNotMatterToThoseWhoDoNotUseThem() throws IOException, InterruptedException {
        for (String program : programs()) {
            assertThat(shell("echo a | " + program + " push 55.rot >&- 2>&-").code()).isZero();
            assertThat(shell(program + " ping 55.rot <&-").output()).contains("alive");
        }
        assertThat(Program.runProcess(directory, "", "read", "55.rot").output())
                .isEqualTo("a\na\n");
    }

    @Test
    void answerOnAFullDiskIsAFailure() throws IOException, InterruptedException {
        Result inspect = shell(programs()[0] + " inspect 55.rot >/dev/full");
        assertThat(inspect.code()).isEqualTo(Exit.FAILED);
        assertThat(inspect.errors()).contains("cannot write to standard output: No space left");
    }

    /** The JVM alone, and behind the beginning of the launcher. */
    private String[] programs() throws IOException {
        String java =
                Program.builder(directory).command().stream()
                        .map(word -> "'" + word + "'")
                        .collect(Collectors.joining(" "));
        String text = Files.readString(Path.of("..", "rotera"));
        String guards =
                text.lines()
                        .filter(line -> line.startsWith("true "))
                        .collect(Collectors.joining("\n"));
        assertThat(guards.lines()).hasSize(3);
        Path launcher = directory.resolve("launcher");
        Files.writeString(launcher, guards + "\nexec " + java + " \"$@\"\n");
        return new String[] {java, "sh " + launcher};
    }

    private Result shell(String line) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Path errors = directory.resolve("errors");
        Process process =
                new ProcessBuilder("sh", "-c", line)
                        .directory(directory.toFile())
                        .redirectOutput(output.toFile())
                        .redirectError(errors.toFile())
                        .start();
        return new Result(
                Program.exitCode(process), Files.readString(output), Files.readString(errors));
    }

    private void assertEmptyQueue() {
        try (RotFile file = RotFile.openReadOnly(directory.resolve("55.rot"))) {
            assertThat(file.ping().next()).isZero();
        }
    }
}
