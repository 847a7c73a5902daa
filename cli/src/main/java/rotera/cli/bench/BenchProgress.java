package rotera.cli.bench;

import java.util.Locale;
import rotera.bench.Moment;
import rotera.cli.text.ByteSize;
import rotera.cli.text.Terminal;

/** How it goes, on one line of a terminal that is written anew each second; elsewhere nothing. */
public final class BenchProgress implements AutoCloseable {
    private static final String CLEAR_LINE = "\r\033[K";

    private final boolean shown = Terminal.isStandardError();

    public void show(Moment moment) {
        if (!shown) return;
        String text = line(moment);
        System.err.print(CLEAR_LINE + text);
        System.err.flush();
    }

    public static String line(Moment moment) {
        String use =
                moment.process()
                        .map(process ->
                                String.format(
                                        Locale.ROOT,
                                        ", %.1f cores, %s",
                                        process.cores(),
                                        new ByteSize(process.ownBytes())))
                        .orElse("");
        return String.format(
                Locale.ROOT,
                "%s  %.0f s  %,.0f messages/s%s%s",
                moment.work().label(),
                moment.seconds(),
                moment.messagesPerSecond(),
                use,
                moment.warmingUp() ? "  (warming up)" : "");
    }

    @Override
    public void close() {
        if (shown) System.err.print(CLEAR_LINE);
    }
}
