package rotera.cli.command;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import rotera.cli.queues.Address;
import rotera.cli.queues.Servers;
import rotera.cli.queues.Target;
import rotera.cli.text.Exit;
import rotera.cli.text.Output;
import rotera.cli.text.Printer;
import rotera.cli.text.Separator;
import rotera.cli.text.Terminal;
import rotera.cli.text.WholeNumber;
import rotera.queue.MessageStream;
import rotera.queue.Queue;
import rotera.queue.Start;
import rotera.queue.Status;

/** {@code rotera client}, also {@code rotera-client}: the commands and options of the original. */
@Command(
        name = "client",
        mixinStandardHelpOptions = true,
        description = "The original's rotera-client, with its options and its wording.",
        subcommands = {
            ClientCommand.Ping.class,
            ClientCommand.Push.class,
            ClientCommand.Read.class,
            ClientCommand.Stream.class
        },
        footer = {
            "",
            "Examples:",
            "  rotera-client ping 55",
            "  rotera-client -p 8300 push -c 100 55 < /var/log/syslog",
            "  rotera-client read -i 0 -n 10 -p 55"
        })
public final class ClientCommand implements Runnable {
    @CommandLine.Spec private CommandLine.Model.CommandSpec command;

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            defaultValue = Address.DEFAULT_PORT,
            converter = WholeNumber.PortConverter.class,
            description = "Port of the server on this machine (default: ${DEFAULT-VALUE}).")
    private int port;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                command.commandLine(), "name a command: ping, push, read or stream");
    }

    private Queue open(long queue) {
        return Servers.connect(Address.DEFAULT_HOST, port, Long.toString(queue));
    }

    /** Which messages to print: the options of read and stream. */
    static final class Wanted {
        @Option(
                names = {"-i", "--id"},
                paramLabel = "ID",
                defaultValue = "0",
                converter = WholeNumber.Converter.class,
                description = "First message (default: ${DEFAULT-VALUE}).")
        private long id;

        @Option(
                names = {"-n", "--count"},
                paramLabel = "N",
                defaultValue = "1",
                converter = WholeNumber.Converter.class,
                description = "How many messages (default: ${DEFAULT-VALUE}).")
        private long count;

        @Option(
                names = {"-p", "--print-ids"},
                description = "Print the id before each message.")
        private boolean printIds;

        Printer printer() {
            return new Printer(
                    new Output(),
                    Printer.Format.TEXT,
                    printIds ? List.of(Printer.Column.ID) : List.of(),
                    '\n',
                    Terminal.isStandardOutput(),
                    true);
        }
    }

    @Command(
            name = "ping",
            mixinStandardHelpOptions = true,
            description = "Tells the next id and whether the server is alive.")
    public static final class Ping implements Callable<Integer> {
        @ParentCommand private ClientCommand client;

        @Parameters(paramLabel = "QUEUE", converter = Target.NumberConverter.class)
        private long queue;

        @Override
        public Integer call() {
            try (Queue opened = client.open(queue)) {
                Status status = opened.ping();
                System.out.println(
                        "Next message is "
                                + status.next()
                                + (status.alive()
                                        ? ". Server is alive."
                                        : ". Server shutting down."));
            }
            return Exit.OK;
        }
    }

    @Command(
            name = "push",
            mixinStandardHelpOptions = true,
            description =
                    "Pushes the lines of standard input that are not blank, commits at the end.")
    public static final class Push implements Callable<Integer> {
        @ParentCommand private ClientCommand client;

        @Option(
                names = {"-c", "--chunk"},
                paramLabel = "CHUNK",
                defaultValue = "24",
                converter = WholeNumber.ChunkConverter.class,
                description = "Messages per push (default: ${DEFAULT-VALUE}).")
        private int chunk;

        @Option(names = "--no-commit", description = "Leave the commit to others.")
        private boolean noCommit;

        @Parameters(paramLabel = "QUEUE", converter = Target.NumberConverter.class)
        private long queue;

        @Override
        public Integer call() throws InterruptedException {
            Queue opened = client.open(queue);
            int code =
                    PushCommand.push(
                            opened,
                            System.in,
                            new Pusher.Options(
                                    Separator.LINE_END, chunk, true, 0, 0, !noCommit, true));
            // Closing commits; without it the connection ends with the program.
            if (!noCommit) opened.close();
            return code;
        }
    }

    @Command(
            name = "read",
            mixinStandardHelpOptions = true,
            description = "Prints the messages that are there now.")
    public static final class Read implements Callable<Integer> {
        @ParentCommand private ClientCommand client;
        @Mixin private Wanted wanted;

        @Parameters(paramLabel = "QUEUE", converter = Target.NumberConverter.class)
        private long queue;

        @Override
        public Integer call() {
            try (Queue opened = client.open(queue)) {
                Reading.print(
                        opened,
                        wanted.id,
                        wanted.count,
                        Long.MAX_VALUE,
                        wanted.printer(),
                        next -> {});
            }
            return Exit.OK;
        }
    }

    @Command(
            name = "stream",
            mixinStandardHelpOptions = true,
            description = "Prints messages and waits for those that are not there yet.")
    public static final class Stream implements Callable<Integer> {
        @ParentCommand private ClientCommand client;
        @Mixin private Wanted wanted;

        @Option(
                names = {"-c", "--chunk"},
                paramLabel = "CHUNK",
                defaultValue = "64",
                converter = WholeNumber.ChunkConverter.class,
                description = "Messages per batch (default: ${DEFAULT-VALUE}).")
        private int chunk;

        @Parameters(paramLabel = "QUEUE", converter = Target.NumberConverter.class)
        private long queue;

        @Override
        public Integer call() {
            try (Queue opened = client.open(queue);
                    MessageStream stream = opened.stream(Start.id(wanted.id), wanted.count)) {
                return new Following(stream.chunk(chunk), wanted.printer(), null).run()
                        ? Exit.OK
                        : Exit.FAILED;
            }
        }
    }
}
