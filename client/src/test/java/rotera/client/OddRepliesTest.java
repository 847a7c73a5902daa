package rotera.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rotera.protocol.Frame;
import rotera.queue.Batch;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.QueueException;
import rotera.queue.Start;

/** A server that does not behave: every call ends, with an error that says what was wrong. */
@Timeout(60)
class OddRepliesTest {
    private static final Duration SHORT = Duration.ofMillis(400);

    private static Batch batch(int count) {
        Batch batch = new Batch();
        for (int i = 0; i < count; i++) batch.add("message " + i);
        return batch;
    }

    private static final Class<?>[] EXPECTED = {
        QueueException.ServerErrorException.class,
        QueueException.ServerErrorException.class,
        QueueException.UnknownQueueException.class,
        QueueException.MessageTooLargeException.class,
        QueueException.BatchTooLargeException.class,
        QueueException.ChecksumMismatchException.class,
        QueueException.CorruptMessageException.class,
        QueueException.QueueFailedException.class,
        QueueException.ShuttingDownException.class,
        QueueException.OutOfOrderException.class,
        QueueException.ServerErrorException.class,
        QueueException.ServerErrorException.class,
        QueueException.StorageException.class,
        QueueException.ProducerFencedException.class,
        QueueException.ServerErrorException.class,
        QueueException.NotWritableException.class,
        QueueException.FileGoneException.class,
        QueueException.NameTakenException.class,
        QueueException.ServerErrorException.class
    };

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 99})
    void everyErrorHarmsItsRequestOnly(int code) throws Exception {
        AtomicBoolean wrong = new AtomicBoolean(true);
        try (FakeServer server =
                        new FakeServer((request, out) -> {
                            boolean refuse =
                                    FakeServer.kind(request) != Frame.DESCRIBE
                                            && FakeServer.kind(request) != Frame.LAST_PUSH
                                            && wrong.get();
                            if (refuse) out.write(FakeServer.error(request, code, 7, 8, 9));
                            return refuse;
                        });
                RemoteQueue queue = Rotera.connect(server.options().withReconnect(false));
                Messages messages = new Messages()) {
            Class<?> expected = EXPECTED[Math.min(code, 19) - 1];
            assertThatThrownBy(() -> queue.push(batch(1))).isInstanceOf(expected);
            assertThatThrownBy(queue::commit).isInstanceOf(expected);
            assertThatThrownBy(queue::ping).isInstanceOf(expected);
            assertThatThrownBy(() -> queue.read(0, 1, messages)).isInstanceOf(expected);
            wrong.set(false);
            assertThat(queue.push(batch(2))).isZero();
            assertThat(queue.commit()).isEqualTo(2);
            assertThat(server.connections).hasValue(1);
        }
    }

    @Test
    void aRefusedCommitIsAnErrorOfPushesThatWaitForRoom() throws Exception {
        try (FakeServer server =
                        new FakeServer((request, out) -> {
                            boolean refuse = FakeServer.kind(request) == Frame.COMMIT;
                            if (refuse) out.write(FakeServer.error(request, 17, 0, 0, 0));
                            return refuse;
                        });
                Batch batch = new Batch().add(new byte[200_000])) {
            RemoteQueue queue = Rotera.connect(server.options());
            assertThatThrownBy(
                            () -> {
                                for (int i = 0; i < 1000; i++) {
                                    CompletableFuture<Long> pushed = queue.pushAsync(batch);
                                    if (pushed.isCompletedExceptionally()) pushed.join();
                                }
                            })
                    .hasRootCauseInstanceOf(QueueException.FileGoneException.class);
            assertThatThrownBy(queue::close).isInstanceOf(QueueException.FileGoneException.class);
        }
    }

    /** A push was acknowledged, its server restarts without it, and then refuses it. */
    @Test
    void anAcknowledgedPushThatIsRefusedWhenItComesAgainIsToldWithTheNextCommit() throws Exception {
        AtomicInteger connection = new AtomicInteger();
        try (FakeServer server =
                        new FakeServer((request, out) -> {
                            int kind = FakeServer.kind(request);
                            if (kind == Frame.COMMIT && connection.getAndIncrement() == 0)
                                throw new java.net.SocketException("the server is gone");
                            boolean refuse = kind == Frame.PUSH && connection.get() > 0;
                            if (refuse) out.write(FakeServer.error(request, 10, 7, 0, 0));
                            return refuse;
                        });
                Batch batch = batch(1)) {
            RemoteQueue queue = Rotera.connect(server.options());
            assertThat(queue.push(batch)).isZero();
            assertThatThrownBy(queue::commit)
                    .isInstanceOf(QueueException.OutOfOrderException.class);
            queue.close();
        }
    }

    @Test
    void aServerThatShutsDownIsConnectedToAgain() throws Exception {
        AtomicInteger refusals = new AtomicInteger(2);
        try (FakeServer server =
                        new FakeServer((request, out) -> {
                            boolean refuse =
                                    FakeServer.kind(request) == Frame.COMMIT
                                            && refusals.getAndDecrement() > 0;
                            if (refuse) out.write(FakeServer.error(request, 9, 0, 0, 0));
                            return refuse;
                        });
                RemoteQueue queue = Rotera.connect(server.options())) {
            CompletableFuture<Long> pushed = queue.pushAsync(batch(1));
            assertThat(queue.commit()).isPositive();
            assertThat(pushed).isCompleted();
            assertThat(server.connections).hasValue(3);
        }
    }

    /** Sends these bytes instead of the reply to a commit. */
    private static void garbage(byte[] bytes) throws Exception {
        AtomicInteger times = new AtomicInteger(1);
        FakeServer.Answers answers =
                (request, out) -> {
                    boolean odd =
                            FakeServer.kind(request) == Frame.COMMIT && times.getAndDecrement() > 0;
                    if (odd) out.write(bytes);
                    return odd;
                };
        try (FakeServer server = new FakeServer(answers);
                RemoteQueue queue = Rotera.connect(server.options())) {
            CompletableFuture<Long> _ = queue.pushAsync(batch(3));
            assertThat(queue.commit()).isPositive();
            assertThat(server.connections).hasValue(2);
        }
        times.set(1);
        try (FakeServer server = new FakeServer(answers)) {
            RemoteQueue queue = Rotera.connect(server.options().withReconnect(false));
            assertThatThrownBy(queue::commit)
                    .isInstanceOf(QueueException.ConnectionLostException.class)
                    .hasMessageContaining("not a reply of this protocol");
            assertThatThrownBy(queue::ping)
                    .isInstanceOf(QueueException.ConnectionLostException.class);
            queue.close();
        }
    }

    @Test
    void framesThatAreNoneLoseTheConnection() throws Exception {
        byte[] commit = new byte[Frame.HEAD_BYTES];
        Frame.encode(java.lang.foreign.MemorySegment.ofArray(commit), 0, 16, 4, 0, 0, 5, 99);
        garbage(new byte[16]); // length 0
        byte[] large = new byte[16];
        java.util.Arrays.fill(large, (byte) 0xff);
        garbage(large); // length 4 GiB
        garbage(FakeServer.reply(commit, 1)); // another tag
        byte[] otherKind = FakeServer.reply(commit, 1);
        otherKind[4] = 2;
        garbage(otherKind);
    }

    @Test
    void repliesThatAreTooShortLoseTheConnection() throws Exception {
        AtomicInteger times = new AtomicInteger(3);
        try (FakeServer server =
                        new FakeServer((request, out) -> {
                            int kind = FakeServer.kind(request);
                            boolean odd =
                                    kind != Frame.DESCRIBE
                                            && kind != Frame.LAST_PUSH
                                            && times.getAndDecrement() > 0;
                            if (odd) out.write(FakeServer.reply(request));
                            return odd;
                        });
                RemoteQueue queue = Rotera.connect(server.options())) {
            assertThat(queue.push(batch(1))).isZero();
            assertThat(queue.commit()).isEqualTo(1);
            assertThat(server.connections).hasValue(4);
        }
    }

    @Test
    void repliesByteByByte() throws Exception {
        try (FakeServer server =
                        new FakeServer((request, out) -> {
                            if (FakeServer.kind(request) != Frame.COMMIT) return false;
                            for (byte b : FakeServer.reply(request, 1)) {
                                out.write(b);
                                out.flush();
                                Thread.sleep(2);
                            }
                            return true;
                        });
                RemoteQueue queue = Rotera.connect(server.options())) {
            assertThat(queue.push(batch(1))).isZero();
            assertThat(queue.commit()).isEqualTo(1);
            assertThat(server.connections).hasValue(1);
        }
    }

    @Test
    void aReadWithTooMuchIsRefused() throws Exception {
        AtomicInteger times = new AtomicInteger(1);
        try (FakeServer server =
                        new FakeServer((request, out) -> {
                            if (FakeServer.kind(request) != Frame.READ) return false;
                            byte[] reply = FakeServer.reply(request, 0, 0, 0, 0);
                            if (times.getAndDecrement() > 0)
                                Frame.u32(
                                        java.lang.foreign.MemorySegment.ofArray(reply),
                                        0,
                                        Integer.MAX_VALUE);
                            out.write(reply);
                            return true;
                        });
                RemoteQueue queue = Rotera.connect(server.options());
                Messages messages = new Messages()) {
            assertThat(queue.read(0, 1, messages)).isZero();
            assertThat(server.connections).hasValue(2);
        }
    }

    @Test
    void damagedRecordsAreReadAgainAndThenTold() throws Exception {
        try (FakeServer server =
                        new FakeServer((request, out) -> {
                            if (FakeServer.kind(request) != Frame.READ) return false;
                            byte[] body = new byte[32 + 48];
                            body[48 - 0] = 1;
                            out.write(FakeServer.reply(request, body));
                            return true;
                        });
                RemoteQueue queue = Rotera.connect(server.options());
                Messages messages = new Messages()) {
            assertThatThrownBy(() -> queue.read(0, 1, messages))
                    .isInstanceOf(QueueException.ChecksumMismatchException.class);
            assertThat(server.connections).hasValueGreaterThan(2);
        }
    }

    @Test
    void aReadOfWhichOnlyAPartComesIsTimedOut() throws Exception {
        try (FakeServer server =
                        new FakeServer((request, out) -> {
                            if (FakeServer.kind(request) != Frame.READ) return false;
                            byte[] reply = FakeServer.reply(request, new byte[32 + 48]);
                            out.write(reply, 0, reply.length - 1);
                            return true;
                        });
                RemoteQueue queue = Rotera.connect(server.options().withTimeout(SHORT));
                Messages messages = new Messages()) {
            assertThatThrownBy(() -> queue.read(0, 1, messages))
                    .isInstanceOf(QueueException.TimedOutException.class);
            assertThat(queue.commit()).isZero();
        }
    }

    @Test
    void aStreamWhoseStartIsNotToldIsTimedOut() throws Exception {
        try (FakeServer server =
                        new FakeServer((request, out) -> FakeServer.kind(request) == Frame.STREAM);
                RemoteQueue queue = Rotera.connect(server.options().withTimeout(SHORT))) {
            assertThatThrownBy(() -> queue.stream(Start.oldest(), 1))
                    .isInstanceOf(QueueException.TimedOutException.class);
            assertThat(queue.commit()).isZero();
        }
    }

    @Test
    void noAnswerIsTimedOutAndLaterCallsTryAgain() throws Exception {
        AtomicBoolean silent = new AtomicBoolean(true);
        try (FakeServer server =
                        new FakeServer((request, out) ->
                                silent.get() && FakeServer.kind(request) == Frame.COMMIT);
                RemoteQueue queue = Rotera.connect(server.options().withTimeout(SHORT))) {
            long begin = System.nanoTime();
            CompletableFuture<Long> commit = queue.commitAsync();
            assertThatThrownBy(queue::commit)
                    .isInstanceOf(QueueException.TimedOutException.class)
                    .hasMessageContaining("may be kept or not");
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isBetween(SHORT, Duration.ofSeconds(10));
            assertThatThrownBy(() -> commit.get(1, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(QueueException.TimedOutException.class);
            silent.set(false);
            assertThat(queue.push(batch(1))).isZero();
            assertThat(queue.commit()).isEqualTo(1);
        }
    }

    @Test
    void futuresThatNobodyWaitsForTimeOutToo() throws Exception {
        try (FakeServer server =
                        new FakeServer((request, out) -> FakeServer.kind(request) == Frame.PUSH);
                RemoteQueue queue = Rotera.connect(server.options().withTimeout(SHORT))) {
            CompletableFuture<Long> pushed = queue.pushAsync(batch(1));
            CompletableFuture<String> seen =
                    pushed.handle((id, e) -> e == null ? "id " + id : e.getClass().getSimpleName());
            assertThat(seen.get(10, TimeUnit.SECONDS)).isEqualTo("TimedOutException");
        }
    }

    @Test
    void pushesAreSentWithoutAnybodyWaiting() throws Exception {
        try (FakeServer server = new FakeServer((request, out) -> false);
                RemoteQueue queue = Rotera.connect(server.options())) {
            for (int i = 0; i < 3; i++) {
                CompletableFuture<Long> seen = queue.pushAsync(batch(1)).thenApply(id -> id + 1);
                assertThat(seen.get(10, TimeUnit.SECONDS)).isEqualTo(i + 1);
                Thread.sleep(100); // longer than the ticker stays awake
            }
        }
    }

    @Test
    void atMostFivePushesAreUnderWayAndTheOthersAreMerged() throws Exception {
        AtomicInteger seen = new AtomicInteger();
        AtomicBoolean hold = new AtomicBoolean(true);
        List<byte[]> held = new ArrayList<>();
        try (FakeServer server =
                        new FakeServer((request, out) -> {
                            if (FakeServer.kind(request) != Frame.PUSH) return false;
                            seen.incrementAndGet();
                            synchronized (held) {
                                while (hold.get() && seen.get() == 5) held.wait();
                            }
                            return false;
                        });
                RemoteQueue queue = Rotera.connect(server.options());
                Batch batch = batch(2)) {
            List<CompletableFuture<Long>> pushes = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                pushes.add(queue.pushAsync(batch));
                Thread.sleep(20); // each is sent
            }
            for (int i = 0; i < 100; i++) pushes.add(queue.pushAsync(batch));
            Thread.sleep(50);
            hold.set(false);
            synchronized (held) {
                held.notifyAll();
            }
            for (int i = 0; i < pushes.size(); i++)
                assertThat(pushes.get(i).get()).isEqualTo(2L * i);
            assertThat(queue.commit()).isEqualTo(210);
            assertThat(seen.get()).isBetween(2, 12);
        }
    }

    @Test
    void theWindowIsBounded() throws Exception {
        try (FakeServer server =
                        new FakeServer((request, out) -> FakeServer.kind(request) == Frame.PUSH);
                RemoteQueue queue =
                        Rotera.connect(server.options().withTimeout(Duration.ofSeconds(2)));
                Batch batch = new Batch().add(new byte[100_000])) {
            AtomicInteger accepted = new AtomicInteger();
            Thread pusher =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    for (int i = 0; i < 1000; i++) {
                                        CompletableFuture<Long> push = queue.pushAsync(batch);
                                        if (push.isCompletedExceptionally()) return;
                                        accepted.incrementAndGet();
                                    }
                                } catch (QueueException.TimedOutException e) {
                                    // as it should be
                                }
                            });
            Thread.sleep(1000);
            assertThat(accepted.get()).isBetween(140, 168);
            pusher.join();
        }
    }

    @Test
    void aBatchMayBeUsedAgainAtOnce() throws Exception {
        List<String> texts = new java.util.concurrent.CopyOnWriteArrayList<>();
        try (FakeServer server =
                        new FakeServer((request, out) -> {
                            if (FakeServer.kind(request) == Frame.PUSH)
                                texts.add(
                                        new String(
                                                request,
                                                32,
                                                request.length - 32,
                                                java.nio.charset.StandardCharsets.UTF_8));
                            return false;
                        });
                RemoteQueue queue = Rotera.connect(server.options());
                Batch batch = new Batch()) {
            for (int i = 0; i < 3; i++) {
                batch.clear().add("message " + i);
                CompletableFuture<Long> _ = queue.pushAsync(batch);
            }
            batch.clear().add("never");
            queue.commit();
            // One push or several: the ticker may have been at work.
            assertThat(String.join("", texts))
                    .containsSubsequence("message 0", "message 1", "message 2")
                    .doesNotContain("never");
        }
    }

    @Test
    void anotherQueueInItsPlaceIsTold() throws Exception {
        try (FakeServer server = new FakeServer((request, out) -> false)) {
            RemoteQueue queue = Rotera.connect(server.options());
            queue.push(batch(1));
            server.uniqueId = new UUID(3, 4);
            server.cut();
            assertThatThrownBy(queue::commit)
                    .isInstanceOf(QueueException.QueueReplacedException.class);
            assertThatThrownBy(queue::ping)
                    .isInstanceOf(QueueException.QueueReplacedException.class);
            queue.close();
        }
    }

    @Test
    void aFailureOfTheQueueIsThrownAnewWithTheStackOfTheCaller() throws Exception {
        try (FakeServer server = new FakeServer((request, out) -> false)) {
            RemoteQueue queue = Rotera.connect(server.options().withReconnect(false));
            CompletableFuture<Long> pending = queue.pushAsync(batch(1));
            server.cut();
            Throwable first = catchThrowable(queue::commit);
            Throwable second = catchThrowable(queue::ping);
            assertThat(first).isInstanceOf(QueueException.ConnectionLostException.class);
            assertThat(second).isNotSameAs(first).hasMessage(first.getMessage());
            assertThat(first.getStackTrace())
                    .extracting(StackTraceElement::getMethodName)
                    .contains("commit");
            assertThat(second.getStackTrace())
                    .extracting(StackTraceElement::getMethodName)
                    .contains("ping");
            assertThatThrownBy(pending::join).cause().isNotSameAs(first).isNotSameAs(second);
            queue.close();
        }
    }

    @Test
    void aStreamTriesAgainWhenItsNextConnectionIsRefused() throws Exception {
        AtomicInteger refusals = new AtomicInteger();
        AtomicInteger started = new AtomicInteger();
        try (FakeServer server =
                        new FakeServer((request, out) -> {
                            if (FakeServer.kind(request) == Frame.DESCRIBE
                                    && refusals.getAndDecrement() > 0) {
                                out.write(FakeServer.error(request, 9, 0, 0, 0));
                                return true;
                            }
                            if (FakeServer.kind(request) != Frame.STREAM) return false;
                            started.incrementAndGet();
                            return true;
                        });
                RemoteQueue queue = Rotera.connect(server.options());
                MessageStream stream = queue.stream(Start.id(10), Long.MAX_VALUE)) {
            assertThat(stream.poll(Duration.ofMillis(100)).count()).isZero();
            refusals.set(2);
            server.cut();
            for (int i = 0; i < 100 && started.get() < 2; i++)
                assertThat(stream.poll(Duration.ofMillis(100)).count()).isZero();
            assertThat(started).hasValue(2);
            assertThat(refusals.get()).isNegative();
        }
    }

    @Test
    void aStreamToldOfDamageOnceGoesOnBehindIt() throws Exception {
        List<Long> starts = new java.util.concurrent.CopyOnWriteArrayList<>();
        try (FakeServer server =
                        new FakeServer((request, out) -> {
                            if (FakeServer.kind(request) != Frame.STREAM) return false;
                            long start =
                                    Frame.u64(
                                            java.lang.foreign.MemorySegment.ofArray(request),
                                            Frame.AT_START);
                            starts.add(start);
                            out.write(FakeServer.reply(request, 0, 100, start, 0));
                            if (start < 12) out.write(FakeServer.error(request, 7, 10, 12, 4096));
                            return true;
                        });
                RemoteQueue queue = Rotera.connect(server.options());
                MessageStream stream = queue.stream(Start.id(10), Long.MAX_VALUE)) {
            assertThatThrownBy(stream::take)
                    .isInstanceOfSatisfying(
                            QueueException.CorruptMessageException.class,
                            e -> assertThat(e.resumeId()).isEqualTo(12));
            assertThat(stream.poll(Duration.ofMillis(100)).count()).isZero();
            assertThat(starts).containsExactly(10L, 12L);
        }
    }

    @Test
    void noServerIsToldAtOnce() throws IOException {
        ConnectOptions nowhere;
        try (FakeServer server = new FakeServer((request, out) -> false)) {
            nowhere = server.options();
        }
        assertThatThrownBy(() -> Rotera.connect(nowhere))
                .isInstanceOf(QueueException.ConnectionLostException.class)
                .hasMessageContaining("127.0.0.1:" + nowhere.port());
        assertThatThrownBy(() -> Rotera.queues("127.0.0.1", nowhere.port(), SHORT))
                .isInstanceOf(QueueException.ConnectionLostException.class);
    }

    @Test
    void whatWasAcknowledgedLongAgoIsPushedAgainInTime() throws Exception {
        try (FakeServer server = new FakeServer((request, out) -> false);
                RemoteQueue queue =
                        Rotera.connect(server.options().withTimeout(Duration.ofSeconds(1)))) {
            assertThat(queue.push(batch(3))).isZero();
            Thread.sleep(1200);
            server.cut();
            assertThat(queue.commit()).isEqualTo(6); // this server recognises nothing
            assertThat(server.pushes).hasValue(2);
        }
    }

    @Test
    void closedMessagesAreAnErrorOfTheReaderOnly() throws Exception {
        try (FakeServer server = new FakeServer((request, out) -> false);
                RemoteQueue queue = Rotera.connect(server.options())) {
            Messages messages = new Messages();
            messages.close();
            assertThatThrownBy(() -> queue.read(0, 1, messages))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(queue.commit()).isZero();
        }
    }

    @Test
    void aLostServerTimesOutWhatIsPending() throws Exception {
        FakeServer server = new FakeServer((request, out) -> FakeServer.kind(request) == 3);
        try (RemoteQueue queue = Rotera.connect(server.options().withTimeout(SHORT))) {
            CompletableFuture<Long> pushed = queue.pushAsync(batch(1));
            server.close();
            assertThatThrownBy(queue::commit)
                    .isInstanceOf(QueueException.TimedOutException.class)
                    .hasMessageContaining("refused");
            assertThatThrownBy(pushed::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(QueueException.TimedOutException.class);
        }
    }
}
