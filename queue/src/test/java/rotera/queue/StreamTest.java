package rotera.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.queue.disk.Clock;
import rotera.queue.engine.FileState;
import rotera.queue.format.Superblock;

/** Following a queue, and being interrupted or closed meanwhile. */
@Timeout(60)
class StreamTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir Path directory;
    private RotFile file;

    @BeforeEach
    void open() {
        file = RotFile.open(Rot.create(directory, Rot.SMALLEST));
    }

    @AfterEach
    void close() {
        file.close();
    }

    @Test
    void totalEndsTheStream() throws InterruptedException {
        Rot.push(file, "a", "b", "c", "d");
        file.commit();
        try (MessageStream stream = file.stream(Start.oldest(), 3)) {
            assertThat(stream.take().count()).isEqualTo(3);
            assertThat(stream.take().count()).isZero();
            assertThat(stream.isEnded()).isTrue();
            assertThat(stream.poll(LONG).count()).isZero();
            assertThat(stream.isEnded()).isTrue();
        }
        try (MessageStream stream = file.stream(Start.oldest(), 0)) {
            assertThat(stream.take().count()).isZero();
            assertThat(stream.isEnded()).isTrue();
        }
    }

    /** With limits that no creation chooses, the room for a push may take all that is committed. */
    @Test
    void streamWaitsBehindMessagesThatWereEvictedForACommitThatFailed() throws Exception {
        Superblock usual = Superblock.create(Rot.SMALLEST, 1000, new UUID(1, 2), 0x5eed);
        Superblock tight =
                new Superblock(
                        usual.fileBytes(),
                        usual.ringOffset(),
                        usual.ringBytes(),
                        usual.intervalBytes(),
                        (int) (usual.ringBytes() / 5),
                        usual.ringBytes() / 4,
                        usual.ringBytes() / 8,
                        0,
                        usual.createdMillis(),
                        usual.uniqueId(),
                        usual.salt(),
                        usual.features(),
                        usual.lineageId());
        FaultyDisk disk = new FaultyDisk(new MemoryDisk(usual.fileBytes()));
        FileState.format(disk, tight);
        RotFile tightFile = RotFile.open(disk, Path.of("tight.rot"), Clock.SYSTEM);
        try (MessageStream stream = tightFile.stream(Start.id(0), Long.MAX_VALUE)) {
            byte[] large = new byte[tight.maxMessageBytes() - 100];
            Rot.push(tightFile, large);
            Rot.push(tightFile, large);
            tightFile.commit();
            tightFile.checkpoint();
            disk.failsToForce = true;
            Rot.push(tightFile, large);
            assertThatThrownBy(tightFile::commit)
                    .isInstanceOf(QueueException.QueueFailedException.class);
            long end = tightFile.bounds().committed().id();
            assertThat(tightFile.bounds().oldest().id()).isEqualTo(end);
            Messages polled = stream.poll(LONG);
            assertThat(polled.count()).isZero();
            assertThat(polled.skipped()).isEqualTo(end);
            long begin = System.nanoTime();
            assertThat(stream.poll(Duration.ofMillis(100)).skipped()).isZero();
            assertThat(System.nanoTime() - begin).isGreaterThan(90_000_000);
        }
        assertThatThrownBy(tightFile::close)
                .isInstanceOf(QueueException.QueueFailedException.class);
    }

    @Test
    void totalCountsWhatComesLater() throws InterruptedException {
        try (MessageStream stream = file.stream(Start.oldest(), 3)) {
            for (int i = 0; i < 3; i++) {
                Rot.commit(file, "" + i);
                assertThat(stream.poll(LONG).count()).isEqualTo(1);
            }
            Rot.commit(file, "more");
            assertThat(stream.take().count()).isZero();
            assertThat(stream.isEnded()).isTrue();
        }
    }

    @Test
    void chunkLimitsEveryBatch() throws InterruptedException {
        Rot.push(file, "a", "b", "c", "d", "e");
        file.commit();
        List<Integer> counts = new ArrayList<>();
        try (MessageStream stream = file.stream(Start.oldest(), 5).chunk(2)) {
            while (!stream.isEnded()) counts.add(stream.take().count());
            assertThat(counts).containsExactly(2, 2, 1);
            assertThatThrownBy(() -> stream.chunk(0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("chunk=0");
        }
    }

    @Test
    void startsWhereItWasTold() throws InterruptedException {
        Rot.push(file, "a", "b", "c");
        file.commit();
        assertThat(firstOf(Start.oldest())).isZero();
        assertThat(firstOf(Start.id(2))).isEqualTo(2);
        try (MessageStream atEnd = file.stream(Start.end(), 1);
                MessageStream beyond = file.stream(Start.id(4), 1)) {
            Rot.commit(file, "d");
            Messages polled = beyond.poll(Duration.ofMillis(1));
            assertThat(polled.count()).isZero();
            Rot.commit(file, "e");
            assertThat(atEnd.take().firstId()).isEqualTo(3);
            polled = beyond.take();
            assertThat(polled.firstId()).isEqualTo(4);
        }
    }

    @Test
    void startBelowTheOldestTellsHowManyWereMissed() throws InterruptedException {
        for (int i = 0; i < 3000; i++) Rot.push(file, "message " + i);
        file.commit();
        long oldest = file.ping().oldest();
        assertThat(oldest).isGreaterThan(10);
        try (MessageStream stream = file.stream(Start.id(7), 1)) {
            Messages polled = stream.take();
            assertThat(polled.skipped()).isEqualTo(oldest - 7);
            assertThat(polled.firstId()).isEqualTo(oldest);
        }
    }

    private long firstOf(Start start) throws InterruptedException {
        try (MessageStream stream = file.stream(start, 1)) {
            return stream.poll(LONG).firstId();
        }
    }

    @Test
    void timeoutBringsNoMessages() throws InterruptedException {
        try (MessageStream stream = file.stream(Start.oldest(), 1)) {
            long before = System.nanoTime();
            Messages polled = stream.poll(Duration.ofMillis(30));
            assertThat(System.nanoTime() - before).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(29));
            assertThat(polled.count()).isZero();
            assertThat(stream.poll(Duration.ZERO).count()).isZero();
            assertThat(stream.poll(Duration.ofMillis(-5)).count()).isZero();
            assertThat(stream.isEnded()).isFalse();
        }
    }

    @Test
    void longestTimeoutIsTaken() throws Exception {
        try (MessageStream stream = file.stream(Start.oldest(), 1)) {
            Waiting waiting =
                    new Waiting(() -> stream.poll(Duration.ofSeconds(Long.MAX_VALUE)).next());
            waiting.awaitWait();
            Rot.commit(file, "a");
            assertThat(waiting.result()).isTrue();
        }
    }

    @Test
    void waitingTakesNoProcessorTime() throws Exception {
        try (MessageStream stream = file.stream(Start.oldest(), 1)) {
            Waiting waiting = new Waiting(() -> stream.take().next());
            waiting.awaitWait();
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            long id = waiting.thread.threadId();
            long before = threads.getThreadCpuTime(id);
            for (int i = 0; i < 50; i++) {
                Thread.sleep(5);
                assertThat(waiting.thread.getState())
                        .isIn(Thread.State.WAITING, Thread.State.TIMED_WAITING);
            }
            assertThat(threads.getThreadCpuTime(id) - before).isLessThan(2_000_000);
            Rot.commit(file, "a");
            assertThat(waiting.result()).isTrue();
        }
    }

    @Test
    void interruptEndsTheWaitAndNothingElse() throws Exception {
        try (MessageStream stream = file.stream(Start.oldest(), 2)) {
            Waiting waiting = new Waiting(() -> stream.take().next());
            waiting.awaitWait();
            waiting.thread.interrupt();
            assertThatThrownBy(waiting::result).hasRootCauseInstanceOf(InterruptedException.class);
            Rot.commit(file, "a");
            assertThat(stream.take().count()).isEqualTo(1);
        }
    }

    @Test
    void closingFromAnotherThreadEndsTheWait() throws Exception {
        MessageStream stream = file.stream(Start.oldest(), 1);
        Waiting waiting = new Waiting(() -> stream.take().next());
        waiting.awaitWait();
        stream.close();
        assertThat(waiting.result()).isFalse();
        assertThat(stream.take().count()).isZero();
        assertThat(stream.isEnded()).isTrue();
        stream.close();
        assertThat(Rot.commit(file, "a")).isZero();
    }

    @Test
    void closingTheQueueEndsTheWait() throws Exception {
        try (MessageStream stream = file.stream(Start.oldest(), 1)) {
            Waiting waiting = new Waiting(() -> stream.take().next());
            waiting.awaitWait();
            file.close();
            assertThat(waiting.result()).isFalse();
            assertThat(stream.take().count()).isZero();
            assertThat(stream.isEnded()).isTrue();
        }
    }

    @Test
    void closingTheQueueEndsStreamsThatRead() throws Exception {
        for (int round = 0; round < 60; round++) {
            for (int i = 0; i < 50; i++) Rot.push(file, "message " + i);
            file.commit();
            RotFile queue = file;
            Waiting reading =
                    new Waiting(() -> {
                        while (true) {
                            try (MessageStream stream = queue.stream(Start.oldest()).chunk(1)) {
                                for (int i = 0; i < 50; i++)
                                    if (!stream.take().next()) return false;
                            } catch (QueueException.QueueClosedException e) {
                                // From stream() itself; take() brings nothing then.
                                if (thrownBy(e, "stream")) return false;
                                throw e;
                            }
                        }
                    });
            if (round % 3 > 0) Thread.sleep(0, 300_000);
            file.close();
            assertThat(reading.result()).isFalse();
            file = RotFile.open(file.path());
        }
    }

    private static boolean thrownBy(Exception e, String method) {
        for (StackTraceElement at : e.getStackTrace()) {
            if (at.getClassName().equals(RotFile.class.getName())
                    && at.getMethodName().equals(method)) return true;
        }
        return false;
    }

    @Test
    void interruptsHarmNeitherPushNorCommitNorRead() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong pushed = new AtomicLong();
        CompletableFuture<Void> failed = new CompletableFuture<>();
        Thread working =
                Thread.ofPlatform()
                        .start(() -> {
                            try (Messages messages = new Messages()) {
                                while (!done.get()) {
                                    long id = Rot.push(file, "message " + pushed.get());
                                    assertThat(id).isEqualTo(pushed.getAndIncrement());
                                    if (id % 3 == 0) file.commit();
                                    if (id % 5 == 0) file.commitAsync().join();
                                    file.read(Math.max(0, id - 20), 30, messages);
                                }
                                failed.complete(null);
                            } catch (Throwable e) {
                                failed.completeExceptionally(e);
                            }
                        });
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1500);
        while (System.nanoTime() < end) {
            working.interrupt();
            Thread.onSpinWait();
        }
        done.set(true);
        failed.get();
        working.join();
        assertThat(file.commit()).isEqualTo(pushed.get());
        long id = file.ping().oldest();
        for (String text : Rot.texts(file, id)) assertThat(text).isEqualTo("message " + id++);
        assertThat(id).isEqualTo(pushed.get());
    }

    @Test
    void interruptedThreadStaysInterrupted() {
        Thread.currentThread().interrupt();
        Rot.commit(file, "a");
        assertThat(Rot.texts(file, 0)).containsExactly("a");
        assertThat(Thread.interrupted()).isTrue();
    }

    private interface Action {
        boolean run() throws Exception;
    }

    /** A thread that is in {@code take}, and what that returned. */
    private static final class Waiting {
        private final CompletableFuture<Boolean> result = new CompletableFuture<>();
        final Thread thread;

        Waiting(Action action) {
            thread =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    result.complete(action.run());
                                } catch (Throwable e) {
                                    result.completeExceptionally(e);
                                }
                            });
        }

        void awaitWait() throws InterruptedException {
            while (thread.getState() != Thread.State.WAITING
                    && thread.getState() != Thread.State.TIMED_WAITING) {
                assertThat(result).isNotDone();
                Thread.sleep(1);
            }
        }

        boolean result() throws Exception {
            return result.get(30, TimeUnit.SECONDS);
        }
    }
}
