package rotera.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;

/** examples/rotera.py, a client that follows docs/protocol.md and uses nothing of ours. */
final class OtherLanguageTest {
    private static final Path EXAMPLE = Path.of("..", "examples", "rotera.py");

    @TempDir Path directory;

    @Test
    void pushesAndStreams() throws Exception {
        assumeThat(new File("/usr/bin/python3")).exists();
        RotFile.create(
                directory.resolve("1.rot"), CreateOptions.ofSize(1 << 20).withName("orders"));
        try (Server server = Server.start(ServerOptions.of(directory).withPort(0))) {
            String lines =
                    IntStream.range(0, 2000)
                            .mapToObj(i -> "message " + i + "\n")
                            .collect(Collectors.joining());
            assertThat(run(server, lines, "push", "1"))
                    .isEqualTo("pushed from id 0 on, committed up to 2000\n");
            assertThat(run(server, "last\n", "push", "orders"))
                    .isEqualTo("pushed from id 2000 on, committed up to 2001\n");
            assertThat(run(server, "", "stream", "orders", "1998", "3"))
                    .isEqualTo("1998 message 1998\n1999 message 1999\n2000 last\n");
            assertThat(run(server, "", "stream", "7", "0", "1"))
                    .contains("there is no queue 7 on this server");
        }
    }

    private static String run(Server server, String input, String... arguments)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("/usr/bin/python3", EXAMPLE.toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().put("ROTERA_PORT", Integer.toString(server.port()));
        Path file = Files.createTempFile("input", ".txt");
        Files.writeString(file, input);
        Process process = builder.redirectErrorStream(true).redirectInput(file.toFile()).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        Files.delete(file);
        return output;
    }
}
