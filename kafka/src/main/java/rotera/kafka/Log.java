package rotera.kafka;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * Tells what went wrong, at most {@value #LINES_PER_SECOND} lines a second; how many were left out
 * is told with the next one. Thread-safe.
 */
final class Log {
    private static final int LINES_PER_SECOND = 20;
    private static final System.Logger LOGGER = System.getLogger("rotera.kafka");

    private long second;
    private int lines;
    private int omitted;

    void info(String text) {
        LOGGER.log(Level.INFO, text);
    }

    void warn(String text) {
        warn(text, null);
    }

    void warn(String text, @Nullable Throwable cause) {
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
        LOGGER.log(
                Level.WARNING,
                before == 0 ? text : text + " (and " + before + " more lines left out before)",
                cause);
    }
}
