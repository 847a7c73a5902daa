package rotera.cli.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import rotera.bench.ListeningProcess;
import rotera.bench.Load;
import rotera.bench.Place;
import rotera.bench.Run;
import rotera.cli.command.CreateCommand;
import rotera.cli.queues.Address;
import rotera.cli.queues.Servers;
import rotera.cli.queues.Target;
import rotera.cli.system.StopHook;
import rotera.cli.text.ByteSize;
import rotera.cli.text.CommandException;
import rotera.client.ConnectOptions;
import rotera.queue.CreateOptions;
import rotera.queue.QueueException;

/**
 * The queue that {@code bench} drives. One that is made for it is removed when this is closed, and
 * when the program is told to stop.
 */
final class BenchTarget implements AutoCloseable {
    private static final String LISTENING = "rotera: listening on ";

    private final String text;
    private final @Nullable Path scratch;
    private @Nullable Process server;
    private @Nullable Place place;
    private @Nullable StopHook hook;

    private BenchTarget(String text, @Nullable Path scratch) {
        this.text = text;
        this.scratch = scratch;
    }

    /** A queue that is there. A file that is only read is not changed. */
    static BenchTarget existing(
            Target into, boolean toWrite, Address address, @Nullable Long process) {
        BenchTarget target = new BenchTarget(text(into, address), null);
        target.place =
                switch (into) {
                    case Target.InFile file -> {
                        address.openToRead(file).close(); // says what is wrong with it
                        yield new Place.InFile(file.path(), toWrite);
                    }
                    case Target.OnServer queue -> {
                        Address server = address.of(queue);
                        ConnectOptions options =
                                ConnectOptions.of(queue.queue())
                                        .withHost(server.host())
                                        .withPort(server.port())
                                        .withTimeout(Servers.PATIENCE)
                                        .withReconnect(false);
                        Servers.connect(options).close();
                        yield new Place.OnServer(
                                options,
                                process != null
                                        ? OptionalLong.of(process)
                                        : ListeningProcess.find(server.host(), server.port()));
                    }
                };
        return target;
    }

    private static String text(Target into, Address address) {
        return switch (into) {
            case Target.InFile file -> "file " + file.path();
            case Target.OnServer queue -> "queue " + queue.queue() + " on " + address.of(queue);
        };
    }

    /** A new file that is used without a server. */
    static BenchTarget ownFile(Path directory, ByteSize size) {
        BenchTarget target = make("a file of " + size + " in " + directory, directory, size);
        target.place = new Place.InFile(target.file(), true);
        return target;
    }

    /** A new file behind a new server. */
    static BenchTarget ownServer(Path directory, ByteSize size) {
        BenchTarget target =
                make("a server with a file of " + size + " in " + directory, directory, size);
        try {
            Process process = target.startServer();
            ConnectOptions options =
                    ConnectOptions.of("1").withReconnect(false).withPort(port(process));
            target.place = new Place.OnServer(options, OptionalLong.of(process.pid()));
            return target;
        } catch (IOException e) {
            target.close();
            throw new CommandException("cannot start a server: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            target.close();
            throw e;
        }
    }

    private static BenchTarget make(String text, Path directory, ByteSize size) {
        if (!Files.isDirectory(directory)) {
            throw new CommandException(
                    "there is no directory " + directory + ": make it with mkdir -p");
        }
        Path scratch;
        try {
            scratch = Files.createTempDirectory(directory, "rotera-bench-");
        } catch (IOException e) {
            throw new CommandException(
                    "cannot make a file in " + directory + " (" + e + "): choose another --dir", e);
        }
        BenchTarget target = new BenchTarget(text, scratch);
        target.hook = new StopHook(target::remove);
        try {
            CreateCommand.create(target.file(), options(size));
        } catch (RuntimeException e) {
            target.close();
            throw e;
        }
        return target;
    }

    private static CreateOptions options(ByteSize size) {
        try {
            return CreateOptions.ofSize(size.bytes());
        } catch (IllegalArgumentException e) {
            throw new CommandException("--" + e.getMessage(), e);
        }
    }

    private Path file() {
        if (scratch == null) throw new IllegalStateException("not a file of its own");
        return scratch.resolve("1.rot");
    }

    /** As the launcher does. */
    private Process startServer() throws IOException {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-Xmx64m",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "rotera.cli.Main",
                                "server",
                                "--port=0",
                                "--dir=" + scratch));
        Process process = new ProcessBuilder(words).start();
        server = process;
        return process;
    }

    private static int port(Process process) throws IOException {
        List<String> said = new ArrayList<>();
        BufferedReader errors = process.errorReader(StandardCharsets.UTF_8);
        for (String line = errors.readLine(); line != null; line = errors.readLine()) {
            if (line.startsWith(LISTENING)) {
                // Nobody must be kept waiting because nobody reads.
                Thread.ofVirtual().start(() -> errors.lines().forEach(System.err::println));
                return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
            }
            said.add(line);
        }
        throw new IOException("it ended, and said: " + String.join(" / ", said));
    }

    /** What is driven, in words. */
    String text() {
        return text;
    }

    Place place() {
        if (place == null) throw new IllegalStateException("nothing to drive yet");
        return place;
    }

    /** Makes sure that a queue of its own has something to read; another one is left as it is. */
    void fill(Load load) {
        if (scratch != null) Run.fill(load, place());
    }

    /** Ends the server of its own, if there is one, and removes the file. */
    private void remove() {
        if (server != null) {
            server.destroyForcibly();
            server.onExit().join();
        }
        if (scratch == null) return;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(scratch)) {
            for (Path file : files) Files.deleteIfExists(file);
            Files.deleteIfExists(scratch);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + scratch, e);
        }
    }

    @Override
    public void close() {
        if (hook != null) hook.close();
        try {
            if (place != null) place.close();
        } catch (QueueException e) {
            System.err.println("rotera bench: while closing: " + e.getMessage());
        } finally {
            remove();
        }
    }
}
