package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What docs/operations.md asks to be copied is right. */
@Timeout(60)
final class OperationsTest {
    @TempDir private Path directory;

    @Test
    void systemdFindsNothingWrongWithTheUnit() throws IOException, InterruptedException {
        Path program = Path.of("/usr/bin/systemd-analyze");
        assumeTrue(Files.isExecutable(program), "there is no systemd-analyze here");
        String page = Files.readString(Path.of("..", "docs", "operations.md"));
        String unit = page.substring(page.indexOf("```ini\n") + 7);
        unit = unit.substring(0, unit.indexOf("```"));
        assertThat(unit).contains("ExecStart=/opt/rotera/rotera ");
        Path file = directory.resolve("rotera.service");
        // It looks for the program as well.
        Files.writeString(file, unit.replace("/opt/rotera/rotera ", "/bin/sh "));
        Process verify =
                new ProcessBuilder(program.toString(), "verify", file.toString())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(verify.waitFor()).as(output).isZero();
        assertThat(output.lines().filter(line -> line.contains("rotera"))).isEmpty();
    }

    @Test
    void settingsAreListedAsTheServerKnowsThem() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "operations.md"));
        String refusal =
                Program.run(
                                "server",
                                "--config="
                                        + Files.writeString(
                                                directory.resolve("settings"), "unknown=1"))
                        .errors();
        String known = refusal.substring(refusal.indexOf("only ") + 5).strip();
        for (String name : known.split(", ", -1)) assertThat(page).contains("\n| `" + name + "` |");
    }
}
