package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;

/** {@code rotera repl} as a person meets it. */
@Timeout(120)
final class ReplTerminalTest {
    private static final String CTRL_C = "\003";
    private static final String CTRL_D = "\004";
    private static final String UP = "\033OA";

    @TempDir private Path directory;

    @Test
    void promptNamesTheQueueAndCommandsAnswer() throws Exception {
        try (PseudoTerminal terminal = start("55.rot")) {
            assertThat(terminal.await("55.rot >>> ")).contains("Welcome to rotera-repl.");
            terminal.type(":ping\r");
            terminal.await("Next message is 0. Server is alive.");
            terminal.await(">>> ");
            terminal.type(":quit\r");
            terminal.await("ended with 0");
            assertThat(terminal.shown()).doesNotContain("WARNING");
        }
    }

    @Test
    void messagesNeverDriveTheTerminal() throws Exception {
        RotFile.create(directory.resolve("55.rot"), CreateOptions.ofSize(96 << 10));
        Program.runProcess(directory, "\033[2Jgone\u202e\u009b31m\n", "push", "55.rot");
        try (PseudoTerminal terminal = PseudoTerminal.startRotera(directory, "repl", "55.rot")) {
            terminal.await(">>> ");
            terminal.type(":read\r");
            terminal.await("\\x1b[2Jgone\\u{202e}\\u{9b}31m");
        }
    }

    @Test
    void inspectShowsNoEscapeCodes() throws Exception {
        try (PseudoTerminal terminal = start("55.rot")) {
            terminal.await(">>> ");
            terminal.type(":inspect\r");
            String shown = terminal.await("file-bytes") + terminal.await("file-system");
            assertThat(shown).contains("file-bytes").doesNotContain("\\x1b", "[1m");
        }
    }

    @Test
    void linesAreKeptAsTheyWereTypedForTheOwnerAlone() throws Exception {
        try (PseudoTerminal terminal = start("55.rot")) {
            terminal.await(">>> ");
            terminal.type(":push it's \"so\" \\n !x\r");
            terminal.await("committed, next id 1");
            terminal.await(">>> ");
            terminal.type(":quit\r");
            terminal.await("ended with 0");
        }
        Path history = directory.resolve("state/rotera/history");
        assertThat(history).content().contains(":push it's \"so\"");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(history)))
                .isEqualTo("rw-------");
        try (PseudoTerminal terminal = PseudoTerminal.startRotera(directory, "repl", "55.rot")) {
            terminal.await(">>> ");
            terminal.type(UP + UP);
            // Only what differs from the line before is drawn.
            terminal.await("push it's \"so\" \\n !x");
            terminal.type("\r");
            terminal.await("committed, next id 2");
            terminal.await(">>> ");
            terminal.type(CTRL_D);
            terminal.await("ended with 0");
        }
    }

    @Test
    void tabCompletesCommandsAndFiles() throws Exception {
        try (PseudoTerminal terminal = start("55.rot")) {
            terminal.await(">>> ");
            terminal.type(":pi\t");
            terminal.await(":ping");
            terminal.type("\r");
            terminal.await("Next message is 0.");
            terminal.await(">>> ");
            terminal.type(":queue ./5\t");
            terminal.await("./55.rot");
            terminal.type("\r");
            terminal.await("with new value of ./55.rot");
            terminal.await("./55.rot >>> ");
        }
    }

    @Test
    void ctrlCEndsTheStreamOrTheLineAndNotTheRepl() throws Exception {
        try (PseudoTerminal terminal = start("55.rot")) {
            terminal.await(">>> ");
            terminal.type(":push one\r");
            terminal.await("next id 1");
            terminal.await(">>> ");
            terminal.type(":stream 0\r");
            terminal.await("one");
            terminal.type(CTRL_C);
            terminal.await(">>> ");
            terminal.type(":quit" + CTRL_C);
            terminal.await(">>> ");
            terminal.type(":ping\r");
            terminal.await("Next message is 1.");
            terminal.await(">>> ");
            terminal.type(CTRL_D);
            terminal.await("ended with 0");
        }
    }

    @Test
    void pastedLinesAreCommandsOfTheirOwn() throws Exception {
        try (PseudoTerminal terminal = start("55.rot")) {
            terminal.await(">>> ");
            terminal.type("\033[200~:push a\n:push b\033[201~\r");
            terminal.await("committed, next id 2");
        }
    }

    @Test
    void replWithoutPlaceForItsHistoryWorks() throws Exception {
        Files.writeString(directory.resolve("state"), "a file, not a directory");
        try (PseudoTerminal terminal = start("55.rot")) {
            terminal.await("no history is kept");
            terminal.await(">>> ");
            terminal.type(":ping\r");
            terminal.await("Next message is 0.");
        }
    }

    private PseudoTerminal start(String queue) throws IOException {
        RotFile.create(directory.resolve(queue), CreateOptions.ofSize(96 << 10));
        return PseudoTerminal.startRotera(directory, "repl", queue);
    }
}
