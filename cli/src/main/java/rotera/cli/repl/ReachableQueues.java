package rotera.cli.repl;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.TypeConversionException;
import rotera.cli.queues.Address;
import rotera.cli.queues.Servers;
import rotera.cli.queues.Target;
import rotera.cli.text.CommandException;
import rotera.client.ConnectOptions;
import rotera.client.QueueAddress;
import rotera.client.Rotera;
import rotera.protocol.QueueInfo;
import rotera.queue.Queue;

/** The queues of a server, and files of this machine. */
record ReachableQueues(Address server) implements ReplQueues {
    /** Somebody sits in front of it. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @Override
    public Queue open(String queue) {
        return switch (target(queue)) {
            case Target.InFile(Path path) -> openFile(path);
            case Target.OnServer(List<QueueAddress.Server> servers, String name) ->
                    connect(
                            servers.isEmpty()
                                    ? new QueueAddress.Server(server.host(), server.port())
                                    : servers.getFirst(),
                            name);
        };
    }

    private static Target target(String queue) {
        try {
            return new Target.Converter().convert(queue);
        } catch (TypeConversionException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
    }

    private static Queue connect(QueueAddress.Server at, String queue) {
        // Not reconnecting: the repl does that itself, and tells.
        return Servers.connect(
                ConnectOptions.of(queue)
                        .withHost(at.host())
                        .withPort(at.port())
                        .withTimeout(PATIENCE)
                        .withReconnect(false));
    }

    private static Queue openFile(Path path) {
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
