package rotera.cli.system;

import java.io.IOException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import rotera.cli.text.CommandException;

/** The terminal of this process, for repl and top. */
public final class NativeTerminal {
    private NativeTerminal() {}

    public static Terminal open() {
        try {
            return TerminalBuilder.builder()
                    .system(true)
                    // The others start a process for each question, or unpack a library to /tmp.
                    .provider(TerminalBuilder.PROP_PROVIDER_FFM)
                    // Asking the terminal what it can do leaves its answers in slow connections.
                    .graphemeCluster(false)
                    .dumb(false)
                    .build();
        } catch (IOException | IllegalStateException e) {
            throw new CommandException("cannot use this terminal: " + e.getMessage(), e);
        }
    }
}
