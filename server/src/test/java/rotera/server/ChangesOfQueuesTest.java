package rotera.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rotera.protocol.ErrorReply;
import rotera.protocol.Frame;
import rotera.protocol.Hello;
import rotera.queue.CreateOptions;
import rotera.queue.QueueException;
import rotera.queue.RotFile;

/** Clients delete and rename queues. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ChangesOfQueuesTest {
    @TempDir private Path directory;
    private final AtomicReference<SlowDisk> disk = new AtomicReference<>();
    private Server server;
    private OwnClient client;

    @BeforeEach
    void start() throws IOException {
        CreateOptions small = CreateOptions.ofSize(1 << 20);
        RotFile.create(directory.resolve("1.rot"), small.withName("one"));
        RotFile.create(directory.resolve("2.rot"), small.withName("two"));
        server =
                Server.start(
                        ServerOptions.of(directory).withPort(0),
                        path ->
                                path.endsWith("2.rot")
                                        ? SlowDisk.open(path, disk::set)
                                        : RotFile.open(path),
                        Limits.of(Resources.ofProcess(), 2));
        client = new OwnClient(server);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.close();
    }

    private byte[] change(int kind, int queue, int tag, byte[] name) {
        UUID id = server.queue(queue).map(q -> q.file().uniqueId()).orElse(new UUID(1, 2));
        return change(kind, queue, tag, id, name);
    }

    private static byte[] change(int kind, int queue, int tag, UUID id, byte[] name) {
        byte[] rest = new byte[16 + name.length];
        Frame.uniqueId(java.lang.foreign.MemorySegment.ofArray(rest), 0, id);
        System.arraycopy(name, 0, rest, 16, name.length);
        return OwnClient.frame(kind, 0, queue, tag, rest);
    }

    private byte[] delete(int queue, int tag) {
        return change(Frame.DELETE, queue, tag, new byte[0]);
    }

    private byte[] rename(int queue, int tag, String name) {
        return change(Frame.RENAME, queue, tag, name.getBytes(UTF_8));
    }

    private OwnClient.Reply describe(String name) throws IOException {
        byte[] text = name.getBytes(UTF_8);
        return client.send(OwnClient.frame(Frame.DESCRIBE, Frame.BY_NAME, 0, 9, text)).reply();
    }

    @Test
    void serverSaysThatItChangesQueues() {
        assertThat(client.hello.flags() & Hello.Reply.CHANGES_QUEUES).isNotZero();
    }

    @Test
    void requestsBehindADeletionAreAnsweredAfterIt() throws Exception {
        client.send(
                OwnClient.push(2, 1, "message"),
                OwnClient.commit(2, 2),
                delete(2, 3),
                OwnClient.ping(2, 4),
                OwnClient.push(2, 5, "message"),
                OwnClient.commit(2, 6),
                OwnClient.ping(1, 7));
        for (int tag = 1; tag <= 3; tag++) assertThat(client.reply().ok().tag()).isEqualTo(tag);
        assertThat(directory.resolve("2.rot")).doesNotExist();
        for (int tag = 4; tag <= 6; tag++) {
            OwnClient.Reply reply = client.reply();
            assertThat(reply.tag()).isEqualTo(tag);
            assertThat(reply.error()).isInstanceOf(QueueException.UnknownQueueException.class);
        }
        assertThat(client.reply().ok().tag()).isEqualTo(7);
        assertThat(server.create(2, CreateOptions.ofSize(1 << 20).withName("two"))).isPresent();
    }

    @Test
    void streamsOfADeletedQueueEnd() throws Exception {
        try (OwnClient own = new OwnClient(server);
                Client original = new Client(server)) {
            own.send(OwnClient.stream(2, 9, Frame.FROM_OLDEST, 0, 100));
            assertThat(own.reply().ok().kind()).isEqualTo(Frame.STREAM);
            original.send(Client.ping(2), Client.stream(2, 10, 0, 100));
            assertThat(original.status()).isZero();
            assertThat(client.send(delete(2, 1)).reply().ok().kind()).isEqualTo(Frame.DELETE);
            assertThat(own.reply().error())
                    .isInstanceOf(QueueException.UnknownQueueException.class)
                    .hasMessageContaining("queue 2 was deleted");
            assertThat(original.rest()).isEmpty();
        }
    }

    @Test
    void renamedQueueIsFoundByItsNewNameAlone() throws Exception {
        client.send(OwnClient.push(2, 1, "message"), rename(2, 2, "zwö"), OwnClient.commit(2, 3));
        for (int tag = 1; tag <= 3; tag++) assertThat(client.reply().ok().tag()).isEqualTo(tag);
        assertThat(Frame.queue(describe("zwö").ok().frame(), 0)).isEqualTo(2);
        assertThat(describe("two").error())
                .isInstanceOf(QueueException.UnknownQueueException.class);
        server.close();
        try (RotFile file = RotFile.open(directory.resolve("2.rot"))) {
            assertThat(file.name()).contains("zwö");
            assertThat(file.ping().next()).isEqualTo(1);
        }
    }

    @Test
    void nameOfAnotherQueueIsRefused() throws Exception {
        OwnClient.Reply reply = client.send(rename(2, 1, "one")).reply();
        assertThat(reply.code()).isEqualTo(ErrorReply.NAME_TAKEN);
        assertThat(reply.error()).hasMessageContaining("queue 1 has the name 'one' already");
        client.send(rename(1, 2, "former"), rename(2, 3, "one"), rename(2, 4, "one")); // its own
        for (int tag = 2; tag <= 4; tag++) assertThat(client.reply().ok().tag()).isEqualTo(tag);
        assertThat(Frame.queue(describe("one").ok().frame(), 0)).isEqualTo(2);
        assertThat(server.create(CreateOptions.ofSize(1 << 20).withName("former"))).isEmpty();
        assertThat(server.create(CreateOptions.ofSize(1 << 20).withName("two"))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "55"})
    void nameThatCannotBeUsedIsRefused(String name) throws Exception {
        client.send(rename(2, 1, name), OwnClient.ping(2, 2));
        assertThat(client.reply().code()).isEqualTo(ErrorReply.MALFORMED);
        assertThat(client.reply().ok().tag()).isEqualTo(2);
        assertThat(describe("two").ok().tag()).isEqualTo(9);
    }

    @Test
    void nameOfMoreThan255BytesOrOfOtherBytesIsRefused() throws Exception {
        client.send(
                rename(2, 1, "é".repeat(128)),
                change(Frame.RENAME, 2, 2, new byte[] {'a', (byte) 0xff}),
                OwnClient.frame(Frame.RENAME, 0, 2, 3, new byte[15]),
                OwnClient.frame(Frame.DELETE, 0, 2, 4, new byte[15]));
        assertThat(client.reply().error()).hasMessageContaining("name of 256 bytes is longer");
        assertThat(client.reply().error()).hasMessageContaining("the name is not UTF-8");
        for (int tag = 3; tag <= 4; tag++)
            assertThat(client.reply().error()).hasMessageContaining("31 bytes, 32 are needed");
        assertThat(describe("two").ok().tag()).isEqualTo(9);
        assertThat(client.send(rename(2, 5, "n".repeat(255))).reply().ok().tag()).isEqualTo(5);
    }

    @Test
    void queueWithAnotherUniqueIdStays() throws Exception {
        UUID other = new UUID(1, 2);
        client.send(
                change(Frame.DELETE, 2, 1, other, new byte[0]),
                change(Frame.RENAME, 2, 2, other, new byte[] {'x'}),
                change(Frame.DELETE, 9, 3, other, new byte[0]));
        for (int tag = 1; tag <= 3; tag++)
            assertThat(client.reply().error())
                    .isInstanceOf(QueueException.UnknownQueueException.class);
        assertThat(describe("two").ok().tag()).isEqualTo(9);
    }

    @Test
    void queueWhoseFileWasRemovedTakesNoNewName() throws Exception {
        Files.move(directory.resolve("1.rot"), directory.resolve("1.old"));
        assertThat(client.send(rename(1, 1, "new")).reply().error())
                .isInstanceOf(QueueException.FileGoneException.class)
                .hasMessageContaining("rotera delete and rotera rename");
        Files.move(directory.resolve("1.old"), directory.resolve("1.rot"));
        assertThat(client.send(rename(1, 2, "new")).reply().ok().tag()).isEqualTo(2);
    }

    @Test
    void othersAreServedWhileAChangeWaitsForTheDisk() throws Exception {
        SlowDisk slow = disk.get();
        slow.syncs.lock();
        int forces = slow.forces;
        client.send(rename(2, 1, "new"));
        try (OwnClient other = new OwnClient(server, 78)) {
            try {
                while (slow.forces == forces) Thread.onSpinWait();
                other.send(OwnClient.push(1, 1, "message"), OwnClient.commit(1, 2));
                assertThat(other.reply().ok().tag()).isEqualTo(1);
                assertThat(other.reply().ok().tag()).isEqualTo(2);
                // The old name counts until the new one is durable.
                assertThat(server.queue(2).orElseThrow().file().name()).contains("two");
                other.send(rename(1, 3, "new"));
                assertThat(server.create(CreateOptions.ofSize(1 << 20).withName("new"))).isEmpty();
            } finally {
                slow.syncs.unlock();
            }
            assertThat(other.reply().error()).isInstanceOf(QueueException.NameTakenException.class);
        }
        assertThat(client.reply().ok().tag()).isEqualTo(1);
        assertThat(describe("new").ok().tag()).isEqualTo(9);
        assertThat(server.queue(1).orElseThrow().file().name()).contains("one");
    }

    @Test
    void listenerIsToldOfEachDeletion() throws Exception {
        AtomicReference<HostedQueue> told = new AtomicReference<>();
        server.whenDeleted(told::set);
        HostedQueue queue = server.queue(2).orElseThrow();
        assertThat(client.send(delete(2, 1)).reply().ok().tag()).isEqualTo(1);
        assertThat(told.get().file()).isSameAs(queue.file());
        assertThatThrownBy(() -> queue.file().ping())
                .isInstanceOf(QueueException.QueueClosedException.class);
    }
}
