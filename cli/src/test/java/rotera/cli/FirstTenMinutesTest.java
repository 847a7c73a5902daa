package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** examples/first-ten-minutes.sh, with the program as the test has it. */
final class FirstTenMinutesTest {
    private static final Path SCRIPT = Path.of("..", "examples", "first-ten-minutes.sh");

    @TempDir private Path directory;

    @Test
    void aStrangerGetsWhatIsPromised() throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Process process =
                new ProcessBuilder(
                                SCRIPT.toAbsolutePath().normalize().toString(),
                                launcher().toString())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        if (!ended) process.destroyForcibly();
        String said = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(ended).as(said).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        assertThat(said).contains("Done: nothing was lost");
    }

    private Path launcher() throws IOException {
        String command =
                Program.builder(directory).command().stream()
                        .map(word -> "'" + word + "'")
                        .collect(Collectors.joining(" "));
        Path launcher = directory.resolve("rotera");
        Files.writeString(launcher, "#!/bin/sh\nexec " + command + " \"$@\"\n");
        return Files.setPosixFilePermissions(
                launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
