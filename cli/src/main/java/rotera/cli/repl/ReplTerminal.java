package rotera.cli.repl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReader.Option;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;
import org.jline.utils.InfoCmp.Capability;
import rotera.cli.system.NativeTerminal;
import rotera.cli.text.Output;
import rotera.cli.text.TerminalEscaper;

/** A {@link Repl} at a terminal: prompt, history, completion, colours. */
final class ReplTerminal implements AutoCloseable {
    private static final AttributedStyle PROMPT = AttributedStyle.DEFAULT.bold();
    private static final AttributedStyle IDS =
            AttributedStyle.DEFAULT.foreground(AttributedStyle.CYAN);
    private static final AttributedStyle NOTICES = AttributedStyle.DEFAULT.faint();
    private static final AttributedStyle ERRORS =
            AttributedStyle.DEFAULT.foreground(AttributedStyle.RED);

    private final Terminal terminal = NativeTerminal.open();
    private final Output output = new Output();
    private final Repl repl;
    private final LineReader reader;

    ReplTerminal(ReplQueues queues) {
        repl = new Repl(queues, output, true);
        reader =
                LineReaderBuilder.builder()
                        .terminal(terminal)
                        .appName("rotera")
                        .completer(new ReplCompleter(repl))
                        // Quotes, backslashes and exclamation marks are part of messages.
                        .parser(
                                new DefaultParser() {
                                    @Override
                                    public boolean isQuoteChar(CharSequence line, int at) {
                                        return false;
                                    }

                                    @Override
                                    public boolean isEscapeChar(CharSequence line, int at) {
                                        return false;
                                    }

                                    @Override
                                    public boolean isEscapeChar(char character) {
                                        return false;
                                    }
                                })
                        .option(Option.DISABLE_EVENT_EXPANSION, true)
                        .build();
    }

    /** Keeps what is typed in this file, readable for its owner alone: messages are in it. */
    ReplTerminal withHistory(Path file) {
        try {
            Path directory = file.toAbsolutePath().getParent();
            if (directory != null) {
                Files.createDirectories(
                        directory,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            }
            if (Files.notExists(file)) {
                Files.createFile(
                        file,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
            }
            reader.setVariable(LineReader.HISTORY_FILE, file);
        } catch (IOException e) {
            output.notice("no history is kept: cannot write " + file + ": " + e.getMessage());
        }
        return this;
    }

    /** Runs lines until the end; a queue to begin with may be empty. */
    void run(String queue) {
        terminal.handle(Signal.INT, signal -> repl.interrupt());
        output.answer("Welcome to rotera-repl. :help lists the commands.");
        if (!queue.isEmpty()) repl.begin(queue);
        while (!repl.ended()) {
            try {
                // Several lines come at once when they are pasted.
                reader.readLine(prompt())
                        .lines()
                        .takeWhile(line -> !repl.ended())
                        .forEach(this::runLine);
            } catch (UserInterruptException e) {
                // Ctrl-C gives up the line, as in a shell.
            } catch (EndOfFileException e) {
                return;
            }
        }
    }

    private void runLine(String line) {
        if (line.strip().equals(":clear")) terminal.puts(Capability.clear_screen);
        repl.run(line);
    }

    private String prompt() {
        String name = repl.queueName();
        return styled(PROMPT, (name.isEmpty() ? "" : TerminalEscaper.of(name) + " ") + ">>> ");
    }

    private String styled(AttributedStyle style, String text) {
        return new AttributedStringBuilder().style(style).append(text).toAnsi(terminal);
    }

    @Override
    public void close() {
        try {
            repl.close();
        } finally {
            try {
                terminal.close();
            } catch (IOException e) {
                // There is nobody left to tell.
            }
        }
    }

    private final class Output implements ReplOutput {
        @Override
        public void answer(String line) {
            terminal.writer().println(TerminalEscaper.of(line));
        }

        @Override
        public void notice(String line) {
            terminal.writer().println(styled(NOTICES, TerminalEscaper.of(line)));
        }

        @Override
        public void error(String line) {
            terminal.writer().println(styled(ERRORS, TerminalEscaper.of(line)));
        }

        @Override
        public void message(String prefix, byte[] message) {
            if (!prefix.isEmpty()) terminal.writer().print(styled(IDS, prefix));
            terminal.writer().println(TerminalEscaper.of(message));
        }

        @Override
        public void flush() {
            terminal.flush();
        }
    }
}
