package rotera.compare.contender;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;

/**
 * The library: a push for each batch. Durable: a commit for each. Prompt: a commit for each that is
 * not waited for. Else such a commit with the first batch after 10 ms, which is what the server
 * does with {@code --auto-commit 10ms}.
 */
final class RoteraFile implements Contender {
    private static final long COMMIT_NANOS = 10_000_000;

    private final Setup setup;
    private final Map<Integer, RotFile> files = new HashMap<>();

    RoteraFile(Setup setup) {
        this.setup = setup;
    }

    @Override
    public void start() {
        for (int queue : setup.queues()) {
            Path path = setup.directory().resolve(queue + ".rot");
            CreateOptions options = CreateOptions.ofSize(setup.roomBytes(queue));
            if (!Files.exists(path)) RotFile.create(path, options);
            files.put(queue, RotFile.open(path));
        }
    }

    private RotFile file(int queue) {
        return Objects.requireNonNull(files.get(queue));
    }

    @Override
    public Producer producer(int queue) {
        return new Pushing(file(queue), setup.durable(), setup.prompt());
    }

    private static final class Pushing implements Producer {
        private final Batch batch = new Batch();
        private final RotFile file;
        private final boolean durable;
        private final boolean prompt;
        private long committedNanos = System.nanoTime();

        Pushing(RotFile file, boolean durable, boolean prompt) {
            this.file = file;
            this.durable = durable;
            this.prompt = prompt;
        }

        @Override
        public void add(byte[] message) {
            batch.add(message);
        }

        @Override
        public Ack endBatch() {
            long _ = file.push(batch);
            batch.clear();
            if (durable) {
                long _ = file.commit();
                return Ack.NOW;
            }
            long now = System.nanoTime();
            if (prompt || now - committedNanos >= COMMIT_NANOS) {
                committedNanos = now;
                CompletableFuture<Long> _ = file.commitAsync();
            }
            return Ack.NOW;
        }

        @Override
        public void flush() {
            long _ = file.commit();
        }

        @Override
        public void close() {
            batch.close();
        }
    }

    @Override
    public void read(int queue, Receiver receiver) throws Exception {
        RoteraServer.read(file(queue), receiver);
    }

    @Override
    public List<ProcessHandle> processes() {
        return List.of();
    }

    @Override
    public void close() {
        files.values().forEach(RotFile::close);
        files.clear();
    }
}
