package rotera.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
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
import rotera.queue.Message;
import rotera.queue.MessageRange;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.Queue;
import rotera.queue.QueueException;
import rotera.queue.QueueStatistics;
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
                            e -> assertThat(e.countsMessages()).isFalse());
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
        MessageStream stream = queue.stream(Start.oldest());
        Messages polled = stream.take();
        assertThat(stream.isEnded()).isFalse();
        stream.close();
        stream.close();
        assertThat(stream.take().count()).isZero();
        assertThat(stream.isEnded()).isTrue();
        assertThat(stream.poll(LONG).count()).isZero();
        assertThat(stream.isEnded()).isTrue();
        assertThat(stream.chunk(1).take().next()).isFalse();
        assertThatThrownBy(() -> polled.next()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> polled.count()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void everyCallOfAClosedQueueIsAnError() {
        commit("a");
        MessageStream stream = queue.stream(Start.oldest());
        queue.close();
        queue.close();
        try (Batch batch = batch("b");
                Messages messages = new Messages()) {
            for (ThrowingCallable call :
                    List.<ThrowingCallable>of(
                            () -> queue.ping(),
                            () -> queue.statistics(),
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
        assertThatCode(() -> assertThat(stream.take().next()).isFalse()).doesNotThrowAnyException();
    }

    @Test
    void everyFailureHasTheStackOfTheCallThatFailed() {
        queue.close();
        Throwable first = catchThrowable(queue::commit);
        Throwable second = catchThrowable(this::commitElsewhere);
        assertThat(first)
                .isInstanceOf(QueueException.QueueClosedException.class)
                .isNotSameAs(second);
        assertThat(first.getStackTrace())
                .extracting(StackTraceElement::getMethodName)
                .doesNotContain("commitElsewhere");
        assertThat(second.getStackTrace())
                .extracting(StackTraceElement::getMethodName)
                .contains("commitElsewhere");
        assertThat(second).hasMessage(first.getMessage());
    }

    private void commitElsewhere() {
        queue.commit();
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
    void statisticsCountWhatHasHappenedSinceTheOpening() throws Exception {
        byte[] message = new byte[10_000];
        QueueStatistics none = queue.statistics();
        assertThat(List.of(none.pushed(), none.committed(), none.evicted(), none.skipped()))
                .containsOnly(0L);
        for (int i = 0; i < 300; i++) queue.append(message);
        queue.pushAsync(batch("not committed")).join();
        try (Messages messages = new Messages()) {
            queue.read(4, 1, messages);
        }
        long oldest = queue.ping().oldest();
        try (MessageStream stream = queue.stream(Start.id(1))) {
            assertThat(stream.take().skipped()).isEqualTo(oldest - 1);
        }
        QueueStatistics some = queue.statistics();
        assertThat(some.pushed()).isEqualTo(301);
        assertThat(some.committed()).isEqualTo(300);
        assertThat(some.evicted()).isEqualTo(oldest);
        assertThat(some.skipped()).isEqualTo(2 * oldest - 5);
        some.syncs().ifPresent(syncs -> assertThat(syncs).isBetween(290L, 700L));
        some.syncTime().ifPresent(time -> assertThat(time).isPositive());
        assertThat(some.syncs().isPresent()).isEqualTo(queue instanceof RotFile);
        queue.commit();
    }

    @Test
    void aMessageIsAppendedInOneCall() {
        assertThat(queue.append("a".getBytes(UTF_8))).isZero();
        assertThat(queue.append("b".getBytes(UTF_8))).isEqualTo(1);
        assertThat(queue.ping().next()).isEqualTo(2);
        assertThat(queue.push("c".getBytes(UTF_8))).isEqualTo(2);
        assertThat(queue.ping().next()).isEqualTo(2);
        assertThatThrownBy(() -> queue.append(new byte[(int) queue.ping().maxPushBytes()]))
                .isInstanceOf(QueueException.MessageTooLargeException.class);
        assertThat(queue.append(new byte[0])).isEqualTo(3);
    }

    @Test
    void messagesAreReadAsObjects() {
        try (Batch batch = batch("a")) {
            Envelope.Header header = new Envelope.Header("h", Optional.of(new byte[] {7}));
            Envelope envelope = Envelope.NONE.withKey(new byte[] {1}).withHeaders(List.of(header));
            queue.push(batch.add(envelope, "b".getBytes(UTF_8)));
        }
        commit("c");
        MessageRange all = queue.messages(Start.oldest());
        commit("later");
        queue.push(batch("not committed"));
        List<String> texts = new ArrayList<>();
        for (Message message : all) texts.add(message.id() + "=" + message.text());
        assertThat(texts).containsExactly("0=a", "1=b", "2=c");
        assertThat(all.stream().map(Message::text)).containsExactly("a", "b", "c");
        assertThat(queue.messages(Start.id(2)).stream().map(Message::id)).containsExactly(2L, 3L);
        assertThat(queue.messages(Start.id(9))).isEmpty();
        assertThat(queue.messages(Start.end())).isEmpty();
        assertThat(queue.messages(Start.time(Instant.EPOCH)).stream().count()).isEqualTo(4);
        Message second = all.stream().skip(1).findFirst().orElseThrow();
        assertThat(second.key()).contains(new byte[] {1});
        assertThat(second.headers()).extracting(Envelope.Header::name).containsExactly("h");
        assertThat(second.time()).isBetween(Instant.now().minusSeconds(60), Instant.now());
        second.value()[0] = 'x';
        assertThat(second.text()).isEqualTo("b");
        Iterator<Message> end = queue.messages(Start.end()).iterator();
        assertThatThrownBy(end::next).isInstanceOf(NoSuchElementException.class);
        queue.commit();
    }

    @Test
    void messagesThatWereOverwrittenMeanwhileAreLeftOut() {
        byte[] message = new byte[10_000];
        for (int i = 0; i < 5; i++) queue.append(message);
        MessageRange first = queue.messages(Start.oldest());
        Iterator<Message> reading = queue.messages(Start.oldest()).iterator();
        assertThat(reading.next().id()).isZero();
        for (int i = 0; i < 300; i++) queue.append(message);
        assertThat(first).isEmpty();
        assertThat(queue.messages(Start.id(0)).iterator().next().id())
                .isEqualTo(queue.ping().oldest());
    }

    @Test
    void aStreamBringsWhatIsThereAndWhatComes() throws Exception {
        commit("a", "b");
        try (MessageStream stream = queue.stream(Start.oldest(), 5)) {
            List<String> all = new ArrayList<>();
            while (all.size() < 2) {
                Messages polled = stream.take();
                all.addAll(texts(polled));
            }
            Messages polled = stream.poll(Duration.ofMillis(20));
            assertThat(polled.count()).isZero();
            assertThat(polled.nextId()).isEqualTo(2);
            assertThat(stream.nextId()).isEqualTo(2);
            assertThat(stream.isEnded()).isFalse();
            commit("c");
            polled = stream.poll(LONG);
            all.addAll(texts(polled));
            commit("d", "e", "f");
            while (!stream.isEnded()) all.addAll(texts(stream.take()));
            assertThat(all).containsExactly("0=a", "1=b", "2=c", "3=d", "4=e");
            assertThat(stream.poll(LONG).count()).isZero();
            assertThat(stream.isEnded()).isTrue();
        }
        try (MessageStream stream = queue.stream(Start.oldest(), 0)) {
            assertThat(stream.take().count()).isZero();
            assertThat(stream.isEnded()).isTrue();
        }
    }

    @Test
    void aStreamStartsWhereItIsTold() throws Exception {
        commit("a");
        Thread.sleep(20);
        Instant between = Instant.now();
        Thread.sleep(20);
        commit("b");
        MessageStream end = queue.stream(Start.end());
        MessageStream time = queue.stream(Start.time(between));
        MessageStream future = queue.stream(Start.id(3));
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
        Messages polled = stream.poll(LONG);
        return texts(polled).getFirst();
    }

    @Test
    void aStreamInChunks() throws Exception {
        commit("a", "b", "c", "d", "e");
        List<Integer> counts = new ArrayList<>();
        try (MessageStream stream = queue.stream(Start.oldest(), 5).chunk(2)) {
            while (!stream.isEnded()) counts.add(stream.take().count());
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
                Messages polled = stream.take();
                assertThat(polled.skipped()).isEqualTo(oldest - 4);
                assertThat(polled.firstId()).isEqualTo(oldest);
            }
            try (MessageStream stream = queue.stream(Start.oldest(), 10)) {
                Messages polled = stream.take();
                assertThat(polled.skipped()).isZero();
                assertThat(polled.firstId()).isEqualTo(oldest);
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
            long nextId = stream.nextId();
            assertThat(stream.poll(Duration.ZERO).firstId()).isEqualTo(nextId);
            return nextId;
        }
    }

    @Test
    void closingAStreamEndsItsWait() throws Exception {
        MessageStream stream = queue.stream(Start.end());
        CompletableFuture<Boolean> waits = waiting(stream);
        stream.close();
        assertThat(waits.get(30, TimeUnit.SECONDS)).isFalse();
        assertThat(stream.take().count()).isZero();
        assertThat(stream.isEnded()).isTrue();
    }

    @Test
    void closingTheQueueEndsItsStreams() throws Exception {
        MessageStream stream = queue.stream(Start.end());
        CompletableFuture<Boolean> waits = waiting(stream);
        queue.close();
        assertThat(waits.get(30, TimeUnit.SECONDS)).isFalse();
        assertThat(stream.take().count()).isZero();
        assertThat(stream.isEnded()).isTrue();
        stream.close();
    }

    private static CompletableFuture<Boolean> waiting(MessageStream stream)
            throws InterruptedException {
        CompletableFuture<Boolean> waits =
                CompletableFuture.supplyAsync(() -> {
                    try {
                        return stream.take().next();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
        Thread.sleep(50);
        return waits;
    }

    @Test
    void anInterruptedStreamCanBeUsedOn() throws Exception {
        try (MessageStream stream = queue.stream(Start.oldest())) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(stream::take).isInstanceOf(InterruptedException.class);
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
