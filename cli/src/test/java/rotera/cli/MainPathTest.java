package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.cli.Program.Result;
import rotera.cli.Program.ServerProcess;
import rotera.cli.text.Exit;

/** What a user does, with processes as a user starts them. */
@Timeout(120)
final class MainPathTest {
    private static final String LOG =
            IntStream.range(0, 5000)
                    .mapToObj(i -> "2026-11-22 10:00:0" + i % 10 + " status installed package:" + i)
                    .collect(Collectors.joining("\n", "", "\n"));

    @TempDir private Path directory;

    @Test
    void logComesBackByteForByteAfterKill() throws IOException {
        try (ServerProcess server = ServerProcess.start(directory, "--create", "55:1MiB")) {
            Result push = Program.runProcess(directory, LOG, server.with("push", "55"));
            assertThat(push.errors()).isEqualTo("pushed 5000 messages, ids 0 to 4999\n");
            assertThat(push.code()).isZero();
            server.kill();
        }
        try (ServerProcess server = ServerProcess.start(directory)) {
            assertThat(Program.runProcess(directory, "", server.with("read", "55")))
                    .isEqualTo(new Result(0, LOG, ""));
            assertThat(Program.runProcess(directory, "", server.with("stream", "-n", "5000", "55")))
                    .isEqualTo(new Result(0, LOG, ""));
            assertThat(Program.run(server.with("ping", "55")).output())
                    .isEqualTo("alive, next id 5000, oldest 0\n");
            assertThat(Program.run(server.with("commit", "55")).output())
                    .isEqualTo("committed, next id 5000\n");
        }
    }

    @Test
    void fileWorksWithoutServer() {
        assertThat(Program.runProcess(directory, "", "create", "--size=1MiB", "55.rot").code())
                .isZero();
        assertThat(Program.runProcess(directory, LOG + "no end", "push", "55.rot"))
                .isEqualTo(new Result(0, "", "pushed 5001 messages, ids 0 to 5000\n"));
        assertThat(Program.runProcess(directory, "", "read", "--id=4999", "-p", "./55.rot"))
                .isEqualTo(
                        new Result(
                                0,
                                """
                                00000004999 2026-11-22 10:00:09 status installed package:4999
                                00000005000 no end
                                """,
                                ""));
        Result stream = Program.runProcess(directory, "", "stream", "55.rot");
        assertThat(stream.output()).isEqualTo(LOG + "no end\n");
        assertThat(stream.errors()).contains("end of 55.rot");
        String path = directory.resolve("55.rot").toString();
        assertThat(Program.run("ping", path).output()).isEqualTo("alive, next id 5001, oldest 0\n");
        assertThat(Program.run("check", path).output()).contains("all well, 5001 messages");
        assertThat(Program.run("inspect", path).output())
                .containsPattern("(?m)^next-id +5001$")
                .containsPattern("(?m)^file-bytes +1048576$");
    }

    @Test
    void runBookOfTheOriginalWorks() throws IOException {
        Result create =
                Program.runProcess(directory, "", "--create", "-s", "rots/55.rot", "--size=1MiB");
        assertThat(create.code()).isZero();
        Path rots = directory.resolve("rots");
        try (ServerProcess server = ServerProcess.start(rots)) {
            String port = Integer.toString(server.port());
            Result push =
                    Program.runProcess(
                            directory, "a\n\n  \nb\nc", "client", "-p", port, "push", "-c2", "55");
            assertThat(push.code()).isZero();
            assertThat(Program.run("client", "-p", port, "ping", "55").output())
                    .isEqualTo("Next message is 3. Server is alive.\n");
            assertThat(Program.runProcess(rots, "", "client", "-p", port, "read", "55").output())
                    .isEqualTo("a\n");
            assertThat(
                            Program.runProcess(
                                            rots, "", "client", "-p", port, "read", "-i", "1", "-n",
                                            "9", "-p", "55")
                                    .output())
                    .isEqualTo("00000000001 b\n00000000002 c\n");
            assertThat(
                            Program.runProcess(
                                            rots, "", "client", "-p", port, "stream", "-n", "3",
                                            "-c", "1", "55")
                                    .output())
                    .isEqualTo("a\nb\nc\n");
        }
    }

    @Test
    void pushWithoutCommitShowsNothingUntilCommit() throws IOException {
        try (ServerProcess server = ServerProcess.start(directory, "--create", "55:1MiB")) {
            String port = Integer.toString(server.port());
            Program.runProcess(directory, "a\n", "client", "-p", port, "push", "--no-commit", "55");
            assertThat(Program.run(server.with("ping", "55")).output()).contains("next id 0");
            assertThat(Program.run(server.with("commit", "55")).output()).contains("next id 1");
        }
    }

    @Test
    void halfIdlePipeIsCommittedInTime() throws Exception {
        try (ServerProcess server = ServerProcess.start(directory, "--create", "55:1MiB")) {
            Process stream =
                    Program.builder(directory, server.with("stream", "55"))
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            Path errors = directory.resolve("errors");
            Process push =
                    Program.builder(directory, server.with("push", "55"))
                            .redirectError(errors.toFile())
                            .start();
            try (OutputStream input = push.getOutputStream();
                    BufferedReader output = stream.inputReader(StandardCharsets.UTF_8)) {
                for (int i = 0; i < 3; i++) {
                    input.write(("line " + i + "\n").getBytes(StandardCharsets.UTF_8));
                    input.flush();
                    // Comes although the input stays open and no further line follows.
                    assertThat(output.readLine()).isEqualTo("line " + i);
                }
                input.write("half".getBytes(StandardCharsets.UTF_8));
                input.flush();
                Thread.sleep(300);
                push.toHandle().destroy(); // destroy() of the process ends its input as well
                assertThat(Program.exitCode(push)).isEqualTo(143);
                assertThat(errors)
                        .hasContent(
                                """
                                line 4 had not ended when the program was told to stop: its 4 bytes were not pushed
                                pushed 3 messages, ids 0 to 2
                                """);
                assertThat(Program.run(server.with("ping", "55")).output()).contains("next id 3,");
            } finally {
                stream.destroyForcibly();
                push.destroyForcibly();
            }
        }
    }

    @Test
    void serverEndsWellOnSigtermAndItsPortIsFreeAtOnce() throws IOException {
        int port;
        try (ServerProcess server = ServerProcess.start(directory, "--create", "55:1MiB")) {
            port = server.port();
            assertThat(server.said())
                    .anyMatch(line -> line.endsWith("serving " + directory.resolve("55.rot")))
                    .contains("rotera: listening on 127.0.0.1:" + port);
            assertThat(Program.run(server.with("ping", "55")).code()).isZero();
            assertThat(server.terminate()).isZero();
        }
        try (ServerProcess server = ServerProcess.startAt(port, directory)) {
            assertThat(server.port()).isEqualTo(port);
        }
    }

    @Test
    void readerThatGoesAwayEndsTheOutputQuietly() throws Exception {
        Path file = directory.resolve("55.rot");
        assertThat(Program.run("create", "--size=4MiB", file.toString()).code()).isZero();
        Program.runProcess(directory, LOG.repeat(10), "push", "55.rot");
        Path errors = directory.resolve("errors");
        Process read =
                Program.builder(directory, "read", "55.rot").redirectError(errors.toFile()).start();
        try (BufferedReader output = read.inputReader(StandardCharsets.UTF_8)) {
            assertThat(output.readLine()).endsWith("package:0");
        }
        assertThat(Program.exitCode(read)).isEqualTo(Exit.PIPE_CLOSED);
        assertThat(Files.readString(errors)).isEmpty();
    }

    @Test
    void streamWhoseReaderGoesAwayEndsWhileNothingComes() throws Exception {
        try (ServerProcess server = ServerProcess.start(directory, "--create", "55:1MiB")) {
            Program.runProcess(directory, "a\nb\n", server.with("push", "55"));
            Path errors = directory.resolve("errors");
            Process stream =
                    Program.builder(directory, server.with("stream", "--resume=position", "55"))
                            .redirectError(errors.toFile())
                            .start();
            try (BufferedReader output = stream.inputReader(StandardCharsets.UTF_8)) {
                assertThat(output.readLine()).isEqualTo("a");
                assertThat(output.readLine()).isEqualTo("b");
                Thread.sleep(300);
                assertThat(stream.isAlive()).isTrue();
            }
            try {
                assertThat(Program.exitCode(stream)).isEqualTo(Exit.PIPE_CLOSED);
                assertThat(errors).content().isEmpty();
                assertThat(directory.resolve("position")).content().endsWith("next-id 2\n");
            } finally {
                stream.destroyForcibly();
            }
        }
    }

    @Test
    void interruptedCreateLeavesNothing() throws Exception {
        Process create = Program.builder(directory, "create", "--size=4GiB", "55.rot").start();
        try {
            while (directory.toFile().list().length == 0 && create.isAlive()) Thread.sleep(10);
            create.destroy();
            assertThat(Program.exitCode(create)).isEqualTo(143);
            assertThat(directory).isEmptyDirectory();
        } finally {
            create.destroyForcibly();
        }
    }

    @Test
    void overwrittenMessagesAreCounted() {
        String file = directory.resolve("55.rot").toString();
        assertThat(Program.run("create", "--size=96KiB", "--entries=10", file).code()).isZero();
        Program.runProcess(directory, LOG, "push", "55.rot");
        Result read = Program.runProcess(directory, "", "read", "--id=4980", "55.rot");
        assertThat(read.output().lines()).hasSize(10);
        assertThat(read.errors())
                .isEqualTo("skipped 10 messages (ids 4980 to 4989): they had been overwritten\n");
        assertThat(Program.runProcess(directory, "", "read", "55.rot").errors()).isEmpty();
    }
}
