package rotera.cli.queues;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import rotera.cli.text.CommandException;
import rotera.cli.text.WholeNumber;
import rotera.client.ConnectOptions;
import rotera.client.QueueAddress;
import rotera.client.RemoteQueue;
import rotera.protocol.QueueInfo;
import rotera.queue.Queue;
import rotera.queue.QueueException;
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
            case Target.OnServer queue ->
                    first(
                            queue,
                            server ->
                                    Servers.connectToStay(
                                            server.host,
                                            server.port,
                                            queue.queue(),
                                            patience.limit()));
            case Target.InFile file -> openFile(file, toWrite);
        };
    }

    private Queue open(Target target, boolean toWrite) {
        return switch (target) {
            case Target.OnServer queue ->
                    first(
                            queue,
                            server -> Servers.connect(server.host, server.port, queue.queue()));
            case Target.InFile file -> openFile(file, toWrite);
        };
    }

    /** The queue on the first of its servers that answers. */
    private Queue first(Target.OnServer queue, Function<Address, Queue> connect) {
        for (QueueAddress.Server server : queue.servers()) {
            try {
                return connect.apply(at(server, queue));
            } catch (CommandException e) {
                boolean unreachable =
                        e.getCause() instanceof QueueException.ConnectionLostException
                                || e.getCause() instanceof QueueException.TimedOutException;
                if (!unreachable || server.equals(queue.servers().getLast())) throw e;
            }
        }
        return connect.apply(this);
    }

    /** The server of this queue: the first that it names, or the one of the options. */
    public Address of(Target.OnServer queue) {
        return queue.servers().isEmpty() ? this : at(queue.servers().getFirst(), queue);
    }

    private Address at(QueueAddress.Server server, Target.OnServer queue) {
        refuseServerOptions(server + "/" + queue.queue());
        Address address = new Address();
        address.command = command;
        address.host = server.host();
        address.port = server.port();
        return address;
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
        refuseServerOptions("the file " + file.path());
    }

    private void refuseServerOptions(String target) {
        for (String name : new String[] {"--port", "--host"}) {
            if (command.commandLine().getParseResult().hasMatchedOption(name)) {
                throw new ParameterException(
                        command.commandLine(),
                        name
                                + " makes no sense with "
                                + target
                                + ": leave it out,"
                                + " or name the queue by its number");
            }
        }
    }
}
