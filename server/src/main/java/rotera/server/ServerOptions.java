package rotera.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** What a server serves, and where. */
public final class ServerOptions {

    /** Where the original listened. */
    public static final int DEFAULT_PORT = 8245;

    /** Reachable from this machine only. */
    public static final String DEFAULT_HOST = "127.0.0.1";

    private final Path directory;
    private final String host;
    private final int port;
    private final Optional<Duration> autoCommit;

    private ServerOptions(Path directory, String host, int port, Optional<Duration> autoCommit) {
        if (port < 0 || port > 65_535)
            throw new IllegalArgumentException("port=" + port + " is not within 0 and 65535");
        if (autoCommit.isPresent() && !autoCommit.get().isPositive())
            throw new IllegalArgumentException(
                    "autoCommit=" + autoCommit.get() + " is not more than 0");
        this.directory = directory;
        this.host = host;
        this.port = port;
        this.autoCommit = autoCommit;
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

    /** Every file {@code NUMBER.rot} in it is a queue. */
    public Path directory() {
        return directory;
    }

    /** Name or address to listen on. */
    public String host() {
        return host;
    }

    /** 0 for any free one. */
    public int port() {
        return port;
    }

    /** Commits this long after a push, if no client did before; empty for never. */
    public Optional<Duration> autoCommit() {
        return autoCommit;
    }
}
