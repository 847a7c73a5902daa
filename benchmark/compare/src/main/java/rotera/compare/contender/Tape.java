package rotera.compare.contender;

import com.squareup.tape2.QueueFile;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * square/tape's {@code QueueFile}: every add syncs, and there is no other way. One thread at a
 * time; a reader cannot follow a writer.
 */
final class Tape implements Contender {
    private final Setup setup;
    private final Map<Integer, QueueFile> queues = new HashMap<>();

    Tape(Setup setup) {
        this.setup = setup;
    }

    @Override
    public void start() throws IOException {
        for (int queue : setup.queues()) {
            queues.put(
                    queue,
                    new QueueFile.Builder(
                                    setup.directory().resolve("queue-" + queue + ".tape").toFile())
                            .build());
        }
    }

    private QueueFile queue(int queue) {
        return Objects.requireNonNull(queues.get(queue));
    }

    @Override
    public Producer producer(int queue) {
        long kept = setup.keepAtMost() ? setup.roomBytes() / setup.messageBytes() : Long.MAX_VALUE;
        return new Adding(queue(queue), kept);
    }

    private record Adding(QueueFile queue, long kept) implements Producer {
        @Override
        public void add(byte[] message) throws IOException {
            if (queue.size() >= kept) queue.remove();
            queue.add(message);
        }

        @Override
        public Ack endBatch() {
            return Ack.NOW;
        }

        @Override
        public void close() {}
    }

    @Override
    public void read(int queue, Receiver receiver) {
        for (byte[] message : queue(queue)) receiver.take(message);
    }

    @Override
    public List<ProcessHandle> processes() {
        return List.of();
    }

    @Override
    public void close() throws IOException {
        for (QueueFile queue : queues.values()) queue.close();
        queues.clear();
    }
}
