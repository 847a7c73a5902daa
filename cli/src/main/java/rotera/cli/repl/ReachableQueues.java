package rotera.cli.repl;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import rotera.cli.queues.Address;
import rotera.cli.queues.Servers;
import rotera.cli.text.CommandException;
import rotera.client.ConnectOptions;
import rotera.client.Rotera;
import rotera.protocol.QueueInfo;
import rotera.queue.Queue;

/** The queues of a server, and files of this machine. */
record ReachableQueues(Address server) implements ReplQueues {
    /** Somebody sits in front of it. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @Override
    public Queue open(String queue) {
        if (ReplQueues.isFile(queue)) return openFile(queue);
        // Not reconnecting: the repl does that itself, and tells.
        return Servers.connect(
                ConnectOptions.of(queue)
                        .withHost(server.host())
                        .withPort(server.port())
                        .withTimeout(PATIENCE)
                        .withReconnect(false));
    }

    private static Queue openFile(String name) {
        Path path;
        try {
            path = Path.of(name);
        } catch (InvalidPathException e) {
            throw new CommandException("'" + name + "' is not a file name: " + e.getReason(), e);
        }
        if (Files.notExists(path)) {
            throw new CommandException(
                    "there is no file " + path + ": make it with: rotera create " + path);
        }
        return Rotera.open(path);
    }

    @Override
    public List<QueueInfo> list() {
        return server.queues(PATIENCE);
    }
}
