package rotera.cli.queues;

import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import rotera.cli.text.CommandException;
import rotera.client.ConnectOptions;
import rotera.client.RemoteQueue;
import rotera.client.Rotera;
import rotera.protocol.QueueInfo;
import rotera.queue.QueueException;

/** Reaches the queues of servers; what fails says how to go on. */
public final class Servers {
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    /** How a server begins that knows no more. */
    private static final String THERE_IS_NONE = "there is no queue";

    private static final Duration FOR_EVER = Duration.ofDays(100 * 365);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private Servers() {}

    /**
     * Connects to a queue, for some calls.
     *
     * @param queue number or name
     */
    public static RemoteQueue connect(String host, int port, String queue) {
        return connect(
                ConnectOptions.of(queue)
                        .withHost(host)
                        .withPort(port)
                        .withTimeout(PATIENCE)
                        .withReconnect(false));
    }

    /**
     * Connects to a queue, to stay: a server that is lost is waited for, which is said.
     *
     * @param limit how long a first and a lost connection are waited for; null for not at all and
     *     for ever
     */
    static RemoteQueue connectToStay(
            String host, int port, String queue, @Nullable Duration limit) {
        ConnectionNotices notices = new ConnectionNotices(host + ":" + port);
        ConnectOptions options =
                ConnectOptions.of(queue)
                        .withHost(host)
                        .withPort(port)
                        .withTimeout(limit == null ? FOR_EVER : limit)
                        .withListener(notices);
        long end = System.nanoTime() + (limit == null ? 0 : limit.toNanos());
        while (true) {
            try {
                RemoteQueue connected = connect(options);
                notices.resumed();
                return connected;
            } catch (CommandException e) {
                Throwable why = e.getCause();
                boolean unreachable =
                        why instanceof QueueException.ConnectionLostException
                                || why instanceof QueueException.TimedOutException;
                if (why == null || !unreachable || end - System.nanoTime() <= 0) throw e;
                notices.waiting(reason(why.getCause() == null ? why : why.getCause()));
            }
            LockSupport.parkNanos(Math.min(RETRY_NANOS, Math.max(1, end - System.nanoTime())));
        }
    }

    public static RemoteQueue connect(ConnectOptions options) {
        String host = options.host();
        int port = options.port();
        String queue = options.queue();
        checkHost(host);
        try {
            return Rotera.connect(options);
        } catch (QueueException.ConnectionLostException | QueueException.TimedOutException e) {
            throw unreachable(host, port, isNumber(queue) ? queue : "55", e);
        } catch (QueueException.UnknownQueueException e) {
            throw unknown(host, port, queue, e);
        }
    }

    /** A server that has a reason says it: the file is there, but cannot be opened, for example. */
    private static CommandException unknown(
            String host, int port, String queue, QueueException.UnknownQueueException e) {
        String said = String.valueOf(e.getMessage());
        String text =
                said.startsWith(THERE_IS_NONE)
                        ? "the server on %s:%d does not know queue %s%s: rotera queues lists those it has; %s"
                                .formatted(host, port, queue, hintOfFile(queue), howToMake(queue))
                        : "the server on %s:%d: %s".formatted(host, port, said);
        return new CommandException(text, e);
    }

    /** All queues of a server. */
    public static List<QueueInfo> queues(String host, int port, Duration patience) {
        checkHost(host);
        try {
            return Rotera.queues(host, port, patience);
        } catch (QueueException.ConnectionLostException | QueueException.TimedOutException e) {
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
                e instanceof QueueException.TimedOutException || reason instanceof SocketException;
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
