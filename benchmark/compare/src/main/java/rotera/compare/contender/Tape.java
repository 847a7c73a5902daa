package rotera.compare.contender;

import com.squareup.tape2.QueueFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * square/tape's {@code QueueFile}: every add syncs, and there is no other way. One thread at a
 * time; a reader cannot follow a writer.
 */
final class Tape implements Contender {
    private final Setup setup;
    private final List<QueueFile> queues = new ArrayList<>();

    Tape(Setup setup) {
        this.setup = setup;
    }

    @Override
    public void start() throws IOException {
        for (int queue : List.of(WARM_UP, MEASURED)) {
            queues.add(
                    new QueueFile.Builder(
                                    setup.directory().resolve("queue-" + queue + ".tape").toFile())
                            .build());
        }
    }

    @Override
    public Producer producer(int queue) {
        long kept = setup.keepAtMost() ? setup.roomBytes() / setup.messageBytes() : Long.MAX_VALUE;
        return new Adding(queues.get(queue - 1), kept);
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
        for (byte[] message : queues.get(queue - 1)) receiver.take(message);
    }

    @Override
    public List<ProcessHandle> processes() {
        return List.of();
    }

    @Override
    public void close() throws IOException {
        for (QueueFile queue : queues) queue.close();
        queues.clear();
    }
}
