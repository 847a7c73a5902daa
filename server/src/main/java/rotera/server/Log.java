package rotera.server;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * The log of a listener: at most {@value #LINES_PER_SECOND} warnings a second; how many were left
 * out is said with the next one.
 *
 * <p>What is logged may contain texts of peers: names, ids, messages of exceptions. Each text is
 * one line of printable characters, of {@value #MAX_CHARACTERS} at most, whatever they contain.
 * Thread-safe.
 */
public final class Log {
    private static final int LINES_PER_SECOND = 20;
    private static final int MAX_CHARACTERS = 2_000;

    private final System.Logger logger;

    private long second;
    private int lines;
    private int omitted;

    /** A log that goes to the {@link System.Logger} of this name. */
    public Log(String name) {
        logger = System.getLogger(name);
    }

    public void info(String text) {
        logger.log(Level.INFO, oneLine(text));
    }

    public void warn(String text) {
        warn(text, null);
    }

    /** With the stack trace of the cause, in which messages of exceptions are one line, too. */
    public void warn(String text, @Nullable Throwable cause) {
        int before;
        synchronized (this) {
            long now = System.nanoTime() / 1_000_000_000;
            if (now != second) {
                second = now;
                lines = 0;
            }
            if (++lines > LINES_PER_SECOND) {
                omitted++;
                return;
            }
            before = omitted;
            omitted = 0;
        }
        String line = oneLine(text);
        if (before > 0) line += " (and " + before + " more lines left out before)";
        logger.log(Level.WARNING, cause == null ? line : line + trace(cause));
    }

    private static String trace(Throwable cause) {
        StringBuilder trace = new StringBuilder();
        for (Throwable next = cause; next != null; next = next.getCause()) {
            trace.append("\n  ").append(oneLine(next.toString()));
            for (StackTraceElement frame : next.getStackTrace())
                trace.append("\n    at ").append(frame);
        }
        return trace.toString();
    }

    /** The text with an escape for each character that is not printable, cut if it is long. */
    static String oneLine(String text) {
        int[] characters = text.codePoints().limit(MAX_CHARACTERS).toArray();
        StringBuilder line = new StringBuilder(characters.length);
        for (int character : characters) appendEscaped(character, line);
        int left = text.codePointCount(0, text.length()) - characters.length;
        if (left > 0) line.append("... (").append(left).append(" more characters)");
        return line.toString();
    }

    /** Appends a character, or an escape for one that is not printable. */
    public static void appendEscaped(int character, StringBuilder to) {
        if (isPrintable(character)) to.appendCodePoint(character);
        else if (character == '\n') to.append("\\n");
        else if (character == '\r') to.append("\\r");
        else if (character == '\t') to.append("\\t");
        else to.append("\\u{").append(Integer.toHexString(character)).append('}');
    }

    /** Not so: controls, characters that turn the direction of writing, ends of lines. */
    private static boolean isPrintable(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }
}
