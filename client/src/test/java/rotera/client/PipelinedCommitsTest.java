package rotera.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import rotera.protocol.Frame;
import rotera.queue.Batch;
import rotera.queue.QueueException;

/** Pushes that each have a commit behind them, while the server takes its time. */
@Timeout(60)
class PipelinedCommitsTest {
    private static final int COUNT = 100;

    private final CountDownLatch slow = new CountDownLatch(1);
    private final AtomicInteger commits = new AtomicInteger();
    private final AtomicInteger cuts = new AtomicInteger();
    private final List<CompletableFuture<Long>> pushed = new ArrayList<>();
    private final List<CompletableFuture<Long>> committed = new ArrayList<>();

    private FakeServer server() throws Exception {
        return new FakeServer((request, out) -> {
            if (FakeServer.kind(request) != Frame.COMMIT) return false;
            commits.incrementAndGet();
            slow.await();
            if (cuts.getAndDecrement() > 0) out.close();
            return false;
        });
    }

    private void pushAndCommit(RemoteQueue queue) {
        try (Batch batch = new Batch()) {
            for (int i = 0; i < COUNT; i++) {
                batch.clear().add("message " + i);
                pushed.add(queue.pushAsync(batch));
                committed.add(queue.commitAsync());
            }
        }
    }

    /** A future that nobody completes is a failure, not a test that hangs. */
    private static <T> T soon(CompletableFuture<T> future) throws Exception {
        return future.get(10, TimeUnit.SECONDS);
    }

    private void verify() throws Exception {
        for (int i = 0; i < COUNT; i++) {
            assertThat(soon(pushed.get(i))).isGreaterThanOrEqualTo(i);
            assertThat(soon(committed.get(i))).isGreaterThan(soon(pushed.get(i)));
        }
    }

    /** Else each message is a request of its own, of which five may be under way. */
    @Test
    void becomeOnePushAndOneCommit() throws Exception {
        try (FakeServer server = server();
                RemoteQueue queue = Rotera.connect(server.options())) {
            pushAndCommit(queue);
            slow.countDown();
            verify();
            assertThat(soon(pushed.getLast())).isEqualTo(COUNT - 1);
            assertThat(server.pushes).hasValueLessThan(12);
            assertThat(commits).hasValueLessThan(12);
        }
    }

    @Test
    void areSentAgainOverTheNextConnection() throws Exception {
        cuts.set(1);
        try (FakeServer server = server();
                RemoteQueue queue = Rotera.connect(server.options())) {
            pushAndCommit(queue);
            slow.countDown();
            verify();
            assertThat(server.connections).hasValue(2);
        }
    }

    @Test
    void allFailWhenTheConnectionIsLostForGood() throws Exception {
        cuts.set(1);
        try (FakeServer server = server();
                RemoteQueue queue = Rotera.connect(server.options().withReconnect(false))) {
            pushAndCommit(queue);
            slow.countDown();
            for (CompletableFuture<Long> commit : committed) {
                assertThatThrownBy(() -> soon(commit))
                        .hasCauseInstanceOf(QueueException.ConnectionLostException.class);
            }
        }
    }

    /** Another request behind them does not overtake, and is not held back for ever. */
    @Test
    void areFollowedByOtherRequests() throws Exception {
        try (FakeServer server = server();
                RemoteQueue queue = Rotera.connect(server.options())) {
            pushAndCommit(queue);
            CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS).execute(slow::countDown);
            assertThat(queue.ping().next()).isEqualTo(COUNT);
            verify();
        }
    }
}
