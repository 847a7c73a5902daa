package rotera.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What a server serves, and where.
 *
 * @param directory every file {@code NUMBER.rot} in it is a queue
 * @param host name or address to listen on
 * @param port 0 for any free one
 * @param autoCommit commits this long after a push, if no client did before; empty for never
 */
public record ServerOptions(Path directory, String host, int port, Optional<Duration> autoCommit) {
    /** Where the original listened. */
    public static final int DEFAULT_PORT = 8245;

    /** Reachable from this machine only. */
    public static final String DEFAULT_HOST = "127.0.0.1";

    public ServerOptions {
        if (port < 0 || port > 65_535)
            throw new IllegalArgumentException("port=" + port + " is not within 0 and 65535");
        if (autoCommit.isPresent() && !autoCommit.get().isPositive())
            throw new IllegalArgumentException(
                    "autoCommit=" + autoCommit.get() + " is not more than 0");
    }

    /** The queues of a directory, on loopback, without commits of its own. */
    public static ServerOptions of(Path directory) {
        return new ServerOptions(directory, DEFAULT_HOST, DEFAULT_PORT, Optional.empty());
    }

    public ServerOptions withPort(int port) {
        return new ServerOptions(directory, host, port, autoCommit);
    }

    public ServerOptions withHost(String host) {
        return new ServerOptions(directory, host, port, autoCommit);
    }

    public ServerOptions withAutoCommit(Duration autoCommit) {
        return new ServerOptions(directory, host, port, Optional.of(autoCommit));
    }
}
