package rotera.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.protocol.Frame;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.QueueException;
import rotera.queue.RotFile;

@Timeout(60)
final class CreateAndDeleteTest {
    private static final CreateOptions SMALL = CreateOptions.ofSize(1 << 20);

    @TempDir Path directory;
    private Server server;

    @BeforeEach
    void start() throws IOException {
        RotFile.create(directory.resolve("0.rot"), SMALL.withName("zero"));
        RotFile.create(directory.resolve("2.rot"), SMALL);
        server = Server.start(ServerOptions.of(directory).withPort(0));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void newQueueHasTheLowestFreeNumberAndIsServed() throws IOException {
        HostedQueue queue = server.create(SMALL.withName("orders")).orElseThrow();
        assertThat(queue.number()).isEqualTo(1);
        assertThat(directory.resolve("1.rot")).exists();
        assertThat(server.create(SMALL).orElseThrow().number()).isEqualTo(3);
        assertThat(server.queues()).extracting(HostedQueue::number).containsExactly(0L, 1L, 2L, 3L);
        try (Client client = new Client(server)) {
            client.send(Client.ping(1));
            assertThat(client.status()).isZero();
        }
    }

    @Test
    void takenNamesAndNumbersMakeNothing() {
        assertThat(server.create(SMALL.withName("zero"))).isEmpty();
        assertThat(server.create(2, SMALL)).isEmpty();
        assertThat(server.create(7, SMALL).orElseThrow().number()).isEqualTo(7);
        assertThat(server.queues()).hasSize(3);
    }

    @Test
    void aFileThatIsNoQueueKeepsItsNumber() throws IOException {
        Files.writeString(directory.resolve("1.rot"), "no queue");
        assertThat(server.create(SMALL).orElseThrow().number()).isEqualTo(3);
        assertThat(directory.resolve("1.rot")).hasContent("no queue");
    }

    @Test
    void tooSmallQueueLeavesTheNumberFree() {
        assertThatThrownBy(() -> server.create(CreateOptions.ofSize(1L << 60)))
                .isInstanceOf(QueueException.StorageException.class);
        assertThat(server.create(SMALL).orElseThrow().number()).isEqualTo(1);
    }

    @Test
    void deletedQueueIsUnknownAndItsFileGone() throws Exception {
        HostedQueue queue = server.queue(2).orElseThrow();
        assertThat(server.delete(queue)).isTrue();
        assertThat(directory.resolve("2.rot")).doesNotExist();
        assertThat(server.queue(2)).isEmpty();
        assertThat(server.delete(queue)).isFalse();
        assertThatThrownBy(() -> queue.file().ping())
                .isInstanceOf(QueueException.QueueClosedException.class);
        assertThat(server.create(2, SMALL)).isPresent();
    }

    @Test
    void aFileThatTookThePlaceOfTheQueueStays() throws Exception {
        HostedQueue queue = server.queue(2).orElseThrow();
        Files.move(directory.resolve("2.rot"), directory.resolve("2.old"));
        RotFile.create(directory.resolve("2.rot"), SMALL.withName("other"));
        assertThat(server.delete(queue)).isTrue();
        assertThat(directory.resolve("2.rot")).exists();
        assertThat(directory.resolve("2.old")).exists();
    }

    @Test
    void streamOfADeletedQueueEndsWithAnError() throws Exception {
        HostedQueue queue = server.queue(2).orElseThrow();
        try (OwnClient client = new OwnClient(server)) {
            client.send(OwnClient.ping(2, 1), OwnClient.stream(2, 9, Frame.FROM_OLDEST, 0, 100));
            assertThat(client.reply().tag()).isEqualTo(1);
            assertThat(client.reply().ok().kind()).isEqualTo(Frame.STREAM);
            server.delete(queue);
            assertThat(client.reply().error())
                    .isInstanceOf(QueueException.UnknownQueueException.class)
                    .hasMessageContaining("queue 2 was deleted");
            client.send(OwnClient.ping(2, 2), OwnClient.ping(0, 3));
            assertThat(client.reply().error())
                    .isInstanceOf(QueueException.UnknownQueueException.class);
            assertThat(client.reply().ok().tag()).isEqualTo(3);
        }
    }

    @Test
    void aCommitThatOthersMadeIsFollowedByACheckpoint() throws Exception {
        RotFile file = server.queue(2).orElseThrow().file();
        try (Batch batch = new Batch()) {
            file.push(batch.add("message"));
            file.commit();
        }
        assertThat(file.info().checkpoint().id()).isZero();
        while (file.info().checkpoint().id() == 0) Thread.sleep(20);
        assertThat(file.info().checkpoint()).isEqualTo(file.info().committed());
    }

    @Test
    void pushesAndCommitsMeetADeletionAnywhere() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        CountDownLatch pushed = new CountDownLatch(1);
        Thread pusher =
                Thread.ofPlatform()
                        .start(() -> {
                            while (!over.get()) {
                                server.create(2, SMALL);
                                server.queue(2).ifPresent(queue -> push(queue, failure, pushed));
                            }
                        });
        assertThat(pushed.await(20, TimeUnit.SECONDS)).isTrue();
        try (Client client = new Client(server)) {
            for (int i = 0; i < 20; i++) {
                client.send(Client.ping(0));
                assertThat(client.status()).isZero();
                HostedQueue queue = server.queue(2).orElse(null);
                if (queue != null) server.delete(queue);
            }
        } finally {
            over.set(true);
            pusher.join();
        }
        assertThat(failure.get()).isNull();
    }

    private static void push(
            HostedQueue queue, AtomicReference<Throwable> failure, CountDownLatch pushed) {
        try (Batch batch = new Batch()) {
            for (int i = 0; i < 100; i++) {
                queue.file().push(batch.clear().add("message"));
                queue.file().commit();
                pushed.countDown();
            }
        } catch (QueueException e) {
            // It was deleted.
        } catch (Throwable e) {
            failure.set(e);
        }
    }
}
