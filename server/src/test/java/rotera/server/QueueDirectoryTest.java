package rotera.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.protocol.Frame;
import rotera.queue.CreateOptions;
import rotera.queue.QueueException;
import rotera.queue.RotFile;

/** The original's fault 9: it did not start on any other file, and loaded queues only then. */
@Tag("slow")
class QueueDirectoryTest {
    @TempDir Path directory;

    @Test
    void filesThatAreNoQueuesAreSetAsideAndTheRestIsServed() throws IOException {
        Files.writeString(directory.resolve("1.rot"), "garbage");
        Files.writeString(directory.resolve("2.rot"), "");
        Files.writeString(directory.resolve("notes.txt"), "no queue");
        Files.createDirectory(directory.resolve("3.rot"));
        create("events.rot");
        create("007.rot");
        create("4294967296.rot");
        create("4294967295.rot");
        create("5.rot");
        try (Server server = start()) {
            assertThat(isServed(server, 5)).isTrue();
            assertThat(isServed(server, -1)).isTrue();
            for (int queue : new int[] {0, 1, 2, 3, 7})
                assertThat(isServed(server, queue)).isFalse();
        }
    }

    @Test
    void filesThatComeLaterAreServed() throws Exception {
        try (Server server = start()) {
            create("1.rot");
            awaitServed(server, 1);
            // As a whole file that gets another name.
            Path other = Files.createDirectory(directory.resolve("other"));
            RotFile.create(other.resolve("made"), CreateOptions.ofSize(96 << 10));
            Files.move(
                    other.resolve("made"),
                    directory.resolve("2.rot"),
                    StandardCopyOption.ATOMIC_MOVE);
            awaitServed(server, 2);
        }
    }

    @Test
    void aFileThatIsCopiedIsServedWhenItIsComplete() throws Exception {
        create("1.rot");
        create("other");
        byte[] content = Files.readAllBytes(directory.resolve("other"));
        try (Server server = start()) {
            Path copy = directory.resolve("2.rot");
            Files.write(copy, java.util.Arrays.copyOf(content, 30_000));
            awaitServed(server, 1);
            assertThat(isServed(server, 2)).isFalse();
            Files.write(copy, content);
            awaitServed(server, 2);
        }
    }

    @Test
    void aSecondFileOfAQueueIsRefusedAndNamesTheFirst() throws Exception {
        create("5.rot");
        Files.copy(directory.resolve("5.rot"), directory.resolve("12.rot"));
        Files.copy(directory.resolve("5.rot"), directory.resolve("005.rot"));
        List<Path> refused = List.of(directory.resolve("12.rot"), directory.resolve("005.rot"));
        FileTime before = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
        for (Path copy : refused) Files.setLastModifiedTime(copy, before);
        byte[] content = Files.readAllBytes(directory.resolve("12.rot"));
        try (LogLines log = new LogLines();
                Server server = start()) {
            assertThat(isServed(server, 5)).isTrue();
            assertThat(isServed(server, 12)).isFalse();
            assertThat(isServed(server, 12)).isFalse();
            assertThat(log.with("not serving " + directory.resolve("12.rot")))
                    .singleElement()
                    .asString()
                    .contains("it is a copy of " + directory.resolve("5.rot"));
            for (Path copy : refused) {
                assertThat(Files.readAllBytes(copy)).isEqualTo(content);
                assertThat(Files.getLastModifiedTime(copy)).isEqualTo(before);
            }
            assertThat(log.with("not serving " + directory.resolve("005.rot")))
                    .singleElement()
                    .asString()
                    .contains(directory.resolve("5.rot") + " is queue 5");
        }
    }

    @Test
    void aFileThatIsHeldIsServedWhenItsHolderLetsGo() throws Exception {
        create("1.rot");
        RotFile holder = RotFile.open(directory.resolve("1.rot"));
        try (Server server = start()) {
            assertThat(isServed(server, 1)).isFalse();
            holder.close();
            awaitServed(server, 1);
        }
    }

    @Test
    void aQueueThatWasJustCreatedIsServedWithTheFirstRequest() throws Exception {
        Path other = Files.createDirectory(directory.resolve("other"));
        try (Server server = start();
                OwnClient own = new OwnClient(server);
                Client original = new Client(server)) {
            for (int i = 1; i <= 15; i++) {
                create(i + ".rot");
                own.send(OwnClient.push(i, i, "message"), OwnClient.commit(i, i));
                assertThat(own.reply().ok().u64(Frame.AT_FIRST_ID)).isZero();
                assertThat(own.reply().ok().u64(Frame.AT_NEXT)).isEqualTo(1);
                int moved = 100 + i;
                RotFile.create(other.resolve("made"), CreateOptions.ofSize(1 << 20));
                Files.move(other.resolve("made"), directory.resolve(moved + ".rot"));
                original.send(Client.push(moved, "message"), Client.commit(moved));
                assertThat(original.status()).isEqualTo(1);
            }
            RotFile.create(
                    directory.resolve("200.rot"), CreateOptions.ofSize(1 << 20).withName("new"));
            own.send(
                    OwnClient.frame(
                            Frame.DESCRIBE,
                            Frame.BY_NAME,
                            0,
                            1,
                            "new".getBytes(StandardCharsets.UTF_8)));
            assertThat(own.reply().ok().tag()).isEqualTo(1);
        }
    }

    @Test
    void aQueueThatWasHeldIsServedWithTheFirstRequestAfterwards() throws Exception {
        create("1.rot");
        RotFile holder = RotFile.open(directory.resolve("1.rot"));
        try (Server server = start();
                OwnClient client = new OwnClient(server)) {
            client.send(OwnClient.ping(1, 1));
            assertThat(client.reply().error())
                    .isInstanceOf(QueueException.UnknownQueueException.class);
            holder.close();
            client.send(OwnClient.ping(1, 2));
            assertThat(client.reply().ok().tag()).isEqualTo(2);
        }
    }

    @Test
    void requestsForUnknownQueuesLookAtTheDirectorySeldom() throws Exception {
        create("1.rot");
        AtomicInteger opened = new AtomicInteger();
        try (RotFile holder = RotFile.open(directory.resolve("1.rot"));
                Server server =
                        Server.start(
                                ServerOptions.of(directory).withPort(0),
                                file -> {
                                    opened.incrementAndGet();
                                    return RotFile.open(file);
                                },
                                Limits.of(Resources.ofProcess(), 1))) {
            long end = System.nanoTime() + Duration.ofSeconds(1).toNanos();
            List<OwnClient> clients = new ArrayList<>();
            for (int i = 0; i < 20; i++) clients.add(new OwnClient(server));
            while (System.nanoTime() < end) {
                for (OwnClient client : clients)
                    client.send(OwnClient.ping(7, 1), OwnClient.ping(8, 2));
                for (OwnClient client : clients) {
                    for (int tag = 1; tag <= 2; tag++)
                        assertThat(client.reply().error())
                                .isInstanceOf(QueueException.UnknownQueueException.class);
                }
            }
            long past = Duration.ofNanos(System.nanoTime() - end).toMillis() + 1000;
            for (OwnClient client : clients) client.close();
            assertThat(holder.ping().next()).isZero();
            // Every 20 ms, and the directory's own thread every two seconds.
            assertThat(opened.get()).isBetween(2, (int) (past / 20 + past / 2000 + 3));
        }
    }

    @Test
    void aFileThatIsDeletedTakesNoMorePushesUntilItIsBack() throws Exception {
        create("1.rot");
        Path path = directory.resolve("1.rot");
        Path other = directory.resolve("other");
        try (LogLines log = new LogLines();
                Server server = start();
                Client client = new Client(server)) {
            Files.move(path, other);
            log.await("1.rot was deleted or renamed: pushes and commits are refused");
            assertRefusesCommits(server);
            Files.move(other, path);
            log.await("1.rot is back");
            assertCommits(client, 2); // with what was refused and not lost
            Files.delete(path);
            create("2.rot"); // looked at again, not told again
            awaitServed(server, 2);
            create("3.rot");
            awaitServed(server, 3);
            assertRefusesCommits(server);
            assertThat(log.with("was deleted or renamed: pushes")).hasSize(2);
        }
    }

    @Test
    void aFileThatIsReplacedTakesNoMorePushes() throws Exception {
        create("1.rot");
        create("new");
        Path path = directory.resolve("1.rot");
        try (LogLines log = new LogLines()) {
            try (Server server = start();
                    Client client = new Client(server)) {
                assertCommits(client, 1);
                Files.move(directory.resolve("new"), path, StandardCopyOption.ATOMIC_MOVE);
                log.await("1.rot was replaced: pushes and commits are refused");
                assertRefusesCommits(server);
                create("2.rot");
                awaitServed(server, 2);
                assertThat(log.with("was replaced: pushes")).hasSize(1);
            }
            try (Server server = start();
                    Client client = new Client(server)) {
                assertCommits(client, 1); // the new one
            }
        }
    }

    private static void assertRefusesCommits(Server server) throws IOException {
        try (OwnClient client = new OwnClient(server)) {
            client.send(OwnClient.push(1, 1, "message"), OwnClient.commit(1, 2));
            client.reply(); // the first push is refused only with its commit
            assertThat(client.reply().error()).isInstanceOf(QueueException.FileGoneException.class);
            client.send(OwnClient.push(1, 3, "message"), OwnClient.read(1, 4, 0, 0, 9));
            assertThat(client.reply().error())
                    .isInstanceOf(QueueException.FileGoneException.class)
                    .hasMessageContaining("1.rot");
            client.reply().ok();
        }
    }

    private static void assertCommits(Client client, long next) throws IOException {
        client.send(Client.push(1, "message"), Client.commit(1));
        assertThat(client.status()).isEqualTo(next);
    }

    @Test
    void aDirectoryThatIsNotThereIsNamed() {
        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> Server.start(ServerOptions.of(missing).withPort(0)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(missing.toString());
    }

    @Test
    void aPortThatIsTakenIsNamed() throws IOException {
        try (Server server = start()) {
            assertThatThrownBy(
                            () -> Server.start(ServerOptions.of(directory).withPort(server.port())))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("127.0.0.1")
                    .hasMessageContaining(String.valueOf(server.port()));
        }
    }

    @Test
    void whatWasPushedIsCommittedAfterTheTimeGivenForThat() throws Exception {
        create("1.rot");
        ServerOptions options = ServerOptions.of(directory).withPort(0);
        try (Server server = Server.start(options.withAutoCommit(Duration.ofMillis(5)));
                Client pusher = new Client(server);
                Client reader = new Client(server)) {
            reader.send(Client.stream(1, 1, 0, 3));
            for (int i = 0; i < 3; i++) {
                pusher.send(Client.push(1, "message " + i));
                assertThat(reader.batch().messages()).containsExactly("message " + i);
            }
        }
    }

    @Test
    void numbersAreWrittenInOneWay() {
        assertThat(QueueDirectory.number("0.rot")).isEqualTo(OptionalInt.of(0));
        assertThat(QueueDirectory.number("55.rot")).isEqualTo(OptionalInt.of(55));
        assertThat(QueueDirectory.number("4294967295.rot")).isEqualTo(OptionalInt.of(-1));
        for (String name : new String[] {".rot", "-1.rot", "055.rot", "5 .rot", "99999999999.rot"})
            assertThat(QueueDirectory.number(name)).as(name).isEmpty();
    }

    private Server start() throws IOException {
        return Server.start(ServerOptions.of(directory).withPort(0));
    }

    private void create(String name) {
        RotFile.create(directory.resolve(name), CreateOptions.ofSize(96 << 10));
    }

    private static void awaitServed(Server server, int queue) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!isServed(server, queue)) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(10);
        }
    }

    private static boolean isServed(Server server, int queue) throws IOException {
        try (Client client = new Client(server)) {
            client.send(Client.ping(queue));
            return client.rest(16).length == 16;
        }
    }
}
