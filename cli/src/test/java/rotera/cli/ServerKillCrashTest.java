package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.cli.Program.ServerProcess;
import rotera.client.ConnectOptions;
import rotera.client.Rotera;
import rotera.queue.Batch;
import rotera.queue.Messages;
import rotera.queue.Queue;
import rotera.queue.QueueException;
import rotera.queue.Status;

/**
 * Kills a server under load, again and again, and compares what it serves afterwards with a record
 * that was kept outside: I1 (nothing that a commit returned is gone), I2, I3 (same bytes under the
 * same ids), I5 (whole pushes, a prefix of what was pushed).
 */
@Tag("slow")
final class ServerKillCrashTest {
    private static final int ROUNDS = Integer.getInteger("rotera.kills", 20);
    private static final int QUEUES = 3;
    private static final int PUSHES_PER_COMMIT = 3;

    @TempDir private Path directory;

    @Test
    void killedServerKeepsAllThatWasCommitted() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<Producer> producers = new ArrayList<>();
        for (int queue = 0; queue < QUEUES; queue++)
            producers.add(new Producer(queue, random.nextLong()));

        for (int round = 0; round < ROUNDS; round++) {
            try (ServerProcess server =
                    ServerProcess.start(
                            directory, "--create=0:1MiB", "--create=1:1MiB", "--create=2:16MiB")) {
                for (Producer producer : producers) producer.verify(server.port());
                CountDownLatch committed = new CountDownLatch(QUEUES);
                List<Thread> threads = new ArrayList<>();
                for (Producer producer : producers) {
                    threads.add(
                            Thread.ofPlatform()
                                    .start(() -> producer.produce(server.port(), committed)));
                }
                committed.await();
                Thread.sleep(random.nextInt(300));
                server.kill();
                for (Thread thread : threads) thread.join();
            }
        }
        try (ServerProcess server = ServerProcess.start(directory)) {
            for (Producer producer : producers) producer.verify(server.port());
        }
        for (Producer producer : producers)
            assertThat(producer.acknowledged.size()).isGreaterThan(ROUNDS);
    }

    /** Pushes to one queue, and remembers what the server said about it. */
    private static final class Producer {
        private final int queue;
        private final Random random;
        private final List<String> acknowledged = new ArrayList<>();
        private final List<List<String>> unknown = new ArrayList<>();
        private long made;

        Producer(int queue, long seed) {
            this.queue = queue;
            this.random = new Random(seed);
        }

        /** Until the server is gone. */
        void produce(int port, CountDownLatch committed) {
            boolean first = true;
            try (Queue connection = connect(port);
                    Batch batch = new Batch()) {
                while (true) {
                    for (int i = 0; i < PUSHES_PER_COMMIT; i++) push(connection, batch);
                    long next = connection.commit();
                    unknown.forEach(acknowledged::addAll);
                    unknown.clear();
                    assertThat(next).isEqualTo(acknowledged.size());
                    if (first) committed.countDown();
                    first = false;
                }
            } catch (QueueException e) {
                // Killed, as intended.
            }
        }

        /** A connection made again would push again what the record does not know. */
        private Queue connect(int port) {
            return Rotera.connect(
                    ConnectOptions.of(Integer.toString(queue)).withPort(port).withReconnect(false));
        }

        private void push(Queue connection, Batch batch) {
            List<String> messages = new ArrayList<>();
            int count = 1 + random.nextInt(20);
            for (int i = 0; i < count; i++) {
                String text = queue + " " + made++ + " " + "x".repeat(random.nextInt(200));
                messages.add(text);
                batch.add(text);
            }
            unknown.add(messages);
            connection.push(batch);
            batch.clear();
        }

        /** Compares what is served with the record, and takes over what was not known. */
        void verify(int port) {
            List<String> served = new ArrayList<>();
            long oldest;
            long next;
            try (Queue connection = connect(port);
                    Messages messages = new Messages()) {
                Status status = connection.ping();
                oldest = status.oldest();
                next = status.next();
                for (long id = oldest; connection.read(id, 1000, messages) > 0; ) {
                    while (messages.next())
                        served.add(new String(messages.toByteArray(), StandardCharsets.UTF_8));
                    id = messages.nextId();
                }
            }
            assertThat(next).as("I1").isGreaterThanOrEqualTo(acknowledged.size());
            assertThat(oldest + served.size()).as("dense to the end").isEqualTo(next);
            for (List<String> push : unknown) {
                if (acknowledged.size() >= next) break;
                acknowledged.addAll(push);
            }
            unknown.clear();
            assertThat(next).as("I5: whole pushes").isEqualTo(acknowledged.size());
            made = next;
            for (int i = 0; i < served.size(); i++) {
                long id = oldest + i;
                assertThat(served.get(i)).isEqualTo(acknowledged.get((int) id));
            }
        }
    }
}
