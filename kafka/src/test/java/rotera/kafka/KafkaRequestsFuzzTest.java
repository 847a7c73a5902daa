package rotera.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import rotera.kafka.records.TestBatch;
import rotera.kafka.wire.NamedStruct;
import rotera.queue.CreateOptions;
import rotera.server.HostedQueue;

/**
 * Bytes of a client, in any segments: the server answers each request that is one, in order and in
 * whole frames of its kind, or closes; logs no mistake of its own, gives the memory back, and
 * serves the next client.
 */
class KafkaRequestsFuzzTest {
    private static final Limits LIMITS =
            new Limits(
                    50,
                    1 << 20,
                    64 << 10,
                    1 << 20,
                    16 << 20,
                    1 << 20,
                    TimeUnit.SECONDS.toNanos(5),
                    TimeUnit.MINUTES.toNanos(10));
    private static final KafkaOptions OPTIONS =
            KafkaOptions.of("127.0.0.1", 0).withTopicBytes(1 << 20, 2 << 20);

    /** What the buffers of the witness may have grown to. */
    private static final long WITNESS_BYTES = 1 << 20;

    @TempDir static Path directory;
    private static final Logger LOGGER = Logger.getLogger("rotera.kafka");
    private static final Mistakes MISTAKES = new Mistakes();
    private static Broker broker;
    private static RawClient witness;

    @BeforeAll
    static void start() throws IOException {
        Broker.make(directory, 1, "t", 1 << 20);
        LOGGER.setUseParentHandlers(false);
        LOGGER.addHandler(MISTAKES);
        broker = new Broker(directory, OPTIONS, LIMITS);
        witness = new RawClient(broker);
    }

    @AfterAll
    static void stop() throws IOException {
        witness.close();
        broker.close();
        LOGGER.removeHandler(MISTAKES);
        LOGGER.setUseParentHandlers(true);
    }

    /** As {@link FuzzedRequests} explains it. */
    @FuzzTest
    void requests(byte[] input) throws Exception {
        if (input.length < FuzzedRequests.HEAD_BYTES) return;
        FuzzedRequests requests = new FuzzedRequests(input, LIMITS);
        try (RawClient client = new RawClient(broker)) {
            requests.exchange(client);
        }
        await(() -> broker.listener().connections() == 1, "the connection does not end");
        assertThat(broker.listener().memory().takenBytes()).isLessThanOrEqualTo(WITNESS_BYTES);
        assertThat(MISTAKES.taken()).isEmpty();
        tidy();
        assertServes();
    }

    private static void assertServes() throws IOException {
        NamedStruct all = RawClient.request("Metadata").set("topics", (List<?>) null);
        assertThat(witness.ask("Metadata", 1, all).structs("topics")).isNotEmpty();
        assertThat(witness.produce("t", TestBatch.of("ok").bytes()).number("errorCode")).isZero();
    }

    /** Topics that were created are deleted, the one that was deleted is made again. */
    private static void tidy() throws Exception {
        boolean there = false;
        for (HostedQueue queue : broker.server().queues()) {
            if (queue.number() == 1 && queue.file().name().equals(Optional.of("t"))) there = true;
            else broker.server().delete(queue);
        }
        if (!there) broker.server().create(1, CreateOptions.ofSize(1 << 20).withName("t"));
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(Condition condition, String message) throws InterruptedException {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as(message).isLessThan(endNanos);
            Thread.sleep(0, 200_000);
        }
    }

    /** Exceptions that were logged. Kept by a static field: a logger may forget its handlers. */
    private static final class Mistakes extends Handler {
        private final List<String> lines = new ArrayList<>();

        @Override
        public synchronized void publish(LogRecord line) {
            if (line.getThrown() != null || String.valueOf(line.getMessage()).contains("Exception"))
                lines.add(line.getMessage() + " " + line.getThrown());
        }

        synchronized List<String> taken() {
            List<String> taken = List.copyOf(lines);
            lines.clear();
            return taken;
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
