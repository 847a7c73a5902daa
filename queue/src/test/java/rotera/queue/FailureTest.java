package rotera.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import rotera.queue.disk.Clock;
import rotera.queue.disk.PosixDisk;
import rotera.queue.engine.AsyncWriter;

/** Writes and syncs that fail, full disks, closing while others work. */
@Timeout(120)
class FailureTest {
    @TempDir Path directory;

    private FaultyDisk disk(Path path) throws IOException {
        return new FaultyDisk(PosixDisk.open(path, true));
    }

    @Test
    void copiesOfPushesThatWaitAreBounded() throws Exception {
        Path path = Rot.create(directory, 256 << 20);
        FaultyDisk disk = disk(path);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicLong pushed = new AtomicLong();
        try (RotFile file = RotFile.open(disk, path, Clock.SYSTEM)) {
            Rot.push(file, "a");
            disk.duringForce = () -> awaitQuietly(goOn);
            CompletableFuture<Long> first = file.commitAsync();
            List<CompletableFuture<Long>> results = new ArrayList<>();
            Thread pusher =
                    Thread.ofVirtual()
                            .start(() -> {
                                try (Batch batch = new Batch().add(new byte[1 << 20])) {
                                    for (int i = 0; i < 100; i++) {
                                        results.add(file.pushAsync(batch));
                                        pushed.incrementAndGet();
                                    }
                                }
                            });
            long most = AsyncWriter.MAX_WAITING_BYTES >> 20;
            while (pushed.get() < most - 2) Thread.sleep(10);
            Thread.sleep(200);
            boolean done = first.isDone();
            long taken = pushed.get();
            goOn.countDown();
            pusher.join();
            assertThat(done).isFalse();
            assertThat(taken).isBetween(most - 2, most);
            for (int i = 0; i < 100; i++) assertThat(results.get(i).join()).isEqualTo(i + 1);
            assertThat(file.commit()).isEqualTo(101);
        }
    }

    @Test
    void commitsThatWaitAreBoundedAndClosingEndsTheWait() throws Exception {
        Path path = Rot.create(directory, Rot.SMALLEST);
        FaultyDisk disk = disk(path);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicLong asked = new AtomicLong();
        RotFile file = RotFile.open(disk, path, Clock.SYSTEM);
        Rot.push(file, "a");
        disk.duringForce = () -> awaitQuietly(goOn);
        Thread asking =
                Thread.ofVirtual()
                        .start(() -> {
                            CompletableFuture<Long> last = file.commitAsync();
                            while (!last.isCompletedExceptionally()) {
                                asked.incrementAndGet();
                                last = file.commitAsync();
                            }
                        });
        while (asked.get() < 10_000) Thread.sleep(10);
        Thread.sleep(200);
        long taken = asked.get();
        Thread closing = Thread.ofVirtual().start(file::close);
        asking.join();
        goOn.countDown();
        closing.join();
        assertThat(taken).isLessThan(20_000);
    }

    @Test
    void aFunctionOfAFutureCannotWaitForTheQueueThatCompletesIt() throws Exception {
        Path path = Rot.create(directory, Rot.SMALLEST);
        FaultyDisk disk = disk(path);
        CountDownLatch goOn = new CountDownLatch(1);
        try (RotFile file = RotFile.open(disk, path, Clock.SYSTEM)) {
            Rot.push(file, "a");
            disk.duringForce = () -> awaitQuietly(goOn);
            CompletableFuture<Long> inside = file.commitAsync().thenApply(id -> file.commit());
            goOn.countDown();
            assertThatThrownBy(() -> inside.get(30, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(IllegalStateException.class)
                    .hasRootCauseMessage(
                            "a function that depends on a future of this queue cannot wait for the queue: use pushAsync and commitAsync there, or run it on another thread");
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"write", "half write", "sync"})
    void failedCommitIsNeverShownAndNothingIsTakenAfterIt(String what) throws Exception {
        Path path = Rot.create(directory, Rot.SMALLEST);
        FaultyDisk disk = disk(path);
        try (RotFile file = RotFile.open(disk, path, Clock.SYSTEM)) {
            Rot.commit(file, "a");
            Rot.push(file, "b");
            disk.failsToForce = what.equals("sync");
            if (!disk.failsToForce) disk.failsToWrite = position -> true;
            disk.writesHalf = what.equals("half write");
            assertFailed(file::commit, path, what.equals("sync") ? "sync" : "write");
            disk.failsToForce = false;
            disk.failsToWrite = position -> false;

            assertFailed(file::commit, path, "reopen");
            assertFailed(() -> Rot.push(file, "c"), path, "reopen");
            assertThatThrownBy(() -> file.commitAsync().get(9, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(QueueException.QueueFailedException.class);
            try (Batch batch = new Batch().add("d")) {
                assertThatThrownBy(() -> file.pushAsync(batch).get(9, TimeUnit.SECONDS))
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(QueueException.QueueFailedException.class);
            }
            assertThat(file.ping().next()).isEqualTo(1);
            assertThat(Rot.texts(file, 0)).containsExactly("a");
            assertFailed(file::close, path, "reopen");
        }
        assertThat(disk.isClosed()).isTrue();
        try (RotFile file = RotFile.open(path)) {
            assertThat(Rot.texts(file, 0)).startsWith("a").hasSizeLessThan(3);
            long next = file.ping().next();
            assertThat(Rot.commit(file, "again")).isEqualTo(next);
        }
    }

    private static void assertFailed(ThrowingCallable call, Path path, String part) {
        assertThatThrownBy(call)
                .isInstanceOf(QueueException.QueueFailedException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining(part)
                .hasRootCauseInstanceOf(IOException.class);
    }

    @Test
    void failedPushOfALargeBatchIsNotKept() throws IOException {
        Path path = Rot.create(directory, 8 << 20);
        FaultyDisk disk = disk(path);
        try (RotFile file = RotFile.open(disk, path, Clock.SYSTEM)) {
            Rot.commit(file, "a");
            AtomicLong writes = new AtomicLong();
            long ring = file.info().ringOffset();
            disk.failsToWrite = position -> position >= ring && writes.incrementAndGet() == 3;
            disk.writesHalf = true;
            assertFailed(() -> Rot.push(file, Rot.message(1, 2_000_000)), path, "write");
            assertFailed(file::commit, path, "write");
            assertThat(Rot.texts(file, 0)).containsExactly("a");
        }
        try (RotFile file = RotFile.open(path)) {
            assertThat(Rot.texts(file, 0)).containsExactly("a");
            assertThat(Rot.commit(file, "b")).isEqualTo(1);
        }
    }

    @Test
    void waitingCommitsAllFail() throws Exception {
        Path path = Rot.create(directory, Rot.SMALLEST);
        FaultyDisk disk = disk(path);
        List<Thread> threads = new ArrayList<>();
        List<CompletableFuture<Long>> results = new ArrayList<>();
        try (RotFile file = RotFile.open(disk, path, Clock.SYSTEM)) {
            disk.failsToForce = true;
            for (int i = 0; i < 4; i++) {
                CompletableFuture<Long> result = new CompletableFuture<>();
                results.add(result);
                threads.add(
                        Thread.ofPlatform()
                                .start(() -> {
                                    try {
                                        Rot.push(file, "a");
                                        result.complete(file.commit());
                                    } catch (Throwable e) {
                                        result.completeExceptionally(e);
                                    }
                                }));
            }
            for (CompletableFuture<Long> result : results) {
                assertThatThrownBy(() -> result.get(20, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(QueueException.QueueFailedException.class);
            }
            assertFailed(file::close, path, "sync");
        }
        for (Thread thread : threads) thread.join();
    }

    @Test
    void checkpointThatIsThereNeedsNoDisk() throws IOException {
        FaultyDisk disk = inMemory(Rot.SMALLEST);
        try (RotFile file = RotFile.open(disk, Path.of("checkpoint.rot"), Clock.SYSTEM)) {
            Rot.commit(file, "a");
            file.checkpoint();
            assertThat(file.info().checkpoint()).isEqualTo(file.info().committed());
            disk.failsToForce = true;
            file.checkpoint();
            disk.failsToForce = false;
        }
    }

    /** Nobody waits for a commit in the background: its failure must not get lost. */
    @Test
    void closingTellsOfACommitInTheBackgroundThatFailed() throws Exception {
        Path path = Path.of("background.rot");
        FaultyDisk disk = inMemory(8 << 20);
        RotFile file = RotFile.open(disk, path, Clock.SYSTEM);
        disk.failsToForce = true;
        long most = file.info().ringBytes() / 16;
        Rot.push(file, new byte[(int) (most / 2 + 1)]);
        while (file.failure().isEmpty()) Thread.onSpinWait();
        assertFailed(file::close, path, "sync");
        assertThat(disk.isClosed()).isTrue();
        assertThatCode(file::close).doesNotThrowAnyException();
    }

    @Test
    void failedSyncWhileClosingIsTold() throws IOException {
        Path path = Rot.create(directory, Rot.SMALLEST);
        FaultyDisk disk = disk(path);
        RotFile file = RotFile.open(disk, path, Clock.SYSTEM);
        Rot.push(file, "a");
        disk.failsToForce = true;
        assertThatThrownBy(file::close).isInstanceOf(QueueException.QueueFailedException.class);
        assertThat(disk.isClosed()).isTrue();
        assertThatCode(file::close).doesNotThrowAnyException();
        assertThatThrownBy(file::commit).isInstanceOf(QueueException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"read", "write", "sync"})
    void failureWhileOpeningClosesTheDisk(String what) throws IOException {
        Path path = Rot.create(directory, Rot.SMALLEST);
        FaultyDisk disk = disk(path);
        disk.failsToRead = what.equals("read");
        disk.failsToForce = what.equals("sync");
        if (what.equals("write")) disk.failsToWrite = position -> true;
        assertThatThrownBy(() -> RotFile.open(disk, path, Clock.SYSTEM))
                .isInstanceOf(IOException.class);
        assertThat(disk.isClosed()).isTrue();
        try (RotFile file = RotFile.open(path)) {
            assertThat(Rot.commit(file, "a")).isZero();
        }
    }

    @Test
    void closedQueueRefusesEverythingByName() {
        Path path = Rot.create(directory, Rot.SMALLEST);
        RotFile file = RotFile.open(path);
        file.close();
        file.close();
        List<ThrowingCallable> calls =
                List.of(
                        () -> Rot.push(file, "a"),
                        file::commit,
                        file::ping,
                        file::info,
                        () -> Rot.texts(file, 0),
                        () -> file.stream(Start.oldest(), 1),
                        () -> file.check(damage -> {}, bytes -> {}));
        for (var call : calls) {
            assertThatThrownBy(call)
                    .isInstanceOf(QueueException.QueueClosedException.class)
                    .hasMessageContaining(path.toString());
        }
    }

    /** A descriptor that was closed may already be that of another file. */
    @Test
    void nothingIsWrittenAfterClosing() throws Exception {
        for (int round = 0; round < 100; round++) {
            FaultyDisk disk = inMemory(1 << 20);
            RotFile file = RotFile.open(disk, Path.of("closing.rot"), Clock.SYSTEM);
            List<CompletableFuture<Void>> working = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                byte[] message = Rot.message(i, 100_000);
                boolean commits = i == 0;
                working.add(
                        CompletableFuture.runAsync(
                                () -> work(file, message, commits), Rot.THREADS));
            }
            Thread.sleep(2);
            file.close();
            for (CompletableFuture<Void> each : working) each.get(20, TimeUnit.SECONDS);
            assertThat(disk.usedAfterClose()).isZero();
        }
    }

    @Test
    void closingAFailedQueueWaitsForTheSyncThatRuns() throws Exception {
        FaultyDisk disk = inMemory(32 << 20);
        RotFile file = RotFile.open(disk, Path.of("closing.rot"), Clock.SYSTEM);
        Rot.push(file, "a");
        CountDownLatch syncing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        disk.duringForce =
                () -> {
                    syncing.countDown();
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                };
        CompletableFuture<Long> commit = CompletableFuture.supplyAsync(file::commit, Rot.THREADS);
        syncing.await();
        disk.failsToWrite = position -> true;
        assertThatThrownBy(() -> Rot.push(file, new byte[600_000]))
                .isInstanceOf(QueueException.QueueFailedException.class);
        CompletableFuture<Void> closing = CompletableFuture.runAsync(file::close, Rot.THREADS);
        Thread.sleep(50);
        assertThat(disk.isClosed()).isFalse();
        goOn.countDown();
        assertThatThrownBy(() -> closing.get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(QueueException.QueueFailedException.class);
        assertThatThrownBy(() -> commit.get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(QueueException.QueueFailedException.class);
        assertThat(disk.usedAfterClose()).isZero();
    }

    private static FaultyDisk inMemory(long size) throws IOException {
        MemoryDisk memory = new MemoryDisk(size);
        RotFile.format(memory, CreateOptions.ofSize(size), Clock.SYSTEM);
        return new FaultyDisk(memory);
    }

    private static void work(RotFile file, byte[] message, boolean commits) {
        try {
            while (true) {
                Rot.push(file, message);
                if (commits) file.commit();
            }
        } catch (QueueException.QueueClosedException | QueueException.QueueFailedException e) {
            // as expected
        }
    }

    @Test
    void creationNeverOverwrites() throws IOException {
        Path path = Rot.create(directory, Rot.SMALLEST);
        try (RotFile file = RotFile.open(path)) {
            Rot.commit(file, "kept");
        }
        assertThatThrownBy(() -> RotFile.create(path, CreateOptions.ofSize(Rot.SMALLEST)))
                .isInstanceOf(QueueException.StorageException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining("never overwritten")
                .hasMessageContaining("another name");
        try (RotFile file = RotFile.open(path)) {
            assertThat(Rot.texts(file, 0)).containsExactly("kept");
        }
        Path foreign = Files.writeString(directory.resolve("letter.txt"), "dear");
        assertThatThrownBy(() -> RotFile.create(foreign, CreateOptions.ofSize(Rot.SMALLEST)))
                .isInstanceOf(QueueException.StorageException.class);
        assertThat(Files.readString(foreign)).isEqualTo("dear");
        assertThat(names(directory)).containsExactlyInAnyOrder("queue.rot", "letter.txt");
    }

    @Test
    void ofTwoCreationsAtOnceOneWins() throws Exception {
        Path path = directory.resolve("raced.rot");
        AtomicLong made = new AtomicLong();
        List<CompletableFuture<Void>> creations = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            creations.add(
                    CompletableFuture.runAsync(
                            () -> {
                                try {
                                    RotFile.create(path, CreateOptions.ofSize(1 << 20));
                                    made.incrementAndGet();
                                } catch (QueueException.StorageException e) {
                                    // another one was first
                                }
                            },
                            Rot.THREADS));
        }
        for (CompletableFuture<Void> creation : creations) creation.get(20, TimeUnit.SECONDS);
        assertThat(made).hasValue(1);
        assertThat(names(directory)).containsExactly("raced.rot");
        try (RotFile file = RotFile.open(path)) {
            assertThat(Rot.commit(file, "a")).isZero();
        }
    }

    @Test
    void leftoversOfACrashedCreationDoNotMatter() throws IOException {
        Path path = directory.resolve("queue.rot");
        long process = ProcessHandle.current().pid();
        Files.write(directory.resolve("queue.rot.creating-" + process), new byte[70_000]);
        Files.write(directory.resolve("queue.rot.creating-1"), new byte[70_000]);
        Rot.create(directory, Rot.SMALLEST);
        try (RotFile file = RotFile.open(path)) {
            assertThat(Rot.commit(file, "a")).isZero();
        }
    }

    @Test
    void creationInADirectoryThatIsMissingIsExplained() {
        Path path = directory.resolve("none").resolve("queue.rot");
        assertThatThrownBy(() -> RotFile.create(path, CreateOptions.ofSize(Rot.SMALLEST)))
                .isInstanceOf(QueueException.StorageException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining("No such file");
    }

    @Test
    void failingProgressLeavesNoFile() throws IOException {
        CreateOptions options =
                CreateOptions.ofSize(3 << 20)
                        .withProgress(bytes -> {
                            throw new IllegalStateException("enough");
                        });
        assertThatThrownBy(() -> RotFile.create(directory.resolve("queue.rot"), options))
                .hasMessageContaining("enough");
        assertThat(names(directory)).isEmpty();
    }

    @Test
    void fullDiskIsToldAtCreationAndLeavesNoFile() throws Exception {
        Path mount = Files.createDirectory(directory.resolve("small"));
        Process mounting =
                new ProcessBuilder(
                                "mount", "-t", "tmpfs", "-o", "size=1m", "rotera", mount.toString())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(mounting.getInputStream().readAllBytes(), UTF_8);
        Assumptions.assumeTrue(
                mounting.waitFor() == 0, "cannot mount a small file system: " + output);
        try {
            Path path = mount.resolve("queue.rot");
            assertThatThrownBy(() -> RotFile.create(path, CreateOptions.ofSize(4 << 20)))
                    .isInstanceOf(QueueException.StorageException.class)
                    .hasMessageContaining(path.toString())
                    .hasMessageContaining("4194304 bytes")
                    .hasMessageContaining("No space left on device");
            assertThat(names(mount)).isEmpty();
            RotFile.create(path, CreateOptions.ofSize(512 << 10));
            try (RotFile file = RotFile.open(path)) {
                byte[] fill = new byte[(int) Files.getFileStore(mount).getUsableSpace()];
                Files.write(mount.resolve("fill"), fill);
                for (int i = 0; i < 5000; i++) Rot.push(file, "message " + i);
                assertThat(file.commit()).isEqualTo(5000);
            }
        } finally {
            new ProcessBuilder("umount", "-l", mount.toString()).start().waitFor();
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
