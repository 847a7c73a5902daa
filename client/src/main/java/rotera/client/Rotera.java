package rotera.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import rotera.protocol.QueueInfo;
import rotera.queue.RotFile;

/** Where programs begin: a queue in a file of this process, or one on a server. */
@SuppressWarnings("DoNotCallSuggester")
public final class Rotera {
    private Rotera() {}

    /** Opens a rot file of this machine, without a server. */
    public static RotFile open(Path file) {
        return RotFile.open(file);
    }

    /**
     * Connects to a queue.
     *
     * @param server {@code HOST:PORT}, or {@code HOST} for port 8245
     * @param queue number or name
     */
    public static RemoteQueue connect(String server, String queue) {
        throw new UnsupportedOperationException();
    }

    /** Connects to a queue. */
    public static RemoteQueue connect(ConnectOptions options) {
        throw new UnsupportedOperationException();
    }

    /** All queues of a server, by number, with their figures. */
    public static List<QueueInfo> queues(String host, int port, Duration timeout) {
        throw new UnsupportedOperationException();
    }
}
