package rotera.cli.command;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import rotera.cli.queues.Address;
import rotera.cli.queues.NewFile;
import rotera.cli.queues.NewQueue;
import rotera.cli.system.Termination;
import rotera.cli.text.CommandException;
import rotera.cli.text.Exit;
import rotera.cli.text.TimeSpan;
import rotera.cli.text.WholeNumber;
import rotera.queue.CreateOptions;
import rotera.server.Server;
import rotera.server.ServerOptions;

/** {@code rotera server}. */
@Command(
        name = "server",
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        description = "Serves the queues of a directory: all files named NUMBER.rot.",
        footer = {
            "",
            "Ends in good order on SIGTERM and SIGINT, with exit code 0. A kill -9 loses nothing that "
                    + "was committed.",
            "",
            "Examples:",
            "  rotera server --create 55                 one command to begin",
            "  rotera server --dir /var/lib/rotera --create 1:64MiB,2:10GiB",
            "  rotera server --config /etc/rotera.conf   see docs/operations.md",
            "  rotera server --auto-commit 10ms          for clients that never commit",
            "  rotera server --create 55 --kafka 9092    see docs/kafka.md"
        })
public final class ServerCommand implements Callable<Integer> {
    @Spec private CommandSpec command;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "More options, a NAME=VALUE per line; those here win.")
    private @Nullable Path config;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = ".",
            description = "Directory of the queues (default: the current one).")
    private Path directory;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = Address.DEFAULT_PORT,
            converter = WholeNumber.PortConverter.class,
            description = "Port to listen on, 0 for any (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = Address.DEFAULT_HOST,
            description = "Address to listen on (default: ${DEFAULT-VALUE}).")
    private String host;

    @Option(
            names = "--create",
            paramLabel = "ID[:SIZE],...",
            hideParamSyntax = true,
            split = ",",
            converter = NewQueue.Converter.class,
            description = "Make this queue if it is not there; repeatable (default size: 1GiB).")
    private List<NewQueue> create = new ArrayList<>();

    @Option(
            names = "--auto-commit",
            paramLabel = "TIME",
            converter = TimeSpan.Converter.class,
            description = "Commit pushes by itself after this time, as 10ms.")
    private @Nullable Duration autoCommit;

    @Mixin private KafkaOptionsMixin kafka;

    @Override
    public Integer call() throws InterruptedException {
        if (config != null) readConfig(config);
        directory = directory.toAbsolutePath().normalize();
        for (NewQueue queue : create) createIfMissing(queue);
        if (!Files.isDirectory(directory)) {
            throw new CommandException(
                    "there is no directory " + directory + ": make it, or add --create 55");
        }
        NewFile.removeLeftovers(directory);
        Server server = open();
        Termination.closesLater(server);
        KafkaPort kafkaPort = kafka.open(server);
        if (kafkaPort != null) Termination.closesLater(kafkaPort);
        // All ports open together, and are told when all of them are open.
        listen(server);
        if (kafkaPort != null) {
            kafkaPort.listen();
            System.err.println("rotera: listening for Kafka programs on " + kafkaPort);
        }
        System.err.println("rotera: listening on " + host + ":" + server.port());
        new CountDownLatch(1).await();
        return Exit.OK;
    }

    /** Parses once more, with what the file says in front. */
    private void readConfig(Path file) {
        CommandLine line = command.commandLine();
        List<String> words = ServerSettings.read(file).asOptions(line.getParseResult());
        List<String> given = line.getParseResult().originalArgs();
        words.addAll(given.subList(given.indexOf(line.getCommandName()) + 1, given.size()));
        line.parseArgs(words.toArray(String[]::new));
    }

    private void createIfMissing(NewQueue queue) {
        Path path = directory.resolve(queue.number() + ".rot");
        if (Files.notExists(path)) {
            CreateCommand.makeDirectories(path);
            CreateCommand.create(path, CreateOptions.ofSize(queue.size().bytes()));
            System.err.println("rotera: created " + path + " of " + queue.size());
        }
    }

    private Server open() {
        if (new InetSocketAddress(host, port).isUnresolved())
            throw new CommandException("the host " + host + " is not known: check --host");
        try {
            ServerOptions options = ServerOptions.of(directory).withHost(host).withPort(port);
            return Server.open(autoCommit == null ? options : options.withAutoCommit(autoCommit));
        } catch (IOException e) {
            throw cannotServe(e);
        }
    }

    private void listen(Server server) {
        try {
            server.listen();
        } catch (IOException e) {
            throw e.getCause() instanceof BindException bind
                    ? new CommandException(
                            ("cannot listen on port %d of %s (%s): end the program that has it"
                                            + " (ss -ltnp tells which), or choose another with --port")
                                    .formatted(port, host, bind.getMessage()),
                            e)
                    : cannotServe(e);
        }
    }

    private CommandException cannotServe(IOException e) {
        return new CommandException(
                "cannot serve %s on port %d of %s: %s"
                        .formatted(directory, port, host, e.getMessage()),
                e);
    }
}
