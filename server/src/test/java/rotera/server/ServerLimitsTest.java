package rotera.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;

/** The limits that clients share, made small enough to be reached. */
class ServerLimitsTest {
    private static final int CONNECTIONS = 4;
    private static final int LARGE_BYTES = 4_000_000;
    private static final int REPLY_BYTES = 3_900_000;
    private static final int MESSAGE_BYTES = 100_000;
    private static final int MESSAGES = 100;
    private static final Duration STALLED = Duration.ofMillis(400);
    private static final String STALLED_LINE = "no progress while others wait for memory";

    private static final String UNUSED_LINE = "no request while others wait to be accepted";

    @TempDir Path directory;
    private final LogLines log = new LogLines();
    private Server server;

    @BeforeEach
    void start() throws IOException {
        RotFile.create(directory.resolve("1.rot"), CreateOptions.ofSize(16 << 20));
        server =
                Server.start(
                        ServerOptions.of(directory).withPort(0),
                        RotFile::open,
                        new Limits(
                                CONNECTIONS, 2 << 20, LARGE_BYTES, REPLY_BYTES, STALLED.toNanos()));
        try (Client client = new Client(server)) {
            for (int i = 0; i < MESSAGES; i++) client.send(Client.push(1, new byte[MESSAGE_BYTES]));
            client.send(Client.commit(1));
            assertThat(client.status()).isEqualTo(MESSAGES);
        }
    }

    @AfterEach
    void stop() {
        server.close();
        log.close();
    }

    @Test
    void connectionsBeyondTheLimitWaitUntilOthersLeave() throws Exception {
        List<Client> served = new ArrayList<>();
        List<Client> waiting = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                served.add(new Client(server));
                assertServed(served.getLast());
            }
            for (int i = 0; i < CONNECTIONS; i++) {
                waiting.add(new Client(server));
                waiting.getLast().send(Client.ping(1));
            }
            log.await(CONNECTIONS + " connections are open");
            for (int round = 0; round < CONNECTIONS; round++) {
                Thread.sleep(250); // longer than it takes to accept again
                for (Client client : served) assertServed(client);
                for (Client client : waiting)
                    assertThat(client.socket.getInputStream().available()).isZero();
                served.removeFirst().close();
                served.add(waiting.removeFirst());
                assertThat(served.getLast().status()).isEqualTo(MESSAGES);
            }
        } finally {
            for (Client client : served) client.close();
            for (Client client : waiting) client.close();
        }
    }

    @Test
    void whoHasAskedForNothingIsClosedWhenOthersWaitToBeAccepted() throws Exception {
        List<Client> idle = new ArrayList<>();
        try (Client used = new Client(server)) {
            assertServed(used);
            for (int i = 1; i < CONNECTIONS; i++) idle.add(new Client(server));
            idle.getLast().send(Arrays.copyOf(Client.ping(1), 31)); // never the rest
            Thread.sleep(2 * STALLED.toMillis());
            assertServed(used);
            assertThat(log.with(UNUSED_LINE)).isEmpty(); // nobody waits yet
            try (Client other = new Client(server)) {
                assertServed(other);
                assertServed(used);
                for (Client client : idle) assertThat(client.rest()).isEmpty();
                assertThat(log.with(UNUSED_LINE)).hasSize(idle.size());
            }
        } finally {
            for (Client client : idle) client.close();
        }
    }

    @Test
    void anotherAddressGetsAPlaceOfTheOneThatHasAll() throws Exception {
        List<Client> served = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                served.add(new Client(server));
                assertServed(served.getLast());
                Thread.sleep(5);
            }
            try (Client waiting = new Client(server);
                    Client other = Client.from("127.0.0.2", server)) {
                waiting.send(Client.ping(1));
                assertServed(other);
                assertThat(served.getFirst().rest()).isEmpty(); // it rested for the longest time
                for (Client client : served.subList(1, CONNECTIONS)) assertServed(client);
                assertThat(waiting.socket.getInputStream().available()).isZero();
                served.get(1).close();
                assertThat(waiting.status()).isEqualTo(MESSAGES);
            }
        } finally {
            for (Client client : served) client.close();
        }
    }

    @Test
    void whoTakesNoReplyIsClosedWhenOthersWait() throws Exception {
        try (Client stalled = new Client(server, 4096);
                Client other = new Client(server);
                Client waiting = new Client(server)) {
            other.send(Client.push(1, new byte[REPLY_BYTES]), Client.commit(1));
            assertThat(other.status()).isEqualTo(MESSAGES + 1);
            byte[] large = Client.read(1, 1, MESSAGES);
            stalled.send(large, large, large, large);
            Thread.sleep(2 * STALLED.toMillis());
            assertServed(other);
            assertThat(log.with(STALLED_LINE)).isEmpty(); // nobody waits yet
            waiting.send(large);
            assertServed(other); // no memory is needed for that
            other.send(Client.read(1, MESSAGES, 0)); // as much as its share
            assertThat(other.batch().messages()).isNotEmpty();
            assertThat(waiting.batch().messages()).hasSize(1);
            assertThat(stalled.rest().length).isLessThan(4 * REPLY_BYTES);
            assertThat(log.with(STALLED_LINE)).hasSize(1);
        }
    }

    @Test
    void whoDoesNotSendAPushToItsEndIsClosedWhenOthersWait() throws Exception {
        byte[] push = Client.push(1, new byte[3_000_000]);
        try (Client stalled = new Client(server);
                Client waiting = new Client(server)) {
            stalled.send(Arrays.copyOf(push, 100_000));
            Thread.sleep(2 * STALLED.toMillis());
            assertThat(log.with(STALLED_LINE)).isEmpty();
            waiting.send(push, Client.commit(1));
            assertThat(waiting.status()).isEqualTo(MESSAGES + 1);
            assertThat(stalled.rest()).isEmpty();
            assertThat(log.with(STALLED_LINE)).hasSize(1);
        }
    }

    @Test
    void whoIsSlowButMovesIsNotClosed() throws Exception {
        byte[] push = Client.push(1, new byte[3_000_000]);
        try (Client slow = new Client(server);
                Client waiting = new Client(server)) {
            slow.send(Arrays.copyOf(push, 100_000));
            assertServed(waiting); // so that the slow one came first
            Thread.startVirtualThread(() -> send(waiting, push, Client.commit(1)));
            for (int i = 0; i < 20; i++) {
                Thread.sleep(STALLED.toMillis() / 4);
                slow.send(Arrays.copyOfRange(push, 100_000 + i, 100_001 + i));
            }
            assertThat(waiting.socket.getInputStream().available()).isZero();
            slow.send(Arrays.copyOfRange(push, 100_020, push.length), Client.ping(1));
            assertThat(slow.status()).isGreaterThanOrEqualTo(MESSAGES);
            assertThat(waiting.status()).isEqualTo(MESSAGES + 2);
            assertThat(log.with(STALLED_LINE)).isEmpty();
        }
    }

    private static void send(Client client, byte[]... parts) {
        try {
            client.send(parts);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void assertServed(Client client) throws IOException {
        client.send(Client.ping(1));
        assertThat(client.status()).isGreaterThanOrEqualTo(MESSAGES);
    }
}
