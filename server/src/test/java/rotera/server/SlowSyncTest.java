package rotera.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;

/** The original's fault 7: a commit stalled every other client while it synced. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SlowSyncTest {
    private static final Duration SOON = Duration.ofMillis(100);

    @TempDir Path directory;
    private final Map<Integer, SlowDisk> disks = new ConcurrentHashMap<>();
    private Server server;

    @BeforeEach
    void start() throws IOException {
        for (int number = 1; number <= 4; number++)
            RotFile.create(directory.resolve(number + ".rot"), CreateOptions.ofSize(1 << 20));
        server =
                Server.start(
                        ServerOptions.of(directory).withPort(0),
                        path ->
                                SlowDisk.open(
                                        path,
                                        disk ->
                                                disks.put(
                                                        path.getFileName().toString().charAt(0)
                                                                - '0',
                                                        disk)),
                        Limits.of(Resources.ofProcess(), 1));
        try (Client client = new Client(server)) {
            for (int number = 1; number <= 4; number++) {
                client.send(Client.push(number, "first"), Client.commit(number));
                assertThat(client.status()).isEqualTo(1);
            }
        }
    }

    @AfterEach
    void stop() {
        for (SlowDisk disk : disks.values())
            if (disk.syncs.isHeldByCurrentThread()) disk.syncs.unlock();
        server.close();
    }

    @Test
    void othersAreServedWhileAQueueSyncs() throws Exception {
        disk(1).syncs.lock();
        try (Client stuck = new Client(server);
                Client other = new Client(server)) {
            int forces = disk(1).forces;
            stuck.send(Client.push(1, "second"), Client.commit(1));
            while (disk(1).forces == forces) Thread.onSpinWait();
            long began = System.nanoTime();
            other.send(Client.read(1, 10, 0)); // the same queue
            assertThat(other.batch().messages()).containsExactly("first");
            other.send(Client.ping(2), Client.push(2, "x"), Client.commit(2));
            assertThat(other.status()).isEqualTo(1);
            assertThat(other.status()).isEqualTo(2);
            other.send(Client.push(1, "third"), Client.ping(1));
            assertThat(other.status()).isEqualTo(1);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SOON);

            other.send(Client.commit(1)); // waits for the next sync
            disk(1).syncs.unlock();
            assertThat(stuck.status()).isEqualTo(2);
            assertThat(other.status()).isEqualTo(3);
        }
    }

    @Test
    void severalQueuesMayBeStuckAtOnce() throws Exception {
        List<Integer> stuckQueues = List.of(1, 2, 3);
        for (int queue : stuckQueues) disk(queue).syncs.lock();
        try (Client first = new Client(server);
                Client second = new Client(server);
                Client third = new Client(server);
                Client other = new Client(server)) {
            List<Client> clients = List.of(first, second, third);
            for (int queue : stuckQueues)
                clients.get(queue - 1).send(Client.push(queue, "second"), Client.commit(queue));
            for (int i = 0; i < 20; i++) {
                long began = System.nanoTime();
                other.send(Client.push(4, "x"), Client.commit(4));
                assertThat(other.status()).isEqualTo(2 + i);
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SOON);
            }
            for (int queue : List.of(2, 3, 1)) {
                disk(queue).syncs.unlock();
                assertThat(clients.get(queue - 1).status()).isEqualTo(2);
            }
        }
    }

    @Test
    void aPushThatWaitsForTheDiskKeepsNobodyElseWaiting() throws Exception {
        disk(1).syncs.lock();
        byte[][] messages = new byte[60][1000];
        try (Client pusher = new Client(server);
                Client other = new Client(server)) {
            // Far more than may be uncommitted, so that the push has to wait for a sync.
            for (int i = 0; i < 3; i++) pusher.send(Client.push(1, messages));
            pusher.send(Client.commit(1));
            Thread.sleep(50);
            for (int i = 0; i < 20; i++) {
                long began = System.nanoTime();
                other.send(Client.ping(1), Client.push(2, "x"), Client.commit(2));
                assertThat(other.status()).isEqualTo(1);
                assertThat(other.status()).isEqualTo(2 + i);
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SOON);
            }
            disk(1).syncs.unlock();
            assertThat(pusher.status()).isEqualTo(181);
        }
    }

    @Test
    void repliesOfAClientStayInOrder() throws Exception {
        disk(1).syncs.lock();
        try (Client client = new Client(server)) {
            client.send(
                    Client.push(1, "second"),
                    Client.commit(1),
                    Client.commit(2),
                    Client.ping(1),
                    Client.read(1, 5, 0),
                    Client.push(1, "third"),
                    Client.commit(1),
                    Client.commit(1));
            Thread.sleep(20);
            assertThat(client.socket.getInputStream().available()).isZero();
            disk(1).syncs.unlock();
            assertThat(client.status()).isEqualTo(2);
            assertThat(client.status()).isEqualTo(1);
            assertThat(client.status()).isEqualTo(2);
            assertThat(client.batch().messages()).containsExactly("first", "second");
            assertThat(client.status()).isEqualTo(3);
            assertThat(client.status()).isEqualTo(3);
        }
    }

    @Test
    void aClientThatVanishesDuringItsSyncHarmsNobody() throws Exception {
        disk(1).syncs.lock();
        try (Client client = new Client(server);
                Client other = new Client(server)) {
            byte[][] messages = new byte[60][1000];
            for (int i = 0; i < 3; i++) client.send(Client.push(1, messages));
            client.send(Client.commit(1));
            Thread.sleep(20);
            client.vanish();
            other.send(Client.ping(1));
            assertThat(other.status()).isEqualTo(1);
            disk(1).syncs.unlock();
            other.send(Client.push(1, "x"), Client.commit(1));
            assertThat(other.status()).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void aFailedQueueClosesWhoPushesAndIsStillRead() throws Exception {
        disk(1).fails = true;
        try (LogLines log = new LogLines();
                Client pusher = new Client(server);
                Client committer = new Client(server);
                Client reader = new Client(server)) {
            pusher.send(Client.push(1, "lost"), Client.commit(1));
            assertThat(pusher.rest()).isEmpty();
            assertThat(log.with("the device is gone")).hasSize(1);
            disk(1).fails = false; // that does not heal it
            committer.send(Client.commit(1));
            assertThat(committer.rest()).isEmpty();
            assertThat(log.with("closing the connection of ")).hasSize(2);
            reader.send(Client.read(1, 5, 0), Client.push(2, "x"), Client.commit(2));
            assertThat(reader.batch().messages()).containsExactly("first");
            assertThat(reader.status()).isEqualTo(2);
            reader.send(Client.push(1, "y"));
            assertThat(reader.rest()).isEmpty();
            assertThat(log.with("closing the connection of ")).hasSize(3);
        }
    }

    @Test
    void stoppingDoesNotWaitForADiskThatNeverAnswers() throws Exception {
        disk(1).syncs.lock();
        try (Client client = new Client(server)) {
            client.send(Client.push(1, "second"), Client.commit(1));
            Thread.sleep(20);
            long began = System.nanoTime();
            server.close();
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isLessThan(Duration.ofSeconds(10));
            assertThat(client.rest()).isEmpty();
        }
        disk(1).syncs.unlock();
    }

    private SlowDisk disk(int queue) {
        return Objects.requireNonNull(disks.get(queue));
    }
}
