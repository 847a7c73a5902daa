package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.cli.text.Exit;
import rotera.queue.RotFile;

/** How a server begins and ends. */
@Timeout(300)
class TerminationTest {
    private static final int KILLS = 15;

    @TempDir Path directory;

    @Test
    void aSignalAtAnyMomentOfTheStartEndsTheServerInGoodOrder() throws Exception {
        Path launcher = launcher();
        Random random = new Random(15);
        for (int i = 0; i < KILLS; i++) {
            Path served = Files.createDirectory(directory.resolve("d" + i));
            Process server =
                    new ProcessBuilder(
                                    "sh",
                                    launcher.toString(),
                                    "server",
                                    "--port=0",
                                    "--kafka=0",
                                    "--create=1:1MiB,2:1MiB")
                            .directory(served.toFile())
                            .redirectError(directory.resolve("errors").toFile())
                            .start();
            awaitJvm(server);
            Thread.sleep(random.nextInt(i % 2 == 0 ? 100 : 1000));
            server.destroy();
            int code = Program.exitCode(server);
            assertThat(code).as(Files.readString(directory.resolve("errors"))).isZero();
            for (Path file : filesOf(served)) {
                if (file.toString().endsWith(".rot")) RotFile.open(file).close();
            }
        }
    }

    /** The real one, but for the program: the classes of this test. */
    private Path launcher() throws IOException {
        Path root = Path.of("..").toRealPath();
        String text =
                Files.readString(root.resolve("rotera"))
                        .replace("root=${self%/*}", "root=" + root)
                        .replace("if is_stale", "if false")
                        .replace(
                                "-jar \"$root/cli/target/run/rotera.jar\"",
                                "-cp '"
                                        + System.getProperty("java.class.path")
                                        + "' rotera.cli.Main");
        assertThat(text).contains("rotera.cli.Main", "if false", "root=" + root);
        return Files.writeString(directory.resolve("launcher"), text);
    }

    /** The launcher becomes the JVM. */
    private static void awaitJvm(Process process) throws Exception {
        Path name = Path.of("/proc/" + process.pid() + "/comm");
        while (!Files.readString(name).strip().equals("java")) Thread.sleep(1);
    }

    @Test
    void portsAreToldWhenAllOfThemAreOpen() throws Exception {
        Process server =
                Program.builder(directory, "server", "--port=0", "--kafka=0", "--create=1:1MiB")
                        .start();
        try (BufferedReader errors = server.errorReader(StandardCharsets.UTF_8)) {
            int kafka = 0;
            int own = 0;
            while (own == 0) {
                String line = errors.readLine();
                assertThat(line).isNotNull();
                if (line.startsWith("rotera: listening for Kafka")) kafka = port(line);
                else if (line.startsWith("rotera: listening on")) own = port(line);
            }
            assertThat(kafka).isPositive();
            for (int port : new int[] {own, kafka})
                new Socket(InetAddress.getLoopbackAddress(), port).close();
        } finally {
            server.destroy();
            assertThat(server.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(server.exitValue()).isZero();
    }

    @Test
    void aServerThatCannotListenEndsWithItsOwnCode() throws Exception {
        try (Program.ServerProcess first =
                Program.ServerProcess.start(directory, "--create=1:1MiB")) {
            Path other = Files.createDirectory(directory.resolve("other"));
            Program.Result second =
                    Program.runProcess(
                            other, "", "server", "--port=" + first.port(), "--create=1:1MiB");
            assertThat(second.code()).isEqualTo(Exit.FAILED);
            assertThat(second.errors()).contains("cannot listen on port " + first.port());
        }
    }

    private static int port(String line) {
        return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
    }

    private static List<Path> filesOf(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }
}
