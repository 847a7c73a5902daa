package rotera.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.protocol.QueueInfo;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.Start;
import rotera.server.Server;
import rotera.server.ServerOptions;

/** Servers that end and begin again while clients are at work. */
@Timeout(120)
class RestartTest {
    @TempDir Path directory;
    private Server server;
    private ConnectOptions options;

    @BeforeEach
    void start() throws Exception {
        RotFile.create(directory.resolve("2.rot"), CreateOptions.ofSize(4 << 20).withName("two"));
        server = Server.start(ServerOptions.of(directory).withPort(0));
        options = ConnectOptions.of("two").withPort(server.port());
    }

    private void restart() throws Exception {
        server.close();
        server = Server.start(ServerOptions.of(directory).withPort(options.port()));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void pushersAndStreamsGoOn() throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        try (RemoteQueue queue = Rotera.connect(options);
                RemoteQueue reader = Rotera.connect(options);
                MessageStream stream = reader.stream(Start.oldest())) {
            CompletableFuture<Integer> pushed =
                    CompletableFuture.supplyAsync(() -> {
                        int count = 0;
                        try (Batch batch = new Batch()) {
                            while (!enough.get()) {
                                batch.clear().add("message " + count++);
                                CompletableFuture<Long> _ = queue.pushAsync(batch);
                                if (count % 10 == 0) queue.commit();
                            }
                        }
                        queue.commit();
                        return count;
                    });
            for (int i = 0; i < 3; i++) {
                Thread.sleep(150);
                restart();
            }
            Thread.sleep(300);
            enough.set(true);
            int count = pushed.get(60, TimeUnit.SECONDS);
            List<String> all = new ArrayList<>();
            long id = 0;
            while (all.size() < count) {
                Messages polled = stream.poll(Duration.ofSeconds(20));
                assertThat(polled.count()).isPositive();
                while (polled.next()) {
                    assertThat(polled.id()).isEqualTo(id);
                    all.add(new String(polled.toByteArray(), UTF_8));
                    assertThat(all.getLast()).isEqualTo("message " + id++);
                }
            }
        }
    }

    @Test
    void withoutReconnectingItIsTheEnd() throws Exception {
        RemoteQueue queue = Rotera.connect(options.withReconnect(false));
        MessageStream stream = queue.stream(Start.end());
        restart();
        assertThatThrownBy(queue::commit)
                .isInstanceOfAny(
                        QueueException.ConnectionLostException.class,
                        QueueException.ShuttingDownException.class);
        assertThatThrownBy(stream::take)
                .isInstanceOfAny(
                        QueueException.ConnectionLostException.class,
                        QueueException.ShuttingDownException.class);
        stream.close();
        queue.close();
    }

    @Test
    void anotherFileInItsPlaceIsTold() throws Exception {
        RemoteQueue queue = Rotera.connect(options);
        MessageStream stream = queue.stream(Start.end());
        server.close();
        Files.delete(directory.resolve("2.rot"));
        RotFile.create(directory.resolve("2.rot"), CreateOptions.ofSize(1 << 20).withName("two"));
        restart();
        assertThatThrownBy(queue::commit).isInstanceOf(QueueException.QueueReplacedException.class);
        assertThatThrownBy(stream::take).isInstanceOf(QueueException.QueueReplacedException.class);
        stream.close();
        queue.close();
    }

    @Test
    void streamOfAQueueThatWasRestoredFromAnOlderCopyEnds() throws Exception {
        Path file = directory.resolve("2.rot");
        Path older = directory.resolve("older");
        try (RemoteQueue queue = Rotera.connect(options);
                Batch batch = new Batch()) {
            queue.push(batch.add("a"));
            queue.commit();
            server.close();
            Files.copy(file, older);
            restart();
            queue.push(batch.clear().add("b").add("c"));
            queue.commit();
            try (MessageStream stream = queue.stream(Start.oldest())) {
                while (stream.nextId() < 3) assertThat(stream.take().count()).isPositive();
                server.close();
                Files.copy(older, file, StandardCopyOption.REPLACE_EXISTING);
                restart();
                assertThatThrownBy(stream::take)
                        .isInstanceOf(QueueException.QueueReplacedException.class)
                        .hasMessageContaining("ends at id 1, and it had ended at 3 before");
            }
        }
    }

    @Test
    void queuesAreListedAndDescribed() {
        List<QueueInfo> all = Rotera.queues("127.0.0.1", options.port(), Duration.ofSeconds(10));
        assertThat(all).hasSize(1);
        try (RemoteQueue byName = Rotera.connect(options);
                RemoteQueue byNumber = Rotera.connect("127.0.0.1:" + options.port(), "2")) {
            assertThat(byName.info().file().uniqueId()).isEqualTo(all.get(0).file().uniqueId());
            assertThat(byNumber.info().number()).isEqualTo(2);
            assertThat(byNumber.info().file().name()).isEqualTo("two");
        }
        assertThatThrownBy(() -> Rotera.connect("127.0.0.1:" + options.port(), "three"))
                .isInstanceOf(QueueException.UnknownQueueException.class);
    }
}
