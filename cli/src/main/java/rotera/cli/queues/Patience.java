package rotera.cli.queues;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import rotera.cli.text.TimeSpan;

/** How long a command that stays waits for its server. */
public final class Patience {
    @Option(
            names = "--wait",
            paramLabel = "TIME",
            converter = TimeSpan.Converter.class,
            description =
                    "Wait so long for the server, like 30s or 5m (default: not for the first"
                            + " connection, for ever for one that is lost).")
    private @Nullable Duration wait;

    /** Null for the default. */
    public @Nullable Duration limit() {
        return wait;
    }
}
