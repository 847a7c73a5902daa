package rotera.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import rotera.client.ConnectOptions;
import rotera.client.RemoteQueue;
import rotera.client.Rotera;
import rotera.queue.CreateOptions;
import rotera.queue.Queue;
import rotera.queue.RotFile;

/**
 * What a byte costs, by the size of the messages: pushed and committed about a mebibyte at a time,
 * and read; in a file and on a server.
 */
final class BytesGrowth implements GrowthGroup {
    private static final List<Integer> KIBIBYTES = List.of(10, 100, 1024);
    private static final int PUSH_KIBIBYTES = 1024;
    private static final int NEWEST_KIBIBYTES = 256 << 10;
    private static final long FILE_BYTES = 512 << 20;

    private final Path directory;
    private final List<RotFile> files = new ArrayList<>();
    private final List<QueueWorks> inFiles = new ArrayList<>();
    private final ServerProcess server;
    private final List<RemoteQueue> queues = new ArrayList<>();
    private final List<QueueWorks> served = new ArrayList<>();

    BytesGrowth(Path rotera, Path directory) throws IOException, InterruptedException {
        this.directory = Files.createDirectories(directory.resolve("bytes"));
        for (int i = 0; i < KIBIBYTES.size(); i++) {
            RotFile file = create("file-" + i);
            files.add(file);
            QueueWorks work = works(file, i);
            work.goRound();
            inFiles.add(work);
            try (RotFile other = create(String.valueOf(1 + i));
                    QueueWorks filling = works(other, i)) {
                filling.goRound();
            }
        }
        int port = Served.freePort();
        server = new ServerProcess(rotera, this.directory, port);
        for (int i = 0; i < KIBIBYTES.size(); i++) {
            queues.add(Rotera.connect(ConnectOptions.of(String.valueOf(1 + i)).withPort(port)));
            served.add(works(queues.get(i), i));
        }
    }

    private RotFile create(String name) {
        Path path = directory.resolve(name + ".rot");
        RotFile.create(path, CreateOptions.ofSize(FILE_BYTES));
        return RotFile.open(path);
    }

    private static QueueWorks works(Queue queue, int size) {
        int kibibytes = KIBIBYTES.get(size);
        return new QueueWorks(queue, PUSH_KIBIBYTES / kibibytes, kibibytes << 10);
    }

    @Override
    public String title() {
        return "messages of this size";
    }

    @Override
    public List<String> sizes() {
        return List.of("10 KiB", "100 KiB", "1 MiB");
    }

    @Override
    public Unit unit() {
        return Unit.BYTES;
    }

    @Override
    public List<Row> rows() {
        return List.of(
                row("file: push and commit", false, (work, _) -> work.pushAndCommit()),
                row("file: replay", false, BytesGrowth::replay),
                row("server: push and commit", true, (work, _) -> work.pushAndCommit()),
                row("server: stream", true, BytesGrowth::replay));
    }

    private static long replay(QueueWorks work, int kibibytes) throws InterruptedException {
        return work.replay(NEWEST_KIBIBYTES / kibibytes);
    }

    private interface OneWork {
        long run(QueueWorks work, int kibibytes) throws InterruptedException;
    }

    private Row row(String name, boolean onServer, OneWork work) {
        List<QueueWorks> works = onServer ? served : inFiles;
        return new Row(
                name,
                onServer,
                size -> {
                    int kibibytes = KIBIBYTES.get(size);
                    return work.run(works.get(size), kibibytes) * ((long) kibibytes << 10);
                });
    }

    @Override
    public long server(int size) {
        return server.pid();
    }

    @Override
    public Beside at(int size) {
        return Beside.NOTHING;
    }

    @Override
    public void close() throws IOException {
        inFiles.forEach(QueueWorks::close);
        files.forEach(RotFile::close);
        served.forEach(QueueWorks::close);
        queues.forEach(RemoteQueue::close);
        server.close();
        try (var all = Files.newDirectoryStream(directory)) {
            for (Path file : all) Files.delete(file);
        }
    }
}
