package rotera.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;

/** What a queue in this process costs, by the size of its file. Each has gone round. */
final class RingGrowth implements GrowthGroup {
    private static final List<Integer> MEBIBYTES = List.of(64, 256, 1024, 4096, 16_384);
    private static final int MESSAGES_PER_PUSH = 1000;
    private static final int MESSAGE_BYTES = 100;

    /** As many as the smallest file holds. */
    private static final long NEWEST = 400_000;

    private final List<Integer> mebibytes;
    private final List<RotFile> files = new ArrayList<>();
    private final List<QueueWorks> works = new ArrayList<>();

    RingGrowth(Path directory, boolean small) throws IOException {
        mebibytes = small ? MEBIBYTES.subList(0, 3) : MEBIBYTES;
        for (int size : mebibytes) {
            Path path = directory.resolve(size + ".rot");
            RotFile.create(path, CreateOptions.ofSize((long) size << 20));
            RotFile file = RotFile.open(path);
            files.add(file);
            QueueWorks work = new QueueWorks(file, MESSAGES_PER_PUSH, MESSAGE_BYTES);
            works.add(work);
            work.goRound();
        }
    }

    @Override
    public String title() {
        return "file of this size";
    }

    @Override
    public List<String> sizes() {
        return mebibytes.stream()
                .map(size -> size < 1024 ? size + " MiB" : size / 1024 + " GiB")
                .toList();
    }

    @Override
    public Unit unit() {
        return Unit.MESSAGES;
    }

    @Override
    public List<Row> rows() {
        return List.of(
                row("push 1,000 and commit", QueueWorks::pushAndCommit),
                row("push 1,000, commit, read them", QueueWorks::pushCommitAndRead),
                row("push 1,000 without waiting", QueueWorks::push),
                row("push 1 and commit", QueueWorks::commitOne),
                row("replay the newest 400,000", work -> work.replay(NEWEST)),
                row("read 1 of the newest 400,000", work -> work.find(NEWEST)),
                row("read 1 of all", work -> work.find(Long.MAX_VALUE)));
    }

    private interface OneWork {
        long run(QueueWorks work) throws InterruptedException;
    }

    private Row row(String name, OneWork work) {
        return new Row(name, false, size -> work.run(works.get(size)));
    }

    @Override
    public long server(int size) {
        throw new IllegalStateException("no server");
    }

    @Override
    public Beside at(int size) {
        return Beside.NOTHING;
    }

    @Override
    public void close() throws IOException {
        works.forEach(QueueWorks::close);
        for (RotFile file : files) {
            file.close();
            Files.delete(file.path());
        }
    }
}
