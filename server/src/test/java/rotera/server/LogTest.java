package rotera.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** Texts of peers are never more than a line of printable characters. */
final class LogTest {
    private static final String FORGED =
            "a\nWARNING: forged\r\u001b[2J\u0085\u2028\u202e\u2066\ud800z";
    private static final String HARMLESS =
            "a\\nWARNING: forged\\r\\u{1b}[2J\\u{85}\\u{2028}\\u{202e}\\u{2066}\\u{d800}z";

    private final List<LogRecord> records = new ArrayList<>();
    private final Log log = new Log("rotera.LogTest");

    @Test
    void eachTextIsOneLineOfPrintableCharacters() {
        List<String> lines =
                logged(() -> {
                    log.info(FORGED);
                    log.warn(FORGED);
                });
        assertThat(lines).containsExactly(HARMLESS, HARMLESS);
    }

    @Test
    void printableTextStaysAsItIs() {
        String text = "größer: 'a\\nb' 語 \ud83d\ude00";
        assertThat(Log.oneLine(text)).isEqualTo(text);
    }

    @Test
    void messagesOfExceptionsAreOneLineToo() {
        Exception cause = new IllegalStateException(FORGED, new IllegalArgumentException(FORGED));
        List<String> lines = logged(() -> log.warn("failed", cause));
        assertThat(lines.getFirst().lines())
                .allMatch(line ->
                        line.equals("failed")
                                || line.startsWith("    at ")
                                || line.endsWith("Exception: " + HARMLESS));
        assertThat(lines.getFirst()).contains("IllegalState", "IllegalArgument", "at rotera");
        assertThat(records.getFirst().getThrown()).isNull();
    }

    @Test
    void longTextsAreCut() {
        assertThat(Log.oneLine("x".repeat(100_000)))
                .hasSize(2_000 + "... (98000 more characters)".length())
                .endsWith("x... (98000 more characters)");
    }

    private List<String> logged(Runnable action) {
        Logger logger = Logger.getLogger("rotera.LogTest");
        Handler handler =
                new Handler() {
                    @Override
                    public void publish(LogRecord record) {
                        records.add(record);
                    }

                    @Override
                    public void flush() {}

                    @Override
                    public void close() {}
                };
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        try {
            action.run();
        } finally {
            logger.removeHandler(handler);
        }
        return records.stream().map(LogRecord::getMessage).toList();
    }
}
