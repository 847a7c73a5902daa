package rotera.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.Envelope;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.Queue;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.Start;
import rotera.queue.Status;

/** What a queue promises, wherever it is. */
@Timeout(60)
abstract class QueueContractTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    static final long SIZE = 1 << 20;

    @TempDir Path directory;
    private Queue queue;

    /** Opens the queue in this file. */
    abstract Queue open(Path file) throws Exception;

    @BeforeEach
    void openQueue() throws Exception {
        Path file = directory.resolve("7.rot");
        RotFile.create(file, CreateOptions.ofSize(SIZE));
        queue = open(file);
    }

    @AfterEach
    void closeQueue() {
        queue.close();
    }

    private static Batch batch(String... messages) {
        Batch batch = new Batch();
        for (String message : messages) batch.add(message);
        return batch;
    }

    private void commit(String... messages) {
        try (Batch batch = batch(messages)) {
            queue.push(batch);
        }
        queue.commit();
    }

    private static List<String> texts(Messages messages) {
        List<String> texts = new ArrayList<>();
        while (messages.next())
            texts.add(messages.id() + "=" + new String(messages.toByteArray(), UTF_8));
        return texts;
    }

    @Test
    void messagesAreReadAfterTheirCommit() {
        try (Messages messages = new Messages()) {
            assertThat(queue.push(batch("a", "", "c"))).isZero();
            assertThat(queue.push(batch("d"))).isEqualTo(3);
            assertThat(queue.read(0, 10, messages)).isZero();
            assertThat(queue.commit()).isEqualTo(4);
            assertThat(queue.read(0, 10, messages)).isEqualTo(4);
            assertThat(texts(messages)).containsExactly("0=a", "1=", "2=c", "3=d");
            assertThat(queue.read(1, 2, messages)).isEqualTo(2);
            assertThat(texts(messages)).containsExactly("1=", "2=c");
            assertThat(queue.read(3, 1, messages)).isEqualTo(1);
            assertThat(texts(messages)).containsExactly("3=d");
        }
    }

    @Test
    void smallReadsOneAfterTheOther() {
        for (int i = 0; i < 50; i++) commit("x" + 3 * i, "x" + (3 * i + 1), "x" + (3 * i + 2));
        try (Messages messages = new Messages()) {
            for (int id = 0; id < 150; id += messages.count()) {
                assertThat(queue.read(id, 2, messages)).isPositive();
                assertThat(messages.firstId()).isEqualTo(id);
                assertThat(messages.next()).isTrue();
                assertThat(new String(messages.toByteArray(), UTF_8)).isEqualTo("x" + id);
            }
            commit("more");
            assertThat(queue.read(150, 2, messages)).isEqualTo(1);
        }
    }

    @Test
    void nothingIsReadBeyondTheEndAndNoNegativesAreTaken() {
        commit("a");
        try (Messages messages = new Messages()) {
            assertThat(queue.read(1, 10, messages)).isZero();
            assertThat(messages.firstId()).isEqualTo(1);
            assertThat(queue.read(1000, 10, messages)).isZero();
            assertThat(messages.firstId()).isEqualTo(1000);
            assertThat(queue.read(0, 0, messages)).isZero();
            assertThat(messages.nextId()).isZero();
            assertThatThrownBy(() -> queue.read(-1, 1, messages))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("id=-1");
            assertThatThrownBy(() -> queue.read(0, -1, messages))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> queue.stream(Start.oldest(), -1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void pingTellsBoundsAndLimits() {
        Status empty = queue.ping();
        assertThat(empty.oldest()).isZero();
        assertThat(empty.next()).isZero();
        assertThat(empty.alive()).isTrue();
        commit("a", "b");
        Status status = queue.ping();
        assertThat(status.next()).isEqualTo(2);
        assertThat(status.maxMessageBytes()).isPositive();
        assertThat(status.maxPushBytes()).isEqualTo(status.maxMessageBytes() + 4L);
    }

    @Test
    void limitsAreToldAndNothingIsKept() throws Exception {
        Status status = queue.ping();
        try (Batch large = new Batch().add(new byte[status.maxMessageBytes() + 1])) {
            assertThatThrownBy(() -> queue.push(large))
                    .isInstanceOfSatisfying(
                            QueueException.MessageTooLargeException.class,
                            e ->
                                    assertThat(e.maxMessageBytes())
                                            .isEqualTo(status.maxMessageBytes()));
            assertThatThrownBy(() -> queue.pushAsync(large).get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(QueueException.MessageTooLargeException.class);
        }
        try (Batch much = new Batch()) {
            byte[] message = new byte[1000];
            while (much.bytes() <= status.maxPushBytes()) much.add(message);
            assertThatThrownBy(() -> queue.push(much))
                    .isInstanceOfSatisfying(
                            QueueException.BatchTooLargeException.class,
                            e -> assertThat(e.unit()).startsWith("bytes"));
        }
        try (Batch most = new Batch().add(new byte[status.maxMessageBytes()]);
                Messages messages = new Messages()) {
            assertThat(queue.push(most)).isZero();
            assertThat(queue.commit()).isEqualTo(1);
            assertThat(queue.read(0, 1, messages)).isEqualTo(1);
            assertThat(messages.next()).isTrue();
            assertThat(messages.length()).isEqualTo(status.maxMessageBytes());
        }
    }

    @Test
    void anEmptyBatchHasTheNextId() {
        assertThat(queue.push(batch("a", "b"))).isZero();
        assertThat(queue.push(batch())).isEqualTo(2);
        assertThat(queue.push(batch("c"))).isEqualTo(2);
        assertThat(queue.commit()).isEqualTo(3);
    }

    @Test
    void pushesAndCommitsWithoutWaitingKeepTheirOrder() throws Exception {
        List<CompletableFuture<Long>> pushes = new ArrayList<>();
        List<CompletableFuture<Long>> commits = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            pushes.add(queue.pushAsync(batch("m" + i, "n" + i)));
            if (i % 10 == 9) commits.add(queue.commitAsync());
        }
        for (int i = 0; i < 1000; i++) assertThat(pushes.get(i).get()).isEqualTo(2L * i);
        for (int i = 0; i < 100; i++)
            assertThat(commits.get(i).get(30, TimeUnit.SECONDS))
                    .isGreaterThanOrEqualTo(20 * i + 20);
        assertThat(queue.commit()).isEqualTo(2000);
        try (Messages messages = new Messages()) {
            assertThat(queue.read(1998, 2, messages)).isEqualTo(2);
            assertThat(texts(messages)).containsExactly("1998=m999", "1999=n999");
        }
    }

    /**
     * With messages of 100 bytes the commits hold the pushes up, with those of 200,000 in a ring of
     * 1 MiB the lack of room does.
     */
    @ParameterizedTest
    @CsvSource({
        "100, 1000, CLEARED", "100, 1000, GROWN", "100, 1000, CLOSED", "100, 1000, WRAPPED",
        "200000, 3, CLEARED", "200000, 3, GROWN", "200000, 3, CLOSED", "200000, 3, WRAPPED",
    })
    void aBatchMayBeUsedAgainAsSoonAsItsPushReturns(int bytes, int pushes, Reuse reuse)
            throws Exception {
        Batch batch = new Batch();
        byte[] other = new byte[reuse == Reuse.GROWN ? 3 * bytes : bytes];
        MemorySegment shared = Arena.ofAuto().allocate(bytes + 4L);
        List<CompletableFuture<Long>> results = new ArrayList<>();
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < pushes; i++) {
                byte[] message = message(round * pushes + i, bytes);
                if (reuse == Reuse.CLOSED) batch = new Batch();
                if (reuse == Reuse.WRAPPED) {
                    shared.set(ValueLayout.JAVA_INT_UNALIGNED, 0, bytes);
                    MemorySegment.copy(message, 0, shared, ValueLayout.JAVA_BYTE, 4, bytes);
                    batch.wrap(shared, 0, 1);
                } else {
                    batch.clear().add(message);
                }
                results.add(queue.pushAsync(batch));
                if (reuse == Reuse.GROWN) batch.add(other);
                if (reuse == Reuse.CLOSED) batch.close();
                if (reuse == Reuse.WRAPPED) shared.fill((byte) 0);
                if (i % 10 == 0) results.add(queue.commitAsync());
            }
            queue.commit();
            verify((round + 1) * pushes, bytes);
        }
        for (CompletableFuture<Long> result : results) result.get(30, TimeUnit.SECONDS);
        batch.close();
    }

    enum Reuse {
        CLEARED,
        GROWN,
        CLOSED,
        WRAPPED
    }

    private static byte[] message(int number, int bytes) {
        byte[] message = new byte[bytes];
        new SplittableRandom(number).nextBytes(message);
        return message;
    }

    private void verify(int end, int bytes) {
        try (Messages messages = new Messages()) {
            long id = queue.ping().oldest();
            while (queue.read(id, 1000, messages) > 0) {
                while (messages.next())
                    assertThat(messages.toByteArray())
                            .as("message %d", messages.id())
                            .isEqualTo(message((int) messages.id(), bytes));
                id = messages.nextId();
            }
            assertThat(id).isEqualTo(end);
        }
    }

    @Test
    void aClosedBatchIsAnErrorAndKeepsNothing() {
        Batch batch = batch("a");
        batch.close();
        batch.close();
        for (ThrowingCallable call :
                List.<ThrowingCallable>of(
                        () -> queue.push(batch),
                        () -> queue.pushAsync(batch),
                        () -> queue.push(batch.clear()),
                        () -> queue.push(batch.add("b"))))
            assertThatThrownBy(call)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the batch was closed: make a new one to push more");
        assertThat(queue.commit()).isZero();
    }

    @Test
    void aReadIntoClosedMessagesIsAnError() {
        commit("a");
        Messages messages = new Messages();
        messages.close();
        messages.close();
        assertThatThrownBy(() -> queue.read(0, 1, messages))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the messages were closed: make new ones to read into");
        commit("b");
    }

    @Test
    void aClosedStreamHasEndedAndItsMessagesAreClosed() throws Exception {
        commit("a");
        MessageStream stream = queue.stream(Start.oldest(), Long.MAX_VALUE);
        assertThat(stream.next()).isTrue();
        stream.close();
        stream.close();
        assertThat(stream.next()).isFalse();
        assertThat(stream.next(LONG)).isFalse();
        assertThat(stream.chunk(1).next()).isFalse();
        assertThatThrownBy(() -> stream.messages().next())
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> stream.messages().count())
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void everyCallOfAClosedQueueIsAnError() {
        commit("a");
        MessageStream stream = queue.stream(Start.oldest(), Long.MAX_VALUE);
        queue.close();
        queue.close();
        try (Batch batch = batch("b");
                Messages messages = new Messages()) {
            for (ThrowingCallable call :
                    List.<ThrowingCallable>of(
                            () -> queue.ping(),
                            () -> queue.push(batch),
                            () -> queue.commit(),
                            () -> queue.read(0, 1, messages),
                            () -> queue.read(9, 0, messages),
                            () -> queue.stream(Start.oldest(), 1),
                            () -> queue.stream(Start.id(0), 0)))
                assertThatThrownBy(call).isInstanceOf(QueueException.QueueClosedException.class);
            assertThatThrownBy(() -> failure(() -> queue.pushAsync(batch)))
                    .isInstanceOf(QueueException.QueueClosedException.class);
            assertThatThrownBy(() -> failure(() -> queue.commitAsync()))
                    .isInstanceOf(QueueException.QueueClosedException.class);
        }
        assertThatCode(() -> assertThat(stream.next()).isFalse()).doesNotThrowAnyException();
    }

    /** Throws what the future failed with. */
    private static void failure(Supplier<CompletableFuture<Long>> call) throws Throwable {
        try {
            call.get().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    @Test
    void keysAndHeadersComeBack() {
        Envelope envelope = Envelope.NONE.withKey("k".getBytes(UTF_8)).withTimeMillis(5);
        CompletableFuture<Long> _ = queue.pushAsync(batch("plain"));
        CompletableFuture<Long> _ =
                queue.pushAsync(new Batch().add(envelope, "value".getBytes(UTF_8)));
        CompletableFuture<Long> _ = queue.pushAsync(batch("plain again"));
        queue.commit();
        try (Messages messages = new Messages()) {
            assertThat(queue.read(0, 3, messages)).isEqualTo(3);
            assertThat(messages.next()).isTrue();
            assertThat(messages.envelope().key()).isEmpty();
            assertThat(messages.next()).isTrue();
            assertThat(messages.envelope().key().orElseThrow()).asString(UTF_8).isEqualTo("k");
            assertThat(new String(messages.toByteArray(), UTF_8)).isEqualTo("value");
            assertThat(messages.next()).isTrue();
            assertThat(new String(messages.toByteArray(), UTF_8)).isEqualTo("plain again");
        }
    }

    @Test
    void manyThreadsGetDenseIds() throws Exception {
        int threads = 8;
        int rounds = 200;
        boolean[] seen = new boolean[threads * rounds * 2];
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        List<Thread> pushers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int mode = t % 4;
            pushers.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                try (Batch batch = batch("one", "two")) {
                                    for (int i = 0; i < rounds; i++) {
                                        long id =
                                                mode == 0
                                                        ? queue.push(batch)
                                                        : queue.pushAsync(batch).get();
                                        if (mode == 2) queue.commit();
                                        if (mode == 3) queue.commitAsync().join();
                                        synchronized (seen) {
                                            if (seen[(int) id] || seen[(int) id + 1])
                                                throw new AssertionError("twice " + id);
                                            seen[(int) id] = true;
                                            seen[(int) id + 1] = true;
                                        }
                                    }
                                } catch (Throwable e) {
                                    failure.compareAndSet(null, e);
                                }
                            }));
        }
        for (Thread pusher : pushers) pusher.join();
        assertThat(failure.get()).isNull();
        assertThat(seen).doesNotContain(false);
        assertThat(queue.commit()).isEqualTo(seen.length);
    }

    @Test
    void anInterruptHarmsNothing() {
        Thread.currentThread().interrupt();
        assertThat(queue.push(batch("a"))).isZero();
        assertThat(queue.commit()).isEqualTo(1);
        assertThat(queue.pushAsync(batch("b")).join()).isEqualTo(1);
        assertThat(queue.ping().next()).isEqualTo(1);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(queue.commit()).isEqualTo(2);
    }

    @Test
    void aStreamBringsWhatIsThereAndWhatComes() throws Exception {
        commit("a", "b");
        try (MessageStream stream = queue.stream(Start.oldest(), 5)) {
            List<String> all = new ArrayList<>();
            while (all.size() < 2) {
                assertThat(stream.next()).isTrue();
                all.addAll(texts(stream.messages()));
            }
            assertThat(stream.next(Duration.ofMillis(20))).isTrue();
            assertThat(stream.messages().count()).isZero();
            assertThat(stream.messages().nextId()).isEqualTo(2);
            commit("c");
            assertThat(stream.next(LONG)).isTrue();
            all.addAll(texts(stream.messages()));
            commit("d", "e", "f");
            while (stream.next()) all.addAll(texts(stream.messages()));
            assertThat(all).containsExactly("0=a", "1=b", "2=c", "3=d", "4=e");
            assertThat(stream.next(LONG)).isFalse();
        }
        try (MessageStream stream = queue.stream(Start.oldest(), 0)) {
            assertThat(stream.next()).isFalse();
        }
    }

    @Test
    void aStreamStartsWhereItIsTold() throws Exception {
        commit("a");
        Thread.sleep(20);
        Instant between = Instant.now();
        Thread.sleep(20);
        commit("b");
        MessageStream end = queue.stream(Start.end(), Long.MAX_VALUE);
        MessageStream time = queue.stream(Start.time(between), Long.MAX_VALUE);
        MessageStream future = queue.stream(Start.id(3), Long.MAX_VALUE);
        commit("c");
        commit("d");
        assertThat(first(end)).isEqualTo("2=c");
        assertThat(first(time)).isEqualTo("1=b");
        assertThat(first(future)).isEqualTo("3=d");
        end.close();
        time.close();
        future.close();
    }

    private static String first(MessageStream stream) throws InterruptedException {
        assertThat(stream.next(LONG)).isTrue();
        return texts(stream.messages()).getFirst();
    }

    @Test
    void aStreamInChunks() throws Exception {
        commit("a", "b", "c", "d", "e");
        List<Integer> counts = new ArrayList<>();
        try (MessageStream stream = queue.stream(Start.oldest(), 5).chunk(2)) {
            while (stream.next()) counts.add(stream.messages().count());
            assertThat(counts).containsExactly(2, 2, 1);
            assertThatThrownBy(() -> stream.chunk(0)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void overwrittenMessagesAreTold() throws Exception {
        byte[] message = new byte[10_000];
        try (Batch batch = new Batch().add(message);
                Messages messages = new Messages()) {
            for (int i = 0; i < 300; i++) {
                queue.push(batch);
                queue.commit();
            }
            long oldest = queue.ping().oldest();
            assertThat(oldest).isGreaterThan(10);
            assertThat(queue.read(4, 1, messages)).isEqualTo(1);
            assertThat(messages.firstId()).isEqualTo(oldest);
            assertThat(messages.skipped()).isEqualTo(oldest - 4);
            assertThat(queue.read(oldest + 1, 1, messages)).isEqualTo(1);
            assertThat(messages.skipped()).isZero();
            try (MessageStream stream = queue.stream(Start.id(4), 10)) {
                assertThat(stream.next()).isTrue();
                assertThat(stream.messages().skipped()).isEqualTo(oldest - 4);
                assertThat(stream.messages().firstId()).isEqualTo(oldest);
            }
            try (MessageStream stream = queue.stream(Start.oldest(), 10)) {
                assertThat(stream.next()).isTrue();
                assertThat(stream.messages().skipped()).isZero();
                assertThat(stream.messages().firstId()).isEqualTo(oldest);
            }
        }
    }

    @Test
    void whereAStreamBeginsIsKnownWithoutWaitingForAMessage() throws Exception {
        try (Batch batch = new Batch()) {
            queue.push(batch.add("a").add("b"));
            queue.commit();
        }
        assertThat(beginning(Start.time(Instant.EPOCH))).isZero();
        assertThat(beginning(Start.time(Instant.parse("2100-01-01T00:00:00Z")))).isEqualTo(2);
        assertThat(beginning(Start.end())).isEqualTo(2);
        assertThat(beginning(Start.id(1))).isEqualTo(1);
    }

    private long beginning(Start start) throws InterruptedException {
        try (MessageStream stream = queue.stream(start, 1)) {
            assertThat(stream.next(Duration.ZERO)).isTrue();
            return stream.messages().firstId();
        }
    }

    @Test
    void closingAStreamEndsItsWait() throws Exception {
        MessageStream stream = queue.stream(Start.end(), Long.MAX_VALUE);
        CompletableFuture<Boolean> waits = waiting(stream);
        stream.close();
        assertThat(waits.get(30, TimeUnit.SECONDS)).isFalse();
        assertThat(stream.next()).isFalse();
    }

    @Test
    void closingTheQueueEndsItsStreams() throws Exception {
        MessageStream stream = queue.stream(Start.end(), Long.MAX_VALUE);
        CompletableFuture<Boolean> waits = waiting(stream);
        queue.close();
        assertThat(waits.get(30, TimeUnit.SECONDS)).isFalse();
        assertThat(stream.next()).isFalse();
        stream.close();
    }

    private static CompletableFuture<Boolean> waiting(MessageStream stream)
            throws InterruptedException {
        CompletableFuture<Boolean> waits =
                CompletableFuture.supplyAsync(() -> {
                    try {
                        return stream.next();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
        Thread.sleep(50);
        return waits;
    }

    @Test
    void anInterruptedStreamCanBeUsedOn() throws Exception {
        try (MessageStream stream = queue.stream(Start.oldest(), Long.MAX_VALUE)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(stream::next).isInstanceOf(InterruptedException.class);
            commit("a");
            assertThat(first(stream)).isEqualTo("0=a");
        }
    }

    @Test
    void closeCommitsAndNothingGoesOnBehindIt() throws Exception {
        CompletableFuture<Long> pushed = queue.pushAsync(batch("a"));
        queue.close();
        queue.close();
        assertThat(pushed.get(10, TimeUnit.SECONDS)).isZero();
        assertThatThrownBy(() -> queue.push(batch("b")))
                .isInstanceOf(QueueException.QueueClosedException.class);
        assertThatThrownBy(queue::commit).isInstanceOf(QueueException.QueueClosedException.class);
        assertThatThrownBy(queue::ping).isInstanceOf(QueueException.QueueClosedException.class);
        assertThatThrownBy(() -> queue.stream(Start.oldest(), 1))
                .isInstanceOf(QueueException.QueueClosedException.class);
        try (Queue again = reopen();
                Messages messages = new Messages()) {
            assertThat(again.read(0, 1, messages)).isEqualTo(1);
        }
    }

    Queue reopen() throws Exception {
        return open(directory.resolve("7.rot"));
    }
}
