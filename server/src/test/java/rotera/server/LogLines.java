package rotera.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What servers log from now on. */
final class LogLines implements AutoCloseable {
    // Kept, as a logger that nobody holds forgets its handlers.
    private static final Logger LOGGER = Logger.getLogger("rotera.server");

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Handler handler =
            new Handler() {
                @Override
                public void publish(LogRecord line) {
                    lines.add(String.valueOf(line.getMessage()));
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    LogLines() {
        LOGGER.addHandler(handler);
    }

    List<String> with(String text) {
        return lines.stream().filter(line -> line.contains(text)).toList();
    }

    void clear() {
        lines.clear();
    }

    /** Waits for a line with this text. */
    void await(String text) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (with(text).isEmpty()) {
            assertThat(System.nanoTime()).as("\"%s\" in %s", text, lines).isLessThan(end);
            Thread.sleep(5);
        }
    }

    @Override
    public void close() {
        LOGGER.removeHandler(handler);
    }
}
