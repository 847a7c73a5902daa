package rotera.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.protocol.Request;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;

class BadInputTest {
    @TempDir Path directory;
    private Server server;

    @BeforeEach
    void start() throws IOException {
        RotFile.create(directory.resolve("1.rot"), CreateOptions.ofSize(1 << 20));
        server = Server.start(ServerOptions.of(directory).withPort(0));
        try (Client client = new Client(server)) {
            client.send(Client.push(1, "kept"), Client.commit(1));
            assertThat(client.status()).isEqualTo(1);
        }
    }

    @AfterEach
    void stop() throws IOException {
        try (Client client = new Client(server)) {
            client.send(Client.push(1, "new"), Client.commit(1));
            assertThat(client.status()).isEqualTo(2);
            client.send(Client.read(1, 10, 0));
            assertThat(client.batch().messages()).containsExactly("kept", "new");
        } finally {
            server.close();
        }
    }

    @Test
    void aPushWithAMessageThatIsTooLargeIsRefusedWhole() throws IOException {
        try (Client client = new Client(server)) {
            try {
                client.send(
                        Client.ping(1),
                        Client.push(1, new byte[1], new byte[300_000], new byte[1]));
            } catch (SocketException e) {
                // The server need not take all of it.
            }
            assertThat(client.status()).isEqualTo(1);
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void aPushThatIsTooLargeIsRefusedBeforeItsBytesCome() throws IOException {
        for (int length : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 300_000}) {
            try (Client client = new Client(server)) {
                client.send(Client.bytes(new Request.Push(1, 1)), Client.u32(length));
                assertThat(client.rest()).isEmpty();
            }
        }
    }

    @Test
    void countsThatAreTooLargeAreRefusedAtOnce() throws IOException {
        for (long count : new long[] {0xffff_ffffL, 1 << 20, (1 << 20) + 1, 200_000}) {
            try (Client client = new Client(server)) {
                client.send(Client.bytes(new Request.Push(1, count)));
                assertThat(client.rest()).isEmpty();
            }
        }
    }

    @Test
    void anEmptyPushIsNothing() throws IOException {
        try (Client client = new Client(server)) {
            client.send(Client.push(1, new byte[0][]), Client.commit(1));
            assertThat(client.status()).isEqualTo(1);
        }
    }

    @Test
    void aPushThatIsCutOffLeavesNothing() throws IOException {
        byte[] push = Client.push(1, "alpha", "beta");
        for (int cut = 1; cut < push.length; cut++) {
            try (Client client = new Client(server)) {
                client.send(java.util.Arrays.copyOf(push, cut));
                if (cut % 2 == 0) client.vanish();
                else {
                    client.socket.shutdownOutput();
                    assertThat(client.rest()).isEmpty();
                }
            }
        }
        try (Client client = new Client(server)) {
            client.send(Client.commit(1));
            assertThat(client.status()).isEqualTo(1);
        }
    }

    @Test
    void whatCameBeforeTheEndOfTheInputIsAnswered() throws IOException {
        try (Client client = new Client(server)) {
            client.send(Client.ping(1), Client.commit(1), Client.read(1, 1, 0), new byte[7]);
            client.socket.shutdownOutput();
            assertThat(client.status()).isEqualTo(1);
            assertThat(client.status()).isEqualTo(1);
            assertThat(client.batch().messages()).containsExactly("kept");
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void garbageClosesTheConnection() throws IOException {
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            byte[] garbage = new byte[random.nextInt(5000)];
            random.nextBytes(garbage);
            try (Client client = new Client(server)) {
                client.send(garbage);
                client.socket.shutdownOutput();
                client.rest();
            } catch (IOException e) {
                // it was closed while we sent
            }
        }
    }

    @Test
    void thousandsOfPipelinedRequestsAreAnsweredInOrder() throws Exception {
        int rounds = 5000;
        try (Client client = new Client(server)) {
            Thread sender =
                    Thread.startVirtualThread(() -> {
                        try {
                            for (int i = 0; i < rounds; i++)
                                client.send(
                                        Client.commit(1),
                                        Client.commit(1),
                                        Client.ping(1),
                                        Client.read(1, 1, i));
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    });
            for (int i = 0; i < rounds; i++) {
                for (int j = 0; j < 3; j++) assertThat(client.status()).isEqualTo(1);
                assertThat(client.batch().firstId()).isEqualTo(i);
            }
            sender.join();
        }
    }

    @Test
    void memoryIsBoundedWhateverClientsAnnounce() throws Exception {
        Path large = directory.resolve("2.rot");
        RotFile.create(large, CreateOptions.ofSize(256 << 20));
        long before = residentBytes();
        List<Client> clients = new ArrayList<>();
        byte[] part = new byte[1 << 20];
        try (Client other = new Client(server)) {
            while (true) {
                try (Client client = new Client(server)) {
                    client.send(Client.ping(2));
                    if (client.socket.getInputStream().read() >= 0) break;
                }
            }
            for (int i = 0; i < 200; i++) {
                Client client = new Client(server);
                clients.add(client);
                client.send(Client.bytes(new Request.Push(2, 1)), Client.u32(60 << 20));
                client.send(part); // without a copy: garbage counts as resident, too
            }
            // Three of them may go on; all others wait, and their sockets fill up.
            for (Client client : clients) {
                Thread.startVirtualThread(() -> {
                    try {
                        for (int i = 0; i < 58; i++) client.send(part);
                    } catch (IOException e) {
                        // closed below
                    }
                });
            }
            long last = 0;
            for (long now = residentBytes(); now - last > 8 << 20; now = residentBytes()) {
                last = now;
                Thread.sleep(1000);
            }
            assertThat(residentBytes() - before).isLessThan(600L << 20);
            for (int i = 0; i < 10; i++) // ordinary ones do not wait
            other.send(Client.push(2, new byte[100_000]), Client.ping(2));
            for (int i = 0; i < 10; i++) assertThat(other.status()).isZero();
        } finally {
            for (Client client : clients) client.vanish();
        }
        // Whoever waited for memory has it now.
        try (Client client = new Client(server)) {
            client.send(Client.push(2, new byte[60 << 20]), Client.commit(2));
            assertThat(client.status()).isEqualTo(11);
        }
    }

    private static long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status")))
            if (line.startsWith("VmRSS:"))
                return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
        throw new IOException("no VmRSS");
    }
}
