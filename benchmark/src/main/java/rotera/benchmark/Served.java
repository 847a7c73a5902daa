package rotera.benchmark;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import rotera.client.ConnectOptions;
import rotera.client.RemoteQueue;
import rotera.client.Rotera;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;

/** A server of its own, on any free port, with queue 1 to be measured and others beside it. */
final class Served implements AutoCloseable {
    static final int MESSAGES_PER_PUSH = 1000;
    static final int MESSAGE_BYTES = 100;
    private static final long OTHER_BYTES = 96 << 10;
    private static final long NEWEST = 1_000_000;

    private final Path directory;
    private final int port;
    private final ServerProcess process;
    private final RemoteQueue queue;
    private final QueueWorks works;

    /**
     * Starts one.
     *
     * @param directory is made
     * @param others how many queues of the smallest size it has beside the one that is measured,
     *     numbered from 2 on
     */
    Served(Path rotera, Path directory, int others) throws IOException, InterruptedException {
        this.directory = Files.createDirectories(directory);
        Path measured = directory.resolve("1.rot");
        RotFile.create(measured, CreateOptions.ofSize(256 << 20));
        try (RotFile file = RotFile.open(measured);
                QueueWorks filling = new QueueWorks(file, MESSAGES_PER_PUSH, MESSAGE_BYTES)) {
            filling.goRound();
        }
        for (int i = 0; i < others; i++)
            RotFile.create(directory.resolve((2 + i) + ".rot"), CreateOptions.ofSize(OTHER_BYTES));
        port = freePort();
        process = new ServerProcess(rotera, directory, port);
        queue = connect(1);
        works = new QueueWorks(queue, MESSAGES_PER_PUSH, MESSAGE_BYTES);
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    RemoteQueue connect(int number) {
        return Rotera.connect(ConnectOptions.of(String.valueOf(number)).withPort(port));
    }

    /** The works that are measured with queue 1. */
    static List<GrowthGroup.Row> rows(IntFunction<Served> server) {
        return List.of(
                row("push 1,000 and commit", server, QueueWorks::pushAndCommit),
                row("push 1,000 without waiting", server, QueueWorks::pushAsync),
                row("push 1 and commit", server, QueueWorks::commitOne),
                row("stream the newest 1,000,000", server, work -> work.replay(NEWEST)));
    }

    private interface OneWork {
        long run(QueueWorks work) throws InterruptedException;
    }

    private static GrowthGroup.Row row(String name, IntFunction<Served> server, OneWork work) {
        return new GrowthGroup.Row(name, true, size -> work.run(server.apply(size).works));
    }

    long pid() {
        return process.pid();
    }

    int port() {
        return port;
    }

    @Override
    public void close() throws IOException {
        works.close();
        queue.close();
        process.close();
        try (var files = Files.newDirectoryStream(directory)) {
            for (Path file : files) Files.delete(file);
        }
    }
}
