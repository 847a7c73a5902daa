package rotera.cli.top;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.cli.Program;
import rotera.cli.PseudoTerminal;

/** The screen of {@code rotera top}: what is on it, its keys, and that it goes away. */
@Timeout(120)
final class TopScreenTest {
    private static final String ALTERNATE = "\033[?1049h";
    private static final String BACK = "\033[?1049l";
    private static final String HIDDEN_CURSOR = "\033[?25l";
    private static final String CURSOR = "\033[?25h";

    @TempDir private Path directory;

    @Test
    void screenComesWithItsFiguresAndGoesWithQ() throws Exception {
        try (PseudoTerminal terminal = start()) {
            terminal.await(ALTERNATE);
            terminal.await(HIDDEN_CURSOR);
            terminal.await("top of nothing");
            terminal.await("queues: 3");
            assertThat(terminal.await("1000")).contains("*NUMBER", "events", "####");
            terminal.await("the server went away");
            terminal.await("queues: 3");
            terminal.type("q");
            assertRestored(terminal);
        }
    }

    @Test
    void keysChangeTheOrder() throws Exception {
        try (PseudoTerminal terminal = start()) {
            terminal.await("*NUMBER");
            terminal.type("p");
            terminal.await("*PUSH/S");
            terminal.type("\033[C");
            terminal.await("PUSH/S"); // COMMIT/S has no room in 80 columns
            terminal.type("\033[D\033OD");
            terminal.type("nn");
            terminal.await("*NAME");
            terminal.type("\003");
            assertRestored(terminal);
        }
    }

    @Test
    void screenFollowsTheSizeOfTheTerminal() throws Exception {
        try (PseudoTerminal terminal = start()) {
            terminal.await("USED");
            terminal.resize(5, 20);
            terminal.await("... 2 more lines");
            terminal.type("q");
            assertRestored(terminal);
        }
    }

    @Test
    void screenIsRestoredAfterSigterm() throws Exception {
        try (PseudoTerminal terminal = start()) {
            terminal.await("USED");
            terminal.terminate();
            terminal.await(CURSOR);
            terminal.await(BACK);
            terminal.await("ended with 143");
        }
    }

    @Test
    void withoutServerTopFailsBeforeTheScreen() throws Exception {
        try (PseudoTerminal terminal =
                PseudoTerminal.startRotera(directory, "top", "--interval=1ms")) {
            terminal.await("--interval of 1ms is less than 100ms");
            terminal.await("ended with 2");
            assertThat(terminal.shown()).doesNotContain(ALTERNATE);
        }
    }

    private static void assertRestored(PseudoTerminal terminal) throws InterruptedException {
        terminal.await(CURSOR);
        terminal.await(BACK);
        terminal.await("ended with 0");
    }

    private PseudoTerminal start() throws IOException {
        List<String> command = new ArrayList<>(Program.builder(directory).command());
        command.set(command.size() - 1, TopScreenProgram.class.getName());
        return PseudoTerminal.start(directory, command);
    }
}
