package rotera.cli.queues;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import rotera.cli.text.WholeNumber;
import rotera.client.ConnectOptions;
import rotera.client.RemoteQueue;
import rotera.protocol.QueueInfo;
import rotera.queue.Queue;
import rotera.queue.RotFile;

/** Where the server is: two options that most commands have. */
public final class Address {
    public static final String DEFAULT_PORT = "8245";
    public static final String DEFAULT_HOST = "127.0.0.1";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = DEFAULT_PORT,
            converter = WholeNumber.PortConverter.class,
            description = "Port of the server (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = DEFAULT_HOST,
            description = "Host of the server (default: ${DEFAULT-VALUE}).")
    private String host;

    /** Opens a queue wherever it is, to read. */
    public Queue openToRead(Target target) {
        return open(target, false);
    }

    /** Opens a queue wherever it is, to push and commit. */
    public Queue openToWrite(Target target) {
        return open(target, true);
    }

    /** Opens a queue for a long time: one on a server is found again when that is restarted. */
    public Queue openToStay(Target target, boolean toWrite, Patience patience) {
        return switch (target) {
            case Target.OnServer(String queue) ->
                    Servers.connectToStay(host, port, queue, patience.limit());
            case Target.InFile file -> openFile(file, toWrite);
        };
    }

    private Queue open(Target target, boolean toWrite) {
        return switch (target) {
            case Target.OnServer(String queue) -> Servers.connect(host, port, queue);
            case Target.InFile file -> openFile(file, toWrite);
        };
    }

    private Queue openFile(Target.InFile file, boolean toWrite) {
        refuseServerOptions(file);
        return file.open(toWrite);
    }

    /** All queues of the server. */
    public List<QueueInfo> queues(Duration patience) {
        return Servers.queues(host, port, patience);
    }

    /** For one request about this queue. */
    public ConnectOptions options(String queue) {
        return ConnectOptions.of(queue)
                .withHost(host)
                .withPort(port)
                .withTimeout(Servers.PATIENCE)
                .withReconnect(false);
    }

    public int port() {
        return port;
    }

    public String host() {
        return host;
    }

    /** The number that no other queue has. */
    public static UUID uniqueId(Queue queue) {
        return switch (queue) {
            case RotFile file -> file.uniqueId();
            case RemoteQueue remote -> remote.info().file().uniqueId();
            default -> throw new IllegalArgumentException("an unknown kind of queue: " + queue);
        };
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }

    public void refuseServerOptions(Target.InFile file) {
        for (String name : new String[] {"--port", "--host"}) {
            if (command.commandLine().getParseResult().hasMatchedOption(name)) {
                throw new ParameterException(
                        command.commandLine(),
                        name
                                + " makes no sense with the file "
                                + file.path()
                                + ": leave it out,"
                                + " or name the queue by its number");
            }
        }
    }
}
