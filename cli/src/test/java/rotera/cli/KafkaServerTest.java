package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.cli.Program.Result;
import rotera.cli.Program.ServerProcess;
import rotera.cli.text.Exit;

/** {@code rotera server --kafka}, as a process. */
@Timeout(60)
final class KafkaServerTest {
    @TempDir private Path directory;

    @Test
    void theListenerAnswersUntilTheServerEndsInGoodOrder() throws Exception {
        int port = freePort();
        try (ServerProcess server =
                ServerProcess.start(directory, "--create=1:1MiB", "--kafka=" + port)) {
            assertThat(versions(port)).isEqualTo(0);
            assertThat(server.terminate()).isZero();
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Result result =
                    Program.runProcess(
                            directory, "", "server", "--port=0", "--kafka=" + taken.getLocalPort());
            assertThat(result.complaints())
                    .contains(
                            "cannot listen for Kafka programs on port "
                                    + taken.getLocalPort()
                                    + " of 127.0.0.1")
                    .contains("--kafka");
            assertThat(result.code()).isEqualTo(Exit.FAILED);
        }
    }

    @Test
    void wrongValuesAreSaid() {
        assertThat(Program.run("server", "--kafka=:9092").errors()).contains("no host");
        assertThat(Program.run("server", "--kafka=99999").errors()).contains("0 to 65535");
        assertThat(Program.run("server", "--kafka=host:").errors()).contains("0 to 65535");
    }

    @Test
    void withoutTheOptionNothingOfItIsLoaded() throws Exception {
        List<String> loaded = loadedByServer();
        assertThat(loaded).anyMatch(line -> line.contains("rotera.server.Server "));
        assertThat(loaded).noneMatch(line -> line.contains("rotera.kafka."));
        assertThat(loadedByServer("--kafka=0"))
                .anyMatch(line -> line.contains("rotera.kafka.KafkaListener "));
    }

    /** What the JVM says of the classes that it loads. */
    private List<String> loadedByServer(String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of("server", "--port=0", "--create=1:1MiB"));
        words.addAll(List.of(options));
        Path log = directory.resolve("classes" + options.length);
        ProcessBuilder builder = Program.builder(directory, words.toArray(String[]::new));
        builder.command().add(1, "-Xlog:class+load:file=" + log);
        Process process = builder.start();
        try (var errors = process.errorReader(StandardCharsets.UTF_8)) {
            String last = options.length == 0 ? "listening on" : "listening for Kafka";
            for (String line = errors.readLine(); line != null; line = errors.readLine()) {
                if (line.contains(last)) break;
            }
        } finally {
            process.destroy();
            Program.exitCode(process);
        }
        return java.nio.file.Files.readAllLines(log);
    }

    /** Asks which versions are spoken; the error code. */
    static int versions(int port) throws Exception {
        try (Socket socket = connected(port)) {
            DataOutputStream output = new DataOutputStream(socket.getOutputStream());
            output.writeInt(10);
            output.writeShort(18);
            output.writeShort(0);
            output.writeInt(7);
            output.writeShort(-1);
            DataInputStream input = new DataInputStream(socket.getInputStream());
            input.readInt();
            assertThat(input.readInt()).isEqualTo(7);
            return input.readShort();
        }
    }

    /** The listener begins after the server that it belongs to. */
    private static Socket connected(int port) throws InterruptedException, IOException {
        while (true) {
            try {
                return new Socket(InetAddress.getLoopbackAddress(), port);
            } catch (ConnectException e) {
                Thread.sleep(20);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
