package rotera.cli;

import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import rotera.client.ConnectOptions;
import rotera.client.RemoteQueue;
import rotera.client.Rotera;
import rotera.protocol.QueueInfo;
import rotera.queue.QueueException;

/** Reaches the queues of servers; what fails says how to go on. */
final class Servers {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private Servers() {}

    /**
     * Connects to a queue.
     *
     * @param queue number or name
     * @param reconnect whether a server that is restarted is waited for
     */
    static RemoteQueue connect(String host, int port, String queue, boolean reconnect) {
        return connect(new ConnectOptions(host, port, queue, PATIENCE, reconnect));
    }

    static RemoteQueue connect(ConnectOptions options) {
        String host = options.host();
        int port = options.port();
        String queue = options.queue();
        checkHost(host);
        try {
            return Rotera.connect(options);
        } catch (QueueException.ConnectionLost | QueueException.TimedOut e) {
            throw unreachable(host, port, isNumber(queue) ? queue : "55", e);
        } catch (QueueException.UnknownQueue e) {
            throw new CommandException(
                    "the server on %s:%d does not know queue %s%s: rotera queues lists those it has; %s"
                            .formatted(host, port, queue, hintOfFile(queue), howToMake(queue)),
                    e);
        }
    }

    /** All queues of a server. */
    static List<QueueInfo> queues(String host, int port, Duration patience) {
        checkHost(host);
        try {
            return Rotera.queues(host, port, patience);
        } catch (QueueException.ConnectionLost | QueueException.TimedOut e) {
            throw unreachable(host, port, "55", e);
        }
    }

    private static void checkHost(String host) {
        if (new InetSocketAddress(host, 0).isUnresolved())
            throw new CommandException("the host " + host + " is not known: check --host");
    }

    private static CommandException unreachable(
            String host, int port, String queue, QueueException e) {
        Throwable reason = e.getCause() == null ? e : e.getCause();
        boolean nobodyListens =
                e instanceof QueueException.TimedOut || reason instanceof SocketException;
        String text =
                nobodyListens
                        ? "no server answers on %s:%d (%s): start one with: rotera server --create %s, or give its --port and --host"
                        : "what answers on %s:%d is not a Rotera server (%s): check --port and --host";
        return new CommandException(text.formatted(host, port, reason(reason), queue), e);
    }

    private static String reason(Throwable e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    private static String howToMake(String queue) {
        return isNumber(queue)
                ? "rotera server --create " + queue + " makes that one"
                : "rotera create --name " + queue + " NUMBER.rot in its directory makes that one";
    }

    private static String hintOfFile(String queue) {
        return Files.exists(Path.of(".").resolve(queue))
                ? " (to use the file without a server, write ./" + queue + ")"
                : "";
    }

    private static boolean isNumber(String queue) {
        return queue.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
