package rotera.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import rotera.client.RemoteQueue;
import rotera.queue.CreateOptions;
import rotera.queue.MessageStream;
import rotera.queue.Queue;
import rotera.queue.RotFile;
import rotera.queue.Start;

/** What a delivered message costs, by how many read the same queue at once. */
final class ReadersGrowth implements GrowthGroup {
    private static final List<Integer> READERS = List.of(1, 2, 4, 8);
    private static final long NEWEST = 400_000;
    private static final int PUSHES = 100;

    private final RotFile file;
    private final Served server;
    private final RemoteQueue queue;
    private final QueueWorks pushing;
    private final List<QueueWorks> inFile = new ArrayList<>();
    private final List<QueueWorks> served = new ArrayList<>();

    ReadersGrowth(Path rotera, Path directory) throws IOException, InterruptedException {
        Path path = directory.resolve("readers.rot");
        RotFile.create(path, CreateOptions.ofSize(256 << 20));
        file = RotFile.open(path);
        server = new Served(rotera, directory.resolve("readers"), 0);
        queue = server.connect(1);
        pushing = new QueueWorks(queue, Served.MESSAGES_PER_PUSH, Served.MESSAGE_BYTES);
        for (int i = 0; i < READERS.getLast(); i++) {
            inFile.add(new QueueWorks(file, Served.MESSAGES_PER_PUSH, Served.MESSAGE_BYTES));
            served.add(new QueueWorks(queue, Served.MESSAGES_PER_PUSH, Served.MESSAGE_BYTES));
        }
        inFile.getFirst().goRound();
    }

    @Override
    public String title() {
        return "readers of one queue";
    }

    @Override
    public List<String> sizes() {
        return READERS.stream().map(String::valueOf).toList();
    }

    @Override
    public Unit unit() {
        return Unit.MESSAGES;
    }

    @Override
    public List<Row> rows() {
        return List.of(
                new Row("file: replay", false, size -> replay(inFile, size)),
                new Row("server: stream what is there", true, size -> replay(served, size)),
                new Row("server: follow 1,000 per commit", true, this::follow));
    }

    private static long replay(List<QueueWorks> readers, int size) {
        List<CompletableFuture<Long>> replays = new ArrayList<>();
        for (QueueWorks reader : readers.subList(0, READERS.get(size)))
            replays.add(inThread(() -> reader.replay(NEWEST)));
        return replays.stream().mapToLong(CompletableFuture::join).sum();
    }

    /** All follow while a hundred pushes are made, each with its commit. */
    private long follow(int size) {
        long from = queue.ping().next();
        long total = (long) PUSHES * Served.MESSAGES_PER_PUSH;
        List<CompletableFuture<Long>> followers = new ArrayList<>();
        for (int i = 0; i < READERS.get(size); i++)
            followers.add(inThread(() -> follow(queue, from, total)));
        for (int i = 0; i < PUSHES; i++) pushing.pushAndCommit();
        return followers.stream().mapToLong(CompletableFuture::join).sum();
    }

    private static long follow(Queue queue, long from, long total) throws InterruptedException {
        long count = 0;
        try (MessageStream stream = queue.stream(Start.id(from), total)) {
            while (!stream.isEnded()) count += stream.take().count();
        }
        return count;
    }

    private static CompletableFuture<Long> inThread(Cost.Piece piece) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return piece.run();
                    } catch (IOException | InterruptedException e) {
                        throw new CompletionException(e);
                    }
                },
                task -> Thread.ofPlatform().daemon().name("reader").start(task));
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
        inFile.forEach(QueueWorks::close);
        served.forEach(QueueWorks::close);
        pushing.close();
        queue.close();
        file.close();
        server.close();
    }
}
