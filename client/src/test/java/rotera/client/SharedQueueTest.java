package rotera.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rotera.protocol.Frame;
import rotera.queue.Batch;

/**
 * Many threads wait at one connection, in all ways there are; some give up, some are interrupted.
 * Nobody waits for what has come, and nobody is told what is not so.
 */
@Timeout(120)
class SharedQueueTest {
    private static final int THREADS = 24;
    private static final int ROUNDS = 150;

    private final BitSet ids = new BitSet();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyWaitEnds(boolean virtual) throws Exception {
        long seed = Long.getLong("rotera.firstSeed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Random delays = new Random(random.nextLong());
        try (FakeServer server =
                        new FakeServer((request, out) -> {
                            if (FakeServer.kind(request) == Frame.COMMIT && delays.nextInt(20) == 0)
                                Thread.sleep(delays.nextInt(4)); // a sync
                            return false;
                        });
                RemoteQueue queue = Rotera.connect(server.options())) {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                long own = random.nextLong();
                Thread.Builder builder =
                        virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
                all.add(start(builder, () -> pushAndWait(queue, new Random(own))));
            }
            for (CompletableFuture<Void> one : all) soon(one);
            assertThat(queue.commit()).isEqualTo(THREADS * ROUNDS);
        }
        assertThat(ids.cardinality()).isEqualTo(THREADS * ROUNDS);
        assertThat(ids.length()).isEqualTo(THREADS * ROUNDS);
    }

    /** What never ends is a failure, not a test that hangs. */
    private static void soon(CompletableFuture<Void> task) throws Exception {
        task.get(20, TimeUnit.SECONDS);
    }

    private static CompletableFuture<Void> start(Thread.Builder builder, Runnable task) {
        return CompletableFuture.runAsync(task, run -> builder.start(run));
    }

    private static CompletableFuture<Void> start(Runnable task) {
        return start(Thread.ofPlatform().daemon(), task);
    }

    private static FakeServer server(int commitMillis) throws Exception {
        return new FakeServer((request, out) -> {
            if (FakeServer.kind(request) == Frame.COMMIT) Thread.sleep(commitMillis);
            return false;
        });
    }

    @Test
    void whoWaitsReadsTheRepliesThatNobodyWaitedFor() throws Exception {
        try (FakeServer server = server(20);
                RemoteQueue queue = Rotera.connect(server.options())) {
            for (int i = 0; i < 5; i++) {
                CompletableFuture<Long> _ = queue.commitAsync();
                Thread.sleep(5); // until the client's own thread reads
                soon(start(queue::commit));
            }
        }
    }

    @Test
    void whoGivesUpWhenItIsItsTurnLeavesItToAnother() throws Exception {
        Random random = new Random(1);
        try (FakeServer server = server(1);
                RemoteQueue queue = Rotera.connect(server.options());
                Batch batch = new Batch()) {
            long _ = queue.push(batch.add("message"));
            for (int i = 0; i < 500; i++) {
                CompletableFuture<Void> first = start(queue::commit);
                CompletableFuture<Void> second = start(() -> giveUp(queue.commitAsync(), random));
                soon(start(queue::commit));
                soon(first);
                soon(second);
            }
        }
    }

    private void pushAndWait(RemoteQueue queue, Random random) {
        try (Batch batch = new Batch()) {
            for (int i = 0; i < ROUNDS; i++) {
                batch.clear().add("message " + i);
                CompletableFuture<Long> id = queue.pushAsync(batch);
                commit(queue, random);
                long first = id.join();
                synchronized (ids) {
                    assertThat(ids.get((int) first)).as("id " + first + " again").isFalse();
                    ids.set((int) first);
                }
            }
        }
    }

    private static void commit(RemoteQueue queue, Random random) {
        switch (random.nextInt(6)) {
            case 0 -> assertThat(queue.commitAsync().join()).isPositive();
            case 1 -> giveUp(queue.commitAsync(), random);
            case 2 -> {
                Thread.currentThread().interrupt();
                assertThat(queue.commit()).isPositive();
                assertThat(Thread.interrupted()).as("its interrupt is kept").isTrue();
            }
            case 3 -> beInterrupted(queue.commitAsync());
            case 4 -> {} // waits for the push only
            default -> assertThat(queue.commit()).isPositive();
        }
    }

    private static void giveUp(CompletableFuture<Long> commit, Random random) {
        try {
            assertThat(commit.get(random.nextInt(3000), TimeUnit.MICROSECONDS)).isPositive();
        } catch (TimeoutException e) {
            // as asked for
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void beInterrupted(CompletableFuture<Long> commit) {
        Thread.currentThread().interrupt();
        try {
            assertThat(commit.get()).isPositive();
            boolean _ = Thread.interrupted();
        } catch (InterruptedException e) {
            // as asked for
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
