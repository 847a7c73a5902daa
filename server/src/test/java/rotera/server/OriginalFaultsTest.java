package rotera.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;

/**
 * Faults that the original server had, numbered as they were found. The 7th is in {@link
 * SlowSyncTest}, the 8th in {@link BadInputTest}, the 9th in {@link QueueDirectoryTest}, the 12th
 * is one of its command line.
 */
class OriginalFaultsTest {
    private static final int QUEUE = 55;

    @TempDir Path directory;
    private Server server;

    @BeforeEach
    void start() throws IOException {
        RotFile.create(directory.resolve("55.rot"), CreateOptions.ofSize(96 << 10));
        server = Server.start(ServerOptions.of(directory).withPort(0));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void n1WhatIsListedAsReadableWasNotOverwritten() throws IOException {
        try (Client client = new Client(server)) {
            long id = 0;
            for (int round = 0; round < 5; round++) {
                for (int i = 0; i < 650; i++) client.send(Client.push(QUEUE, message(id++, 100)));
                for (int i = 0; i < 6; i++) client.send(Client.push(QUEUE, message(id++, 6000)));
                client.send(Client.commit(QUEUE));
                assertThat(client.status()).isEqualTo(id);
                assertEverythingIsThere(client, id);
            }
        }
    }

    @Test
    void n2AReadOfAFullRingIsComplete() throws IOException {
        try (Client client = new Client(server)) {
            long id = 0;
            for (int round = 0; round < 300; round++) {
                client.send(Client.push(QUEUE, message(id++, 1000 + round % 9)));
                client.send(Client.commit(QUEUE));
                assertThat(client.status()).isEqualTo(id);
                assertEverythingIsThere(client, id);
            }
        }
    }

    @Test
    void n3WhatIsNotCommittedIsNeverEvicted() throws IOException {
        try (Client client = new Client(server)) {
            long id = 0;
            for (int i = 0; i < 124; i++) client.send(Client.push(QUEUE, message(id++, 8000)));
            client.send(Client.commit(QUEUE));
            assertThat(client.status()).isEqualTo(124);
            assertEverythingIsThere(client, 124);
        }
    }

    @Test
    void n4AStreamFromAnEvictedIdGoesOn() throws IOException {
        try (Client client = new Client(server)) {
            long id = 0;
            for (; id < 3000; id++) client.send(Client.push(QUEUE, message(id, 100)));
            client.send(Client.commit(QUEUE));
            assertThat(client.status()).isEqualTo(3000);
            client.send(Client.stream(QUEUE, 10, 5, 100));
            long next = -1;
            for (int got = 0; got < 100; ) {
                Client.Batch batch = client.batch();
                assertThat(batch.messages()).hasSizeBetween(1, 10);
                if (next < 0) assertThat(batch.firstId()).isGreaterThan(5);
                else assertThat(batch.firstId()).isEqualTo(next);
                next = batch.firstId() + batch.messages().size();
                got += batch.messages().size();
            }
        }
    }

    @Test
    void n5AReaderThatVanishesInTheMiddleOfAReplyHarmsNobody() throws Exception {
        try (Client client = new Client(server)) {
            for (int i = 0; i < 300; i++) client.send(Client.push(QUEUE, message(i, 100)));
            client.send(Client.commit(QUEUE));
            assertThat(client.status()).isEqualTo(300);
            // While replies are built, when all are sent, and when the socket takes no more.
            for (int reads : new int[] {50, 1, 1000}) {
                for (int i = 0; i < 30; i++) {
                    try (Client vanishing = new Client(server, 4096)) {
                        for (int j = 0; j < reads; j++) vanishing.send(Client.read(QUEUE, 1000, 0));
                        vanishing.receive(10);
                        if (reads != 50) Thread.sleep(5);
                        vanishing.vanish();
                    }
                }
            }
            for (int i = 0; i < 1000; i++) {
                client.send(Client.push(QUEUE, message(300 + i, 100)), Client.commit(QUEUE));
                assertThat(client.status()).isEqualTo(301 + i);
            }
        }
    }

    @Test
    void n6TheAddressCanBeBoundAgainAtOnce() throws IOException {
        int port = server.port();
        for (int i = 0; i < 3; i++) {
            try (Client client = new Client(server)) {
                client.send(Client.ping(QUEUE));
                assertThat(client.status()).isZero();
                server.close(); // before the client: its end is the one that lingers
                assertThat(client.rest()).isEmpty();
            }
            server = Server.start(ServerOptions.of(directory).withPort(port));
        }
    }

    @Test
    void n10ADamagedMessageIsNotSent() throws IOException {
        try (Client client = new Client(server)) {
            client.send(
                    Client.push(QUEUE, message(0, 100)),
                    Client.push(QUEUE, message(1, 100)),
                    Client.push(QUEUE, message(2, 100)),
                    Client.commit(QUEUE));
            assertThat(client.status()).isEqualTo(3);
        }
        damage(directory.resolve("55.rot"), "m1-");
        for (byte[] request : List.of(Client.read(QUEUE, 10, 1), Client.stream(QUEUE, 1, 1, 10))) {
            try (LogLines log = new LogLines();
                    Client client = new Client(server)) {
                client.send(request);
                assertThat(client.rest()).isEmpty();
                assertThat(log.with("message 1 of "))
                        .singleElement()
                        .asString()
                        .startsWith("closing the connection of ")
                        .endsWith("reading can go on at id 2");
            }
        }
        try (Client client = new Client(server)) {
            client.send(Client.read(QUEUE, 10, 2));
            assertThat(client.batch().firstId()).isEqualTo(2);
        }
    }

    @Test
    void n11StoppingTellsTheClients() throws Exception {
        try (Client waiting = new Client(server);
                Client pusher = new Client(server);
                Client idle = new Client(server)) {
            idle.send(Client.ping(QUEUE));
            assertThat(idle.status()).isZero();
            waiting.send(Client.stream(QUEUE, 10, 0, 10));
            pusher.send(Client.push(QUEUE, "one"), Client.commit(QUEUE));
            assertThat(pusher.status()).isEqualTo(1);
            assertThat(waiting.batch().messages()).containsExactly("one");
            pusher.send(Client.push(QUEUE, "two"), Client.ping(QUEUE));
            assertThat(pusher.status()).isEqualTo(1);
            Thread stopping = Thread.startVirtualThread(server::close);
            assertThat(waiting.batch()).isEqualTo(new Client.Batch(false, 1, List.of()));
            assertThat(waiting.rest()).isEmpty();
            assertThat(idle.rest()).isEmpty();
            stopping.join();
        }
        try (RotFile file = RotFile.open(directory.resolve("55.rot"))) {
            assertThat(file.ping().next()).isEqualTo(2);
        }
    }

    @Test
    void aStreamInChunksOfNothingIsRefused() throws IOException {
        try (Client client = new Client(server)) {
            client.send(Client.ping(QUEUE), Client.stream(QUEUE, 0, 0, 10));
            assertThat(client.status()).isZero();
            assertThat(client.rest()).isEmpty();
        }
    }

    private static String message(long id, int length) {
        String head = "m" + id + "-";
        return head + "x".repeat(length - head.length());
    }

    private static void assertEverythingIsThere(Client client, long next) throws IOException {
        client.send(Client.read(QUEUE, 100_000, -1));
        Client.Batch batch = client.batch();
        List<String> starts = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < batch.messages().size(); i++) {
            String message = batch.messages().get(i);
            starts.add(message.substring(0, message.indexOf('-')));
            expected.add("m" + (batch.firstId() + i));
        }
        assertThat(starts).isEqualTo(expected);
        assertThat(batch.firstId() + starts.size()).isEqualTo(next);
    }

    private static void damage(Path path, String message) throws IOException {
        try (FileChannel file =
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer all = ByteBuffer.allocate((int) file.size());
            while (all.hasRemaining()) file.read(all);
            String text = new String(all.array(), java.nio.charset.StandardCharsets.ISO_8859_1);
            int at = text.indexOf(message);
            assertThat(at).isPositive();
            file.write(ByteBuffer.wrap(new byte[] {'!'}), at + 20);
        }
    }
}
