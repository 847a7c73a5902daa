package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.cli.Program.ServerProcess;
import rotera.client.ConnectOptions;
import rotera.client.RemoteQueue;
import rotera.client.Rotera;
import rotera.queue.Batch;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.Start;
import rotera.queue.Status;

/**
 * Kills a server, again and again, under clients that reconnect by themselves and never push
 * anything twice: everything that they pushed is there once and in order, and who follows the queue
 * sees it without a gap.
 */
@Tag("slow")
final class ReconnectKillCrashTest {
    private static final int KILLS = 12;
    private static final int PRODUCERS = 2;
    private static final long PATIENCE_SECONDS = 60;

    @TempDir private Path directory;

    /** One more before each kill and after it: even while a server runs undisturbed. */
    private final AtomicInteger disturbances = new AtomicInteger();

    /** Only a connection that was there once comes back by itself. */
    private final CountDownLatch connecting = new CountDownLatch(PRODUCERS + 1);

    private final AtomicBoolean enough = new AtomicBoolean();

    /** Where a queue ends, once nobody pushes any more. */
    private volatile long end = Long.MAX_VALUE;

    @Test
    void nothingIsLostOrKeptTwiceWhenServersAreKilled() throws Exception {
        long seed = Long.getLong("rotera.firstSeed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        ServerProcess server = ServerProcess.start(directory, "--create=0:64MiB");
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            ConnectOptions options =
                    ConnectOptions.of("0")
                            .withPort(server.port())
                            .withTimeout(Duration.ofSeconds(PATIENCE_SECONDS));
            List<Producer> producers = new ArrayList<>();
            List<CompletableFuture<Void>> working = new ArrayList<>();
            for (int i = 0; i < PRODUCERS; i++) {
                Producer producer = new Producer(i, random.nextLong());
                producers.add(producer);
                working.add(CompletableFuture.runAsync(() -> producer.produce(options), threads));
            }
            CompletableFuture<List<String>> consumed =
                    CompletableFuture.supplyAsync(() -> consume(options), threads);
            try {
                assertThat(connecting.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
                for (int kill = 0; kill < KILLS; kill++) {
                    // Some before the clients are back, most while they are at work.
                    Thread.sleep(random.nextInt(kill % 4 == 3 ? 80 : 1000));
                    disturbances.incrementAndGet();
                    server.kill();
                    disturbances.incrementAndGet();
                    server = ServerProcess.startAt(options.port(), directory);
                }
                Thread.sleep(300);
                enough.set(true);
                for (CompletableFuture<Void> producer : working)
                    producer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);

                List<String> served = served(options);
                end = served.size();
                for (Producer producer : producers) producer.verify(served);
                long pushed = 0;
                for (Producer producer : producers) pushed += producer.made;
                assertThat(served.size()).as("all, and nothing else").isEqualTo(pushed);
                assertThat(consumed.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(served);
            } finally {
                // Before the threads are waited for: else a failure would never be told.
                enough.set(true);
                end = 0;
            }
        } finally {
            server.kill();
        }
    }

    /** Follows the queue to its end, over all kills. */
    private List<String> consume(ConnectOptions options) {
        List<String> all = new ArrayList<>();
        try (RemoteQueue queue = Rotera.connect(options);
                MessageStream stream = queue.stream(Start.oldest())) {
            connecting.countDown();
            while (all.size() < end) {
                Messages messages = stream.poll(Duration.ofMillis(100));
                assertThat(messages.skipped()).isZero();
                while (messages.next()) {
                    assertThat(messages.id()).as("dense").isEqualTo(all.size());
                    all.add(text(messages));
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return all;
    }

    private static List<String> served(ConnectOptions options) {
        List<String> all = new ArrayList<>();
        try (RemoteQueue queue = Rotera.connect(options);
                Messages messages = new Messages()) {
            Status status = queue.ping();
            assertThat(status.oldest()).as("nothing was evicted").isZero();
            while (queue.read(all.size(), 1000, messages) > 0) {
                while (messages.next()) {
                    assertThat(messages.id()).as("dense").isEqualTo(all.size());
                    all.add(text(messages));
                }
            }
            assertThat(status.next()).isEqualTo(all.size());
        }
        return all;
    }

    private static String text(Messages messages) {
        return new String(messages.toByteArray(), StandardCharsets.UTF_8);
    }

    /** Pushes numbered messages, and remembers what it was told about them. */
    private final class Producer {
        /** Id of a message that a commit has made final. */
        private record Told(int message, long id) {}

        /** What a commit returned, and how many messages were pushed before it. */
        private record Commit(int messages, long next) {}

        private final int number;
        private final Random random;
        private final List<Told> told = new ArrayList<>();
        private final List<Commit> commits = new ArrayList<>();
        private int made;

        Producer(int number, long seed) {
            this.number = number;
            this.random = new Random(seed);
        }

        void produce(ConnectOptions options) {
            try (RemoteQueue queue = Rotera.connect(options);
                    Batch batch = new Batch()) {
                connecting.countDown();
                while (!enough.get()) pushAndCommit(queue, batch);
            }
        }

        private void pushAndCommit(RemoteQueue queue, Batch batch) {
            List<Integer> firsts = new ArrayList<>();
            List<CompletableFuture<Long>> ids = new ArrayList<>();
            int before = disturbances.get();
            int pushes = 1 + random.nextInt(40);
            for (int i = 0; i < pushes; i++) {
                firsts.add(made);
                int count = 1 + random.nextInt(8);
                for (int j = 0; j < count; j++) batch.add(number + " " + made++);
                ids.add(queue.pushAsync(batch));
                batch.clear();
                if (random.nextInt(10) == 0) pause(random.nextInt(8));
            }
            commits.add(new Commit(made, queue.commit()));
            // Replies come in their order: the pushes before a commit were answered, though another
            // thread may be about to complete their futures.
            for (CompletableFuture<Long> id : ids)
                assertThat(id).succeedsWithin(Duration.ofSeconds(PATIENCE_SECONDS));
            // Ids are provisional until they are committed: a kill between may have changed them.
            if (before % 2 != 0 || disturbances.get() != before) return;
            for (int i = 0; i < pushes; i++) told.add(new Told(firsts.get(i), ids.get(i).join()));
        }

        void verify(List<String> served) {
            List<Integer> ids = new ArrayList<>();
            String mine = number + " ";
            for (int id = 0; id < served.size(); id++) {
                if (!served.get(id).startsWith(mine)) continue;
                assertThat(served.get(id)).as("at id " + id).isEqualTo(mine + ids.size());
                ids.add(id);
            }
            assertThat(ids).as("messages of producer " + number).hasSize(made);
            assertThat(commits.size()).isGreaterThan(KILLS);
            assertThat(told.size()).isGreaterThan(KILLS);
            for (Commit commit : commits)
                assertThat((long) ids.get(commit.messages() - 1))
                        .as("covered by commits")
                        .isLessThan(commit.next());
            for (Told push : told)
                assertThat((long) ids.get(push.message()))
                        .as("id of message " + push.message())
                        .isEqualTo(push.id());
        }

        private static void pause(long millis) {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
