package rotera.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.protocol.Frame;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.MessageStream;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.Start;
import rotera.server.Server;
import rotera.server.ServerOptions;

/** Programs delete and rename queues of a server. */
@Timeout(60)
final class ChangesOfQueuesTest {
    @TempDir private Path directory;
    private Server server;
    private ConnectOptions options;

    @BeforeEach
    void start() throws IOException {
        RotFile.create(directory.resolve("1.rot"), CreateOptions.ofSize(1 << 20).withName("one"));
        RotFile.create(directory.resolve("2.rot"), CreateOptions.ofSize(1 << 20).withName("two"));
        server = Server.start(ServerOptions.of(directory).withPort(0));
        options = ConnectOptions.of("two").withPort(server.port());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void pushersAndStreamsOfADeletedQueueGetAnError() throws Exception {
        try (RemoteQueue reader = Rotera.connect(options);
                Batch batch = new Batch();
                MessageStream stream = reader.stream(Start.oldest())) {
            RemoteQueue pusher = Rotera.connect(options);
            pusher.push(batch.add("message"));
            pusher.commit();
            assertThat(stream.poll(Duration.ofSeconds(20)).count()).isPositive();
            Rotera.delete(options, pusher.info().file().uniqueId());
            assertThatThrownBy(() -> stream.poll(Duration.ofSeconds(20)))
                    .isInstanceOf(QueueException.UnknownQueueException.class)
                    .hasMessageContaining("queue 2 was deleted");
            assertThatThrownBy(() -> pusher.push(batch.clear().add("lost")))
                    .isInstanceOf(QueueException.UnknownQueueException.class);
            assertThatThrownBy(pusher::commit)
                    .isInstanceOf(QueueException.UnknownQueueException.class);
            pusher.close();
        }
        assertThat(directory.resolve("2.rot")).doesNotExist();
        assertThatThrownBy(() -> Rotera.connect(options))
                .isInstanceOf(QueueException.UnknownQueueException.class);
    }

    @Test
    void anotherQueueOfThisNameStays() {
        assertThatThrownBy(() -> Rotera.delete(options, new UUID(1, 2)))
                .isInstanceOf(QueueException.UnknownQueueException.class)
                .hasMessageContaining("nothing was deleted");
        assertThat(directory.resolve("2.rot")).exists();
    }

    @Test
    void connectionsStayWithARenamedQueue() {
        try (RemoteQueue queue = Rotera.connect(options);
                Batch batch = new Batch()) {
            Rotera.rename(options, "new");
            queue.push(batch.add("message"));
            assertThat(queue.commit()).isEqualTo(1);
            assertThat(queue.info().file().name()).isEqualTo("new");
        }
        assertThatThrownBy(() -> Rotera.rename(options, "other"))
                .isInstanceOf(QueueException.UnknownQueueException.class);
        ConnectOptions renamed = ConnectOptions.of("new").withPort(server.port());
        assertThatThrownBy(() -> Rotera.rename(renamed, "one"))
                .isInstanceOf(QueueException.NameTakenException.class)
                .hasMessageContaining("queue 1 has the name 'one' already");
    }

    @Test
    void serverThatCannotDoItIsNotAsked() throws Exception {
        try (FakeServer old =
                new FakeServer((request, out) -> {
                    assertThat(FakeServer.kind(request)).isEqualTo(Frame.DESCRIBE);
                    return false;
                })) {
            assertThatThrownBy(() -> Rotera.delete(old.options(), old.uniqueId))
                    .isInstanceOf(QueueException.ServerErrorException.class)
                    .hasMessageContaining("can neither delete nor rename queues: update it");
            assertThatThrownBy(() -> Rotera.rename(old.options(), "new"))
                    .isInstanceOf(QueueException.ServerErrorException.class);
        }
    }
}
