package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Help fits a screen of 80 columns, and every command shows how it is used. */
final class HelpTest {
    private static final int COLUMNS = 80;
    private static final int LINES = 24;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "server", "create", "push", "commit", "read", "stream", "ping", "queues", "check",
                "inspect", "client"
            })
    void commandsHaveExamples(String command) {
        String help = Program.run(command, "--help").output();
        assertThat(help).containsPattern("Examples?:\n  rotera[- ]" + command);
        assertThat(help.lines()).allMatch(line -> line.length() <= COLUMNS);
        assertThat(Program.run("--help").output()).contains("\n  " + command + " ");
    }

    @Test
    void helpOfTheServerFitsAScreen() {
        assertThat(Program.run("server", "--help").output().lines().count()).isLessThan(LINES);
    }

    @Test
    void mainHelpTellsTheExitCodes() {
        String help = Program.run("--help").output();
        assertThat(help).contains("Use a queue:\n  push ", "Exit codes:\n  0    done\n");
        assertThat(help.lines()).allMatch(line -> line.length() <= COLUMNS);
        assertThat(Program.run().output()).isEqualTo(help);
    }
}
