package rotera.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;

class StreamsTest {
    @TempDir Path directory;
    private Server server;

    @BeforeEach
    void start() throws IOException {
        RotFile.create(directory.resolve("1.rot"), CreateOptions.ofSize(64 << 20));
        server = Server.start(ServerOptions.of(directory).withPort(0));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aThousandWaitingStreamsUseNoCpuAndAllGetWhatComes() throws Exception {
        List<Client> streams = new ArrayList<>();
        try (Client pusher = new Client(server)) {
            for (int i = 0; i < 1000; i++) {
                Client client = new Client(server);
                streams.add(client);
                client.send(Client.stream(1, 10, 0, 2));
            }
            pusher.send(Client.push(1, "a"), Client.commit(1));
            assertThat(pusher.status()).isEqualTo(1);
            for (Client client : streams)
                assertThat(client.batch().messages()).containsExactly("a");
            Thread.sleep(100);
            long before = serverCpuNanos();
            Thread.sleep(1000);
            assertThat(Duration.ofNanos(serverCpuNanos() - before))
                    .isLessThan(Duration.ofMillis(10));
            pusher.send(Client.push(1, "b"), Client.commit(1));
            assertThat(pusher.status()).isEqualTo(2);
            for (Client client : streams) {
                Client.Batch batch = client.batch();
                assertThat(batch.firstId()).isEqualTo(1);
                assertThat(batch.messages()).containsExactly("b");
            }
        } finally {
            for (Client client : streams) client.close();
        }
    }

    private static long serverCpuNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (var thread : threads.dumpAllThreads(false, false))
            if (thread.getThreadName().startsWith("rotera"))
                sum += Math.max(0, threads.getThreadCpuTime(thread.getThreadId()));
        return sum;
    }

    @Test
    void aStreamBeyondTheEndWaitsAndThenBeginsThere() throws IOException {
        try (Client stream = new Client(server);
                Client pusher = new Client(server)) {
            stream.send(Client.stream(1, 10, 3, 2));
            pusher.send(Client.push(1, "0", "1", "2", "3", "4", "5"), Client.commit(1));
            assertThat(pusher.status()).isEqualTo(6);
            assertThat(stream.batch()).isEqualTo(new Client.Batch(true, 3, List.of("3", "4")));
            stream.send(Client.ping(1));
            assertThat(stream.status()).isEqualTo(6);
        }
    }

    @Test
    void whatIsRequestedDuringAStreamIsAnsweredBehindIt() throws IOException {
        try (Client stream = new Client(server);
                Client pusher = new Client(server)) {
            stream.send(Client.stream(1, 10, 0, 2), Client.ping(1), Client.stream(1, 1, 0, 2));
            pusher.send(Client.push(1, "a"), Client.commit(1));
            assertThat(pusher.status()).isEqualTo(1);
            assertThat(stream.batch().messages()).containsExactly("a");
            pusher.send(Client.push(1, "b"), Client.commit(1));
            assertThat(pusher.status()).isEqualTo(2);
            assertThat(stream.batch().messages()).containsExactly("b");
            assertThat(stream.status()).isEqualTo(2);
            assertThat(stream.batch().messages()).containsExactly("a");
            assertThat(stream.batch().messages()).containsExactly("b");
        }
    }

    @Test
    void aWaitingStreamIsClosedWhenItsClientEnds() throws IOException {
        try (Client stream = new Client(server)) {
            stream.send(Client.stream(1, 10, 0, 2));
            stream.socket.shutdownOutput();
            assertThat(stream.rest()).isEmpty();
        }
    }

    @Test
    void aStreamUnderWayIsFinishedAfterItsClientEnds() throws IOException {
        fill(20_000);
        try (Client stream = new Client(server)) {
            stream.send(Client.stream(1, 7, 0, 20_000));
            stream.socket.shutdownOutput();
            assertCounted(stream, 20_000, 7);
            assertThat(stream.rest()).isEmpty();
        }
    }

    @Test
    void aSlowReaderDelaysNobodyAndMissesNothing() throws IOException {
        fill(100_000);
        List<Client> slow = new ArrayList<>();
        try (Client other = new Client(server)) {
            for (int i = 0; i < 20; i++) {
                Client client = new Client(server, 4096);
                slow.add(client);
                client.send(Client.stream(1, 1000, 0, 100_000));
            }
            long next = 100_000;
            for (int i = 0; i < 50; i++) {
                long began = System.nanoTime();
                other.send(Client.push(1, "x"), Client.commit(1));
                assertThat(other.status()).isEqualTo(++next);
                assertThat(Duration.ofNanos(System.nanoTime() - began))
                        .isLessThan(Duration.ofMillis(500));
            }
            assertCounted(slow.get(0), 100_000, 1000);
        } finally {
            for (Client client : slow) client.close();
        }
    }

    @Test
    void aReadIsCroppedAndGoesOnWhereItEnded() throws IOException {
        fill(400_000);
        try (Client client = new Client(server)) {
            client.send(Client.read(1, -1, 0)); // 4,294,967,295
            Client.Batch first = client.batch();
            assertThat(first.messages()).hasSize(262_144);
            client.send(Client.read(1, -1, 262_144));
            Client.Batch second = client.batch();
            assertThat(second.firstId()).isEqualTo(262_144);
            assertThat(second.messages()).hasSize(400_000 - 262_144);
            assertThat(second.messages().get(5)).isEqualTo("message 262149");
        }
    }

    @Test
    void aReadIsCroppedToItsMostBytes() throws IOException {
        try (Client client = new Client(server)) {
            byte[] message = new byte[1 << 20];
            for (int i = 0; i < 20; i++) client.send(Client.push(1, new byte[][] {message}));
            client.send(Client.commit(1));
            assertThat(client.status()).isEqualTo(20);
            client.send(Client.read(1, 100, 0));
            int eighth = (int) (Limits.of(Resources.ofProcess(), 1).replyBytes() / 8);
            assertThat(client.batch().messages())
                    .hasSize(Math.max(1, (eighth - 1) / ((1 << 20) + 4)));
        }
    }

    @Test
    void aMessageLargerThanAReplyMayBeComesAlone() throws IOException {
        RotFile.create(directory.resolve("2.rot"), CreateOptions.ofSize(128 << 20));
        try (Client client = waitFor(2)) {
            byte[] message = new byte[20 << 20];
            message[message.length - 1] = 'z';
            client.send(Client.push(2, message, new byte[] {'a'}), Client.commit(2));
            assertThat(client.status()).isEqualTo(2);
            client.send(Client.read(2, 100, 0));
            Client.Batch batch = client.batch();
            assertThat(batch.messages()).hasSize(1);
            assertThat(batch.messages().get(0)).hasSize(20 << 20).endsWith("z");
            client.send(Client.stream(2, 100, 0, 2));
            assertThat(client.batch().messages().get(0)).hasSize(20 << 20).endsWith("z");
            assertThat(client.batch().messages()).containsExactly("a");
        }
    }

    /** A connection to a queue that was just created. */
    private Client waitFor(int queue) throws IOException {
        while (true) {
            Client client = new Client(server);
            client.send(Client.ping(queue));
            if (client.socket.getInputStream().read() >= 0) {
                client.receive(15);
                return client;
            }
            client.close();
        }
    }

    private void fill(int messages) throws IOException {
        try (Client client = new Client(server)) {
            for (int id = 0; id < messages; id += 1000) {
                String[] some = new String[1000];
                for (int i = 0; i < some.length; i++) some[i] = "message " + (id + i);
                client.send(Client.push(1, some));
            }
            client.send(Client.commit(1));
            assertThat(client.status()).isEqualTo(messages);
        }
    }

    private static void assertCounted(Client stream, int messages, int chunk) throws IOException {
        for (int id = 0; id < messages; ) {
            Client.Batch batch = stream.batch();
            assertThat(batch.firstId()).isEqualTo(id);
            assertThat(batch.messages()).hasSizeBetween(1, chunk);
            for (String message : batch.messages())
                assertThat(message).isEqualTo("message " + id++);
        }
    }
}
