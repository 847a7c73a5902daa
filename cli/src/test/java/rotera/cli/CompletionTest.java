package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code rotera completion} prints, read by a real bash. */
@Timeout(60)
final class CompletionTest {
    @TempDir private Path directory;

    @BeforeEach
    void print() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no bash here");
        Program.Result result = Program.run("completion", "bash");
        assertThat(result.code()).isZero();
        Files.writeString(directory.resolve("completion"), result.output());
    }

    @Test
    void commandsAreOffered() throws Exception {
        assertThat(offered("rotera ''"))
                .contains("server", "push", "read", "repl", "top", "completion", "client");
        assertThat(offered("rotera st")).containsExactly("stream");
    }

    @Test
    void optionsAndValuesAreOffered() throws Exception {
        assertThat(offered("rotera server --")).contains("--config", "--dir", "--auto-commit");
        assertThat(offered("rotera top --in")).containsExactly("--interval");
        assertThat(offered("rotera client pu")).containsExactly("push");
        assertThat(offered("rotera completion ''")).containsExactly("bash", "zsh");
    }

    @Test
    void otherShellsAreRefused() {
        assertThat(Program.run("completion", "fish").errors()).contains("bash, zsh", "fish");
        assertThat(Program.run("completion", "zsh").output()).contains("bashcompinit");
    }

    /** What TAB offers behind these words. */
    private List<String> offered(String words) throws IOException, InterruptedException {
        String script =
                """
                source ./completion
                compopt() { :; } # works only while TAB is pressed
                COMP_WORDS=(%s)
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                _complete_rotera
                compgen -W "${COMPREPLY[*]}" -- "${COMP_WORDS[COMP_CWORD]}"
                """
                        .formatted(words);
        Process bash =
                new ProcessBuilder("/bin/bash", "-c", script)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(output).isZero();
        return output.lines().toList();
    }
}
