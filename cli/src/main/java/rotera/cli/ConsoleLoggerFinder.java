package rotera.cli;

import java.text.MessageFormat;
import java.util.Locale;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/** Logs as plain lines on standard error: no date, no stack; those who keep logs add their own. */
public final class ConsoleLoggerFinder extends System.LoggerFinder {
    @Override
    public System.Logger getLogger(String name, Module module) {
        return new Lines(name);
    }

    private record Lines(String name) implements System.Logger {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            return level.getSeverity() >= Level.INFO.getSeverity();
        }

        @Override
        public void log(
                Level level,
                @Nullable ResourceBundle bundle,
                @Nullable String message,
                @Nullable Throwable thrown) {
            print(level, message + (thrown == null ? "" : ": " + thrown));
        }

        @Override
        public void log(
                Level level,
                @Nullable ResourceBundle bundle,
                @Nullable String format,
                @Nullable Object @Nullable ... parameters) {
            boolean plain = parameters == null || parameters.length == 0 || format == null;
            print(level, plain ? String.valueOf(format) : MessageFormat.format(format, parameters));
        }

        private void print(Level level, String text) {
            if (!isLoggable(level)) return;
            String mark = level == Level.INFO ? "" : level.name().toLowerCase(Locale.ROOT) + ": ";
            System.err.println("rotera: " + mark + text);
        }
    }
}
