package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.cli.Program.Result;
import rotera.cli.Program.ServerProcess;
import rotera.cli.text.Exit;

/** {@code rotera repl} with queues of a server. */
@Timeout(120)
final class ReplServerTest {
    @TempDir private Path directory;

    @Test
    void queuesOfAServerAreReachedByNumberAndName() throws IOException {
        Program.runProcess(directory, "", "create", "--size=96KiB", "--name=events", "7.rot");
        try (ServerProcess server = ServerProcess.start(directory, "--create", "55:96KiB")) {
            Result result =
                    Program.runProcess(
                            directory,
                            ":push to 55\n:queue events\n:push to 7\n:queue 7\n:read\n:ping\n:stream 7x\n",
                            server.with("repl", "55"));
            assertThat(result.output())
                    .isEqualTo(
                            """
                            Overwriting old value of `queue` (55) with new value of events
                            Overwriting old value of `queue` (events) with new value of 7
                            00000000000 to 7
                            Next message is 1. Server is alive.
                            """);
            assertThat(result.code()).isEqualTo(Exit.FAILED);
            assertThat(Program.run(server.with("read", "55")).code()).isZero();
        }
    }

    @Test
    void queuesAreListed() throws IOException {
        try (ServerProcess server = ServerProcess.start(directory, "--create", "1:96KiB,2:96KiB")) {
            assertThat(
                            Program.runProcess(
                                            directory,
                                            ":push a\n:queues\n:inspect\n",
                                            server.with("repl", "2"))
                                    .output())
                    .startsWith("1  -  messages 0, next id 0\n2  -  messages 1, next id 1\n")
                    .containsPattern("(?m)^number +2$")
                    .containsPattern("(?m)^readers +0$");
        }
    }

    @Test
    void unknownQueuesAndMissingServersAreExplained() throws IOException {
        Result nobody = Program.runProcess(directory, ":ping\n", "repl", "--port=1", "55");
        assertThat(nobody.code()).isEqualTo(Exit.FAILED);
        assertThat(nobody.errors()).contains("127.0.0.1:1").doesNotContain("unexpected");
        try (ServerProcess server = ServerProcess.start(directory)) {
            Result unknown = Program.runProcess(directory, ":ping\n", server.with("repl", "77"));
            assertThat(unknown.code()).isEqualTo(Exit.FAILED);
            assertThat(unknown.errors()).contains("77").doesNotContain("unexpected");
        }
    }

    @Test
    void serverThatComesBackIsFoundByTheNextCommand() throws Exception {
        int port;
        Process repl;
        try (ServerProcess server = ServerProcess.start(directory, "--create", "55:96KiB")) {
            port = server.port();
            repl =
                    Program.builder(directory, server.with("repl", "55"))
                            .redirectErrorStream(true)
                            .start();
            type(repl, ":ping");
            assertThat(answer(repl)).isEqualTo("Next message is 0. Server is alive.");
        }
        type(repl, ":push a");
        assertThat(answer(repl)).contains("trying again");
        assertThat(answer(repl)).startsWith("rotera repl: ").contains("" + port);
        try (ServerProcess server = ServerProcess.startAt(port, directory)) {
            type(repl, ":push b");
            assertThat(answer(repl)).isEqualTo("committed, next id 1");
            type(repl, ":quit");
            assertThat(Program.exitCode(repl)).isEqualTo(Exit.FAILED);
            assertThat(server.port()).isEqualTo(port);
        } finally {
            repl.destroyForcibly();
        }
    }

    @Test
    void tabOffersTheNamesOfTheServer() throws Exception {
        Program.runProcess(directory, "", "create", "--size=96KiB", "--name=events", "7.rot");
        try (ServerProcess server = ServerProcess.start(directory);
                PseudoTerminal terminal =
                        PseudoTerminal.startRotera(directory, server.with("repl", "7"))) {
            terminal.await(">>> ");
            terminal.type(":queue ev\t");
            terminal.await("events");
            terminal.type("\r");
            terminal.await("with new value of events");
            terminal.await("events >>> ");
        }
    }

    @Test
    void streamShowsWhatOthersPushUntilCtrlC() throws Exception {
        try (ServerProcess server = ServerProcess.start(directory, "--create", "55:96KiB");
                PseudoTerminal terminal =
                        PseudoTerminal.startRotera(directory, server.with("repl", "55"))) {
            terminal.await(">>> ");
            terminal.type(":stream\r");
            terminal.await("Ctrl-C ends this");
            Program.runProcess(directory, "from outside\n", server.with("push", "55"));
            terminal.await("from outside");
            terminal.type("\003");
            terminal.await(">>> ");
            terminal.type(":ping\r");
            terminal.await("Next message is 1.");
        }
    }

    private static void type(Process repl, String line) throws IOException {
        OutputStream input = repl.getOutputStream();
        input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        input.flush();
    }

    private static String answer(Process repl) throws IOException {
        BufferedReader output = repl.inputReader(StandardCharsets.UTF_8);
        return String.valueOf(output.readLine());
    }
}
