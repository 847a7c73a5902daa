package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.cli.Program.Result;
import rotera.cli.Program.ServerProcess;
import rotera.cli.text.Exit;

/** A command has each batch until it ends with exit code 0, and the position moves then. */
@Timeout(120)
final class ConsumeTest {
    @TempDir private Path directory;

    @BeforeEach
    void create() {
        assertThat(Program.run("create", "--size=1MiB", file()).code()).isZero();
        push("a\nb\nc\nd\ne\n");
    }

    @Test
    void batchesComeWholeAndThePositionMoves() throws IOException {
        Result consume = consume("--batch=2", "--", "sh", "-c", "cat; echo .");
        assertThat(consume).isEqualTo(new Result(0, "a\nb\n.\nc\nd\n.\ne\n.\n", ""));
        assertThat(directory.resolve("position")).content().endsWith("next-id 5\n");
        assertThat(consume("--", "cat").output()).isEmpty();
        push("f\n");
        assertThat(consume("--format=json", "--", "cat").output())
                .contains("\"id\":5")
                .contains("\"f\"");
    }

    @Test
    void countEndsIt() {
        assertThat(consume("--count=3", "--batch=2", "--", "cat").output()).isEqualTo("a\nb\nc\n");
        assertThat(consume("--count=1", "--", "cat").output()).isEqualTo("d\n");
    }

    @Test
    void batchComesAgainUntilTheCommandSucceeds() throws IOException {
        String fails = script("cat; if [ ! -e once ]; then touch once; exit 7; fi");
        Result consume = consume("--batch=3", "--", fails);
        assertThat(consume.code()).isZero();
        assertThat(consume.output()).isEqualTo("a\nb\nc\na\nb\nc\nd\ne\n");
        assertThat(consume.errors())
                .contains("ended with exit code 7 at ids 0 to 2: trying again in 1 s\n");
    }

    @Test
    void commandThatReadsNothingHasHandledItWithExitCodeZero() throws IOException {
        push(("x".repeat(1000) + "\n").repeat(500));
        assertThat(consume("--batch=1000", "--", "true").code()).isZero();
        assertThat(directory.resolve("position")).content().endsWith("next-id 505\n");
    }

    @Test
    void programThatIsNotThereFailsAtOnce() throws IOException {
        Result consume = consume("--", "./no-such-program");
        assertThat(consume.code()).isEqualTo(Exit.FAILED);
        assertThat(consume.errors()).contains("no-such-program").doesNotContain("Exception");
        assertThat(directory.resolve("position")).content().endsWith("next-id 0\n");
    }

    @Test
    void wrongUsesAreExplained() {
        assertThat(Program.run("consume", file(), "--", "cat").errors()).contains("--resume");
        assertThat(Program.run("consume", "--resume=p", file()).errors()).contains("COMMAND");
        assertThat(consume("--batch=0", "--", "cat").code()).isEqualTo(Exit.USAGE);
    }

    @Test
    void commandThatRunsMayEndWhenItIsStopped() throws Exception {
        String slow = script("cat >>handled; touch begun; sleep 2; echo done >>handled");
        Process consume = start(slow);
        try {
            await(directory.resolve("begun"));
            consume.destroy();
            assertThat(Program.exitCode(consume)).isZero();
            assertThat(directory.resolve("handled")).content().endsWith("done\n");
            assertThat(directory.resolve("position")).content().endsWith("next-id 5\n");
        } finally {
            consume.destroyForcibly();
        }
    }

    @Test
    void commandThatDoesNotEndIsStoppedAndItsBatchComesAgain() throws Exception {
        String hangs =
                script(
                        "trap 'echo stopped >>handled; exit 1' TERM; touch begun; while :; do sleep 0.1; done");
        Process consume = start(hangs);
        try {
            await(directory.resolve("begun"));
            consume.destroy();
            assertThat(Program.exitCode(consume)).isZero();
            assertThat(directory.resolve("handled")).hasContent("stopped\n");
            assertThat(directory.resolve("position")).content().endsWith("next-id 0\n");
        } finally {
            consume.destroyForcibly();
        }
    }

    @Test
    void idleConsumerOfAServerStopsAtOnceAndHasNoMessageTwice() throws Exception {
        try (ServerProcess server = ServerProcess.start(directory)) {
            Process consume =
                    Program.builder(
                                    directory,
                                    server.with("consume", "--resume=position", "55", "--", "cat"))
                            .redirectOutput(directory.resolve("output").toFile())
                            .start();
            try {
                while (!Files.readString(directory.resolve("output")).endsWith("e\n"))
                    Thread.sleep(20);
                Program.runProcess(directory, "f\n", server.with("push", "55"));
                while (!Files.readString(directory.resolve("output")).endsWith("f\n"))
                    Thread.sleep(20);
                Thread.sleep(300);
                consume.destroy();
                assertThat(Program.exitCode(consume)).isZero();
                assertThat(directory.resolve("output")).hasContent("a\nb\nc\nd\ne\nf\n");
                assertThat(directory.resolve("position")).content().endsWith("next-id 6\n");
            } finally {
                consume.destroyForcibly();
            }
        }
    }

    private Process start(String command) throws IOException {
        return Program.builder(directory, "consume", "--resume=position", "55.rot", "--", command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
    }

    private static void await(Path file) throws InterruptedException {
        while (Files.notExists(file)) Thread.sleep(20);
    }

    private String script(String text) throws IOException {
        Path script = directory.resolve("handle");
        Files.writeString(script, "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script.toString();
    }

    private Result consume(String... options) {
        List<String> words = new ArrayList<>(List.of("consume", "--resume=position", "55.rot"));
        words.addAll(List.of(options));
        return Program.runProcess(directory, "", words.toArray(String[]::new));
    }

    private void push(String lines) {
        assertThat(Program.runProcess(directory, lines, "push", "55.rot").code()).isZero();
    }

    private String file() {
        return directory.resolve("55.rot").toString();
    }
}
