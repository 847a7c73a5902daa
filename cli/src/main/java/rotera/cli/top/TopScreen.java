package rotera.cli.top;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.jline.keymap.BindingReader;
import org.jline.keymap.KeyMap;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;
import org.jline.utils.Curses;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlockingReader;
import rotera.cli.system.NativeTerminal;
import rotera.cli.system.StopHook;
import rotera.cli.text.CommandException;
import rotera.cli.text.TerminalEscaper;
import rotera.protocol.QueueInfo;
import rotera.queue.QueueException;

/** {@code rotera top} on a whole terminal, which is as it was when this is closed. */
final class TopScreen implements AutoCloseable {
    /** How soon keys and signals are noticed. */
    private static final long LOOK_UP_MILLIS = 100;

    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

    private enum Key {
        QUIT,
        LEFT,
        RIGHT,
        OTHER
    }

    private final Terminal terminal = NativeTerminal.open();
    private final Attributes attributes = terminal.enterRawMode();
    private final BindingReader keys = new BindingReader(terminal.reader());
    private final KeyMap<Key> bindings = new KeyMap<>();
    private final String restoring =
            Curses.tputs(terminal.getStringCapability(Capability.cursor_normal))
                    + Curses.tputs(terminal.getStringCapability(Capability.exit_ca_mode));
    private final StopHook restorer = new StopHook(this::restore);
    private final TopCommand.Source source;
    private final String title;
    private List<QueueInfo> queues = List.of();
    private String trouble = "";
    private TopColumn order = TopColumn.NUMBER;
    private volatile boolean ended;
    private volatile boolean resized;
    private boolean restored;

    TopScreen(TopCommand.Source source, String title) {
        this.source = source;
        this.title = title;
        bindings.setUnicode(Key.OTHER);
        bindings.setNomatch(Key.OTHER);
        bindings.bind(Key.QUIT, "q", "Q", KeyMap.ctrl('C'), KeyMap.ctrl('D'));
        bindings.bind(Key.LEFT, "\033[D", "\033OD");
        bindings.bind(Key.RIGHT, "\033[C", "\033OC");
        for (char letter = 'a'; letter <= 'z'; letter++) {
            if (letter != 'q') bindings.bind(Key.OTHER, Character.toString(letter));
        }
        terminal.handle(Signal.INT, signal -> ended = true);
        terminal.handle(Signal.WINCH, signal -> resized = true);
        // A SIGTERM ends the JVM without coming back to close().
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.cursor_invisible);
    }

    /** Shows the queues until somebody ends it, or that many times. */
    void run(Duration interval, long count) {
        for (long i = 0; i < count && !ended; i++) {
            long next = System.nanoTime() + interval.toNanos();
            ask();
            draw();
            while (!ended && System.nanoTime() < next) {
                long left = Math.max(1, (next - System.nanoTime()) / 1_000_000);
                if (takeKey(Math.min(left, LOOK_UP_MILLIS)) || resized) draw();
            }
        }
    }

    /** A server that is started again is found again. */
    private void ask() {
        try {
            queues = source.queues();
            trouble = "";
        } catch (QueueException | CommandException e) {
            trouble = String.valueOf(e.getMessage());
        }
    }

    /** Waits for a key; true if it changed what is to be seen. */
    private boolean takeKey(long millis) {
        int character = keys.peekCharacter(millis);
        if (character == NonBlockingReader.READ_EXPIRED) return false;
        Key key = character < 0 ? Key.QUIT : keys.readBinding(bindings);
        switch (key == null ? Key.QUIT : key) {
            case QUIT -> ended = true;
            case LEFT -> turn(-1);
            case RIGHT -> turn(1);
            case OTHER -> turnTo(keys.getLastBinding());
        }
        return true;
    }

    private void turn(int step) {
        List<TopColumn> columns = List.of(TopColumn.values());
        order = columns.get(Math.floorMod(columns.indexOf(order) + step, columns.size()));
    }

    /** To the next column that begins with this letter. */
    private void turnTo(String letter) {
        TopColumn before = order;
        do {
            turn(1);
        } while (order != before && !order.title.regionMatches(true, 0, letter, 0, 1));
    }

    private synchronized void draw() {
        if (restored) return;
        resized = false;
        int width = Math.max(1, terminal.getColumns());
        int height = Math.max(1, terminal.getRows());
        StringBuilder screen = new StringBuilder("\033[H");
        List<AttributedString> lines = frame(width, height);
        for (int i = 0; i < lines.size(); i++) {
            if (i > 0) screen.append("\r\n");
            screen.append(lines.get(i).columnSubSequence(0, width).toAnsi(terminal))
                    .append("\033[K");
        }
        terminal.writer().print(screen.append("\033[J"));
        terminal.flush();
    }

    private List<AttributedString> frame(int width, int height) {
        Instant now = Instant.now();
        List<AttributedString> lines = new ArrayList<>();
        lines.add(
                new AttributedString(
                        "%s  %s  queues: %d   arrows or a letter: order, q: end"
                                .formatted(title, CLOCK.format(now), queues.size())));
        lines.add(
                new AttributedString(
                        TerminalEscaper.of(trouble),
                        AttributedStyle.DEFAULT.foreground(AttributedStyle.RED)));
        boolean first = true;
        for (String line : TopTable.lines(queues, width, order, now)) {
            lines.add(
                    new AttributedString(
                            line,
                            first ? AttributedStyle.DEFAULT.inverse() : AttributedStyle.DEFAULT));
            first = false;
        }
        if (lines.size() <= height) return lines;
        List<AttributedString> seen = new ArrayList<>(lines.subList(0, height - 1));
        seen.add(new AttributedString("... " + (lines.size() - seen.size()) + " more lines"));
        return seen;
    }

    /**
     * Not through the terminal object: after a SIGTERM it closes itself meanwhile, and then puts
     * back all but the screen.
     */
    private synchronized void restore() {
        if (restored) return;
        restored = true;
        // Not closed: that would close the descriptor.
        OutputStream output = new FileOutputStream(FileDescriptor.out);
        try {
            output.write(restoring.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // The terminal has gone.
        }
    }

    @Override
    public void close() {
        terminal.setAttributes(attributes);
        restore();
        restorer.close();
        try {
            terminal.close();
        } catch (IOException e) {
            // It is restored, and nobody is left to tell.
        }
    }
}
