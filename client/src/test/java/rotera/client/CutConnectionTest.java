package rotera.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.RotFile;
import rotera.queue.Start;
import rotera.server.Server;
import rotera.server.ServerOptions;

/** The connection is cut behind every byte: nothing is lost, and nothing comes twice. */
@Tag("slow")
@Timeout(300)
class CutConnectionTest {
    private static final int PARTS = 8;

    @TempDir Path directory;
    private Server server;
    private RemoteQueue direct;

    @BeforeEach
    void start() throws Exception {
        RotFile.create(directory.resolve("3.rot"), CreateOptions.ofSize(4 << 20));
        server = Server.start(ServerOptions.of(directory).withPort(0));
        direct = Rotera.connect("127.0.0.1:" + server.port(), "3");
    }

    @AfterEach
    void stop() {
        direct.close();
        server.close();
    }

    /** Cuts behind this byte of one direction. */
    private Proxy proxy(boolean up, long at) throws Exception {
        return new Proxy(server.port(), up ? at : Long.MAX_VALUE, up ? Long.MAX_VALUE : at);
    }

    private static ConnectOptions through(Proxy proxy) {
        return ConnectOptions.of("3").withPort(proxy.port()).withTimeout(Duration.ofSeconds(30));
    }

    @Test
    void pushesAndCommitsOnTheWayUp() throws Exception {
        cutPushes(true, 1);
    }

    @Test
    void pushesAndCommitsOnTheWayDown() throws Exception {
        cutPushes(false, 1);
    }

    /** Cuts behind each byte, or behind one of so many. */
    void cutPushes(boolean up, int step) throws Exception {
        List<String> twice = new ArrayList<>();
        int cuts = 0;
        boolean cut = true;
        for (long at = handshakeBytes(up) + 1; cut; at += step) {
            long before = direct.ping().next();
            List<Long> ids = new ArrayList<>();
            try (Proxy proxy = proxy(up, at);
                    RemoteQueue queue = Rotera.connect(through(proxy));
                    Batch batch = new Batch()) {
                List<CompletableFuture<Long>> pushes = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    batch.clear().add(i + " of " + at);
                    pushes.add(queue.pushAsync(batch));
                    if (i == 1) assertThat(pushes.get(1).join()).isGreaterThan(before);
                    if (i == 2) assertThat(queue.commit()).isGreaterThanOrEqualTo(before + 3);
                }
                assertThat(queue.commit()).isGreaterThanOrEqualTo(before + 4);
                for (CompletableFuture<Long> push : pushes) ids.add(push.join());
                cut = proxy.wasCut();
            }
            if (cut) cuts++;
            List<String> all = read(before);
            List<String> expected = List.of("0 of " + at, "1 of " + at, "2 of " + at, "3 of " + at);
            assertThat(all.stream().distinct().toList())
                    .as("cut at %s", at)
                    .containsExactlyInAnyOrderElementsOf(expected);
            if (!all.equals(expected)) twice.add("cut at " + at + ": " + all);
            else assertThat(ids).containsExactly(before, before + 1, before + 2, before + 3);
        }
        assertThat(cuts * step).isGreaterThan(50);
        assertThat(twice).as("messages that were kept twice").isEmpty();
    }

    @Test
    void commitsThatNobodyWaitsForOnTheWayUp() throws Exception {
        cutPipelines(true, 5);
    }

    @Test
    void commitsThatNobodyWaitsForOnTheWayDown() throws Exception {
        cutPipelines(false, 5);
    }

    void cutPipelines(boolean up, int step) throws Exception {
        int cuts = 0;
        boolean cut = true;
        for (long at = handshakeBytes(up) + 1; cut; at += step) {
            long before = direct.ping().next();
            List<String> expected = new ArrayList<>();
            try (Proxy proxy = proxy(up, at);
                    RemoteQueue queue = Rotera.connect(through(proxy));
                    Batch batch = new Batch()) {
                List<CompletableFuture<Long>> pushes = new ArrayList<>();
                List<CompletableFuture<Long>> commits = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    expected.add(i + " of " + at);
                    batch.clear().add(expected.getLast());
                    pushes.add(queue.pushAsync(batch));
                    commits.add(queue.commitAsync());
                }
                for (int i = 0; i < 20; i++)
                    assertThat(commits.get(i).join()).isGreaterThan(pushes.get(i).join());
                cut = proxy.wasCut();
            }
            if (cut) cuts++;
            assertThat(read(before)).as("cut at %s", at).isEqualTo(expected);
        }
        assertThat(cuts * step).isGreaterThan(100);
    }

    private List<String> read(long id) {
        List<String> texts = new ArrayList<>();
        try (Messages messages = new Messages()) {
            direct.read(id, 100, messages);
            while (messages.next()) texts.add(new String(messages.toByteArray(), UTF_8));
        }
        return texts;
    }

    /** The first connection has to come about: how many bytes pass for that. */
    private long handshakeBytes(boolean up) throws Exception {
        long least = 0;
        for (long most = 1024; least + 1 < most; ) {
            long middle = (least + most) / 2;
            try (Proxy proxy = proxy(up, middle);
                    RemoteQueue _ = Rotera.connect(through(proxy))) {
                most = middle;
            } catch (rotera.queue.QueueException.ConnectionLostException e) {
                least = middle;
            }
        }
        return least + 1;
    }

    @Test
    void streamsOnTheWayUp() throws Exception {
        cutStreams(true, 1);
    }

    @Test
    void streamsOnTheWayDown() throws Exception {
        cutStreams(false, 1);
    }

    void cutStreams(boolean up, int step) throws Exception {
        List<String> expected = new ArrayList<>();
        try (Batch batch = new Batch()) {
            for (int i = 0; i < 5; i++) {
                batch.clear();
                for (int j = 0; j < 3; j++) {
                    expected.add(i + "." + j);
                    batch.add(i + "." + j);
                }
                direct.push(batch);
                direct.commit();
            }
        }
        // Side by side: most of the time is spent in the pauses before connections.
        List<CompletableFuture<Void>> parts = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int part = 0; part < PARTS; part++) {
                long first = 1 + (long) part * step;
                parts.add(
                        CompletableFuture.runAsync(
                                () -> cutStream(up, first, PARTS * step, expected), threads));
            }
        }
        for (CompletableFuture<Void> part : parts) part.join();
    }

    private void cutStream(boolean up, long first, int step, List<String> expected) {
        boolean cut = true;
        for (long at = first; cut; at += step) {
            try (Proxy proxy = proxy(up, at)) {
                List<String> all = new ArrayList<>();
                // The queue itself is connected to directly: only the stream is cut.
                try (RemoteStream stream =
                        new RemoteStream(
                                through(proxy),
                                direct.info(),
                                Start.oldest(),
                                15,
                                new LongAdder())) {
                    MessageStream chunked = stream.chunk(2);
                    while (!chunked.isEnded()) {
                        Messages read = chunked.take();
                        assertThat(read.skipped()).isZero();
                        while (read.next()) all.add(read.text());
                    }
                }
                assertThat(all).as("cut at %s", at).isEqualTo(expected);
                cut = proxy.wasCut();
                // What was cut is no damage, for which another connection would be made.
                assertThat(proxy.connections()).as("cut at %s", at).isLessThanOrEqualTo(2);
            } catch (Exception e) {
                throw new AssertionError("cut at " + at, e);
            }
        }
    }
}
