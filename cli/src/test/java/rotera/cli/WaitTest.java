package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import rotera.cli.Program.Result;
import rotera.cli.Program.ServerProcess;
import rotera.cli.text.Exit;

/** Who stays waits for a server that is lost, and says so once. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT)
final class WaitTest {
    /** Longer than a call of the library waits. */
    private static final long LONG_MILLIS = 32_000;

    @TempDir private Path directory;

    @Test
    void lostServerIsWaitedForAndThatIsSaidOnce() throws Exception {
        ServerProcess server = ServerProcess.start(directory, "--create=55:1MiB");
        int port = server.port();
        Process push = start("push", server.with("push", "55"));
        Process stream = start("stream", server.with("stream", "--resume=position", "55"));
        Process consume = start("consume", server.with("consume", "--resume=p", "55", "--", "cat"));
        try (OutputStream input = push.getOutputStream()) {
            write(input, "before\n");
            awaitContent("stream.out", "before\n");
            awaitContent("consume.out", "before\n");
            server.kill();
            write(input, "lost\n");
            Thread.sleep(LONG_MILLIS);
            server = ServerProcess.startAt(port, directory);
            write(input, "after\n");
            awaitContent("stream.out", "before\nlost\nafter\n");
            awaitContent("consume.out", "before\nlost\nafter\n");
        } finally {
            int pushed = Program.exitCode(push);
            stream.destroy();
            consume.destroy();
            assertThat(pushed).isZero();
            assertThat(Program.exitCode(consume)).isZero();
            server.kill();
            stream.destroyForcibly();
        }
        for (String name : new String[] {"push", "stream", "consume"}) {
            assertThat(Files.readString(directory.resolve(name + ".err")).lines())
                    .as(name)
                    .filteredOn(line -> line.contains("the server on"))
                    .satisfiesExactly(
                            line ->
                                    assertThat(line)
                                            .startsWith(
                                                    "waiting for the server on 127.0.0.1:"
                                                            + port
                                                            + " ("),
                            line ->
                                    assertThat(line)
                                            .isEqualTo(
                                                    "the server on 127.0.0.1:"
                                                            + port
                                                            + " answers again"));
        }
    }

    @Test
    void lostServerIsWaitedForNoLongerThanAsked() throws Exception {
        ServerProcess server = ServerProcess.start(directory, "--create=55:1MiB");
        Process push = start("push", server.with("push", "--wait=2s", "55"));
        Process stream = start("stream", server.with("stream", "--wait=2s", "55"));
        try (OutputStream input = push.getOutputStream()) {
            write(input, "before\n");
            awaitContent("stream.out", "before\n");
            server.kill();
            write(input, "lost\n");
            assertThat(Program.exitCode(push)).isEqualTo(Exit.FAILED);
            assertThat(Program.exitCode(stream)).isEqualTo(Exit.FAILED);
        } finally {
            server.kill();
            push.destroyForcibly();
            stream.destroyForcibly();
        }
        assertThat(directory.resolve("push.err")).content().contains("gave no answer within 2.0 s");
        assertThat(directory.resolve("stream.err")).content().contains("no connection to ");
    }

    @Test
    void firstConnectionIsWaitedForOnlyWhenAsked() throws Exception {
        int port = freePort();
        String[] words = {"stream", "--count=1", "--port=" + port, "55"};
        Result refused = Program.runProcess(directory, "", words);
        assertThat(refused.code()).isEqualTo(Exit.FAILED);
        assertThat(refused.errors()).contains("no server answers").doesNotContain("waiting");
        Process stream =
                start("stream", "stream", "--count=1", "--wait=1m", "--port=" + port, "55");
        awaitContent("stream.err", "waiting for the server on 127.0.0.1:" + port + " (");
        try (ServerProcess server = ServerProcess.startAt(port, directory, "--create=55:1MiB")) {
            Program.runProcess(directory, "a\n", server.with("push", "55"));
            assertThat(Program.exitCode(stream)).isZero();
        } finally {
            stream.destroyForcibly();
        }
        assertThat(directory.resolve("stream.out")).hasContent("a\n");
        Result waited =
                Program.runProcess(directory, "", "push", "--wait=1s", "--port=" + port, "55");
        assertThat(waited.code()).isEqualTo(Exit.FAILED);
        assertThat(waited.errors())
                .contains("waiting for the server")
                .contains("no server answers");
    }

    private Process start(String name, String... words) throws IOException {
        return Program.builder(directory, words)
                .redirectOutput(directory.resolve(name + ".out").toFile())
                .redirectError(directory.resolve(name + ".err").toFile())
                .start();
    }

    private static void write(OutputStream input, String text) throws IOException {
        input.write(text.getBytes(StandardCharsets.UTF_8));
        input.flush();
    }

    private void awaitContent(String file, String content) throws Exception {
        while (!Files.readString(directory.resolve(file)).contains(content)) Thread.sleep(20);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
