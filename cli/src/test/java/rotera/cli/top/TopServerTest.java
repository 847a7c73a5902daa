package rotera.cli.top;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.cli.Program;
import rotera.cli.Program.Result;
import rotera.cli.Program.ServerProcess;
import rotera.cli.PseudoTerminal;

/** {@code rotera top} of a server. */
@Timeout(120)
final class TopServerTest {
    @TempDir private Path directory;

    @Test
    void inAPipeEachQueueHasALineInEachInterval() throws IOException {
        try (ServerProcess server = ServerProcess.start(directory, "--create", "1:96KiB,2:96KiB")) {
            Program.runProcess(directory, "a\nb\n", server.with("push", "2"));
            Result result =
                    Program.runProcess(
                            directory, "", server.with("top", "--count=2", "--interval=200ms"));
            assertThat(result.code()).isZero();
            List<String> lines = result.output().lines().toList();
            assertThat(lines).hasSize(5);
            assertThat(lines.get(0)).isEqualTo(TopTable.plainTitle());
            assertThat(lines.get(1).split("\t", -1)).contains("1", "-").hasSize(12);
            assertThat(lines.get(2).split("\t", -1))
                    .startsWith(lines.get(1).split("\t", -1)[0], "2", "-", "2", "2");
        }
    }

    @Test
    void withoutServerItFailsBeforeTheScreen() throws Exception {
        assertThat(Program.run("top", "--port=1", "--count=1").errors()).contains("127.0.0.1:1");
        try (PseudoTerminal terminal = PseudoTerminal.startRotera(directory, "top", "--port=1")) {
            terminal.await("ended with 1");
            assertThat(terminal.shown()).doesNotContain("\033[?1049h");
        }
    }

    @Test
    void screenShowsTheQueuesAndFindsTheServerAgain() throws Exception {
        int port;
        PseudoTerminal terminal;
        try (ServerProcess server = ServerProcess.start(directory, "--create", "55:96KiB")) {
            port = server.port();
            terminal =
                    PseudoTerminal.startRotera(directory, server.with("top", "--interval=200ms"));
            terminal.await("127.0.0.1:" + port);
            terminal.await("queues: 1");
        }
        terminal.await("\033[31m");
        try (terminal;
                ServerProcess server = ServerProcess.startAt(port, directory)) {
            Program.runProcess(directory, "a\n", server.with("push", "55"));
            terminal.await("1  ");
            terminal.type("q");
            terminal.await("ended with 0");
        }
    }
}
