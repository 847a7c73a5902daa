package rotera.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counts what the hot paths allocate on the Java heap. */
class AllocationTest {
    private static final int ROUNDS = 2000;
    private static final int MESSAGES = 1000;

    @TempDir Path directory;

    @Test
    void pushingAndReadingAllocateNothingForAMessage() {
        Path path = directory.resolve("1.rot");
        RotFile.create(path, CreateOptions.ofSize(4 << 20));
        byte[] message = new byte[100];
        try (RotFile file = RotFile.open(path);
                Batch batch = new Batch();
                Messages messages = new Messages()) {
            Runnable push =
                    () -> {
                        batch.clear();
                        for (int i = 0; i < MESSAGES; i++) batch.add(message);
                        file.push(batch);
                    };
            push.run();
            file.commit();
            assertThat(bytesPerMessage(push)).isLessThan(4); // a few objects for 1,000
            assertThat(bytesPerMessage(() -> readAll(file, messages))).isLessThan(4);
        }
    }

    @Test
    void pushOfAKnownProducerAllocatesNothingMore() {
        assertThat(bytesPerPush(true) - bytesPerPush(false)).isLessThan(8);
    }

    /** Of a small push; with a producer, whose own object is not counted. */
    private double bytesPerPush(boolean known) {
        Path path = directory.resolve(known + ".rot");
        RotFile.create(path, CreateOptions.ofSize(64 << 20));
        byte[] message = new byte[8];
        Producer[] producers = new Producer[2 * ROUNDS];
        for (int i = 0; i < producers.length; i++)
            producers[i] = new Producer(Long.MIN_VALUE + i % 7, 1, i);
        int[] next = {0};
        try (RotFile file = RotFile.open(path);
                Batch batch = new Batch()) {
            for (int i = 0; i < 7; i++)
                file.push(batch.clear().add(message).producer(producers[i]));
            return MESSAGES
                    * bytesPerMessage(() -> {
                        Producer producer = producers[next[0]++];
                        batch.clear().add(message);
                        if (known) batch.producer(producer);
                        file.push(batch);
                        file.push(batch);
                    });
        }
    }

    private static void readAll(RotFile file, Messages messages) {
        long id = Math.max(0, file.ping().next() - MESSAGES);
        while (file.read(id, MESSAGES, messages) > 0) {
            while (messages.next()) {
                if (messages.length() != 100) throw new AssertionError(messages.length());
            }
            id = messages.nextId();
        }
    }

    private static double bytesPerMessage(Runnable work) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < ROUNDS; i++) work.run();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < ROUNDS; i++) work.run();
        return (double) (threads.getCurrentThreadAllocatedBytes() - before) / ROUNDS / MESSAGES;
    }
}
