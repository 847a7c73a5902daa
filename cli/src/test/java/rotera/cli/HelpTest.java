package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rotera.cli.command.ServerSettings;

/** Help fits 80 columns, and every command shows how it is used. */
final class HelpTest {
    private static final int COLUMNS = 80;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "server", "create", "rename", "delete", "push", "commit", "read", "stream",
                "consume", "ping", "queues", "check", "inspect", "client", "help", "version"
            })
    void commandsHaveExamples(String command) {
        String help = Program.run(command, "--help").output();
        assertThat(help).containsPattern("Examples?:\n  rotera[- ]" + command);
        assertThat(help.lines()).allMatch(line -> line.length() <= COLUMNS);
        assertThat(Program.run("--help").output()).contains("\n  " + command + " ");
    }

    @Test
    void helpOfTheServerHasEverySetting() {
        String help = Program.run("server", "--help").output();
        for (String setting : ServerSettings.known()) assertThat(help).contains(" --" + setting);
    }

    @Test
    void helpAndVersionAreCommandsAsWell() {
        assertThat(Program.run("help")).isEqualTo(Program.run("--help"));
        assertThat(Program.run("help", "push")).isEqualTo(Program.run("push", "--help"));
        assertThat(Program.run("version")).isEqualTo(Program.run("--version"));
        assertThat(Program.run("version").output()).startsWith("rotera 0.");
    }

    @Test
    void mainHelpTellsTheExitCodes() {
        String help = Program.run("--help").output();
        assertThat(help).contains("Use a queue:\n  push ", "Exit codes:\n  0    done\n");
        assertThat(help.lines()).allMatch(line -> line.length() <= COLUMNS);
        assertThat(Program.run().output()).isEqualTo(help);
    }
}
