package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;

/** What the commands print on a terminal, which is one that {@code script} makes. */
@Timeout(60)
final class TerminalTest {
    private static final Path SCRIPT = Path.of("/usr/bin/script");

    @TempDir private Path directory;

    @BeforeEach
    void create() {
        assumeTrue(Files.isExecutable(SCRIPT), "no " + SCRIPT + " to make a terminal with");
        Path path = directory.resolve("55.rot");
        RotFile.create(path, CreateOptions.ofSize(96 << 10));
        try (RotFile file = RotFile.open(path);
                Batch batch = new Batch()) {
            file.push(batch.add("Grüße \033[2J\007").add(new byte[] {(byte) 0xff, '\n'}));
        }
    }

    @Test
    void messagesCannotDriveIt() throws Exception {
        assertThat(onTerminal("read", "55.rot")).isEqualTo("Grüße \\x1b[2J\\x07\n\\xff\\n\n");
    }

    @Test
    void rawBytesAreRefused() throws Exception {
        assertThat(onTerminal("read", "--format=raw", "55.rot"))
                .contains("--format raw could drive your terminal");
    }

    @Test
    void ringIsDrawn() throws Exception {
        assertThat(onTerminal("inspect", "55.rot")).contains(" live ", " free", "o oldest");
    }

    private String onTerminal(String... arguments) throws IOException, InterruptedException {
        String command =
                Program.builder(directory, arguments).command().stream()
                        .map(word -> "'" + word + "'")
                        .collect(Collectors.joining(" "));
        Process process =
                new ProcessBuilder(SCRIPT.toString(), "-qec", command, "/dev/null")
                        .directory(directory.toFile())
                        .redirectInput(Path.of("/dev/null").toFile())
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.replace("\r", "");
    }
}
