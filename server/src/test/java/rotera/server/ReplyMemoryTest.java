package rotera.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.protocol.Frame;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;

/** Clients that ask for much and take nothing: the memory for replies is left for the others. */
@Timeout(120)
class ReplyMemoryTest {
    private static final int PEERS = 60;
    private static final int MESSAGES = 400;
    private static final int MESSAGE_BYTES = 100_000;
    private static final int ROUNDS = 20;

    /** They would wait for 30 s, until the others are closed. */
    private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(20);

    @TempDir Path directory;
    private final List<Client> peers = new ArrayList<>();
    private Server server;

    @BeforeEach
    void start() throws IOException {
        RotFile.create(directory.resolve("1.rot"), CreateOptions.ofSize(64 << 20));
        server = Server.start(ServerOptions.of(directory).withPort(0));
        byte[][] messages = new byte[8][MESSAGE_BYTES];
        try (Client client = new Client(server)) {
            for (int i = 0; i < MESSAGES; i += 8) client.send(Client.push(1, messages));
            client.send(Client.commit(1));
            assertThat(client.status()).isEqualTo(MESSAGES);
        }
    }

    @AfterEach
    void stop() throws IOException {
        for (Client peer : peers) peer.close();
        server.close();
    }

    @Test
    void readsOfOthersDoNotWait() throws Exception {
        for (int i = 0; i < PEERS; i++) {
            peers.add(new Client(server, 4096));
            byte[] read = Client.read(1, MESSAGES, 0);
            peers.getLast().send(read, read, read, read);
        }
        long begin = System.nanoTime();
        try (Client original = new Client(server);
                OwnClient own = new OwnClient(server)) {
            for (int i = 0; i < ROUNDS; i++) {
                original.send(Client.read(1, 1, i));
                assertThat(original.batch().messages().size()).isEqualTo(1);
                own.send(OwnClient.read(1, i, Frame.FROM_ID, i, 1));
                assertThat(own.reply().ok().texts().size()).isPositive();
            }
            original.send(Client.stream(1, 1, 0, MESSAGES));
            own.send(OwnClient.stream(1, 1, Frame.FROM_OLDEST, 0, MESSAGES));
            for (int i = 0; i < MESSAGES; i++)
                assertThat(original.batch().messages().size()).isEqualTo(1);
            int streamed = 0;
            while (streamed < MESSAGES) streamed += own.reply().ok().texts().size();
        }
        assertThat(System.nanoTime() - begin).isLessThan(MAX_NANOS);
    }

    @Test
    void manyStreamsThatGoOnAtOnceLeaveTimeForOthers() throws Exception {
        int streams = 200;
        for (int i = 0; i < streams; i++) {
            peers.add(new Client(server));
            peers.getLast().send(Client.stream(1, 100, MESSAGES, Long.MAX_VALUE));
        }
        long all = 0;
        double least = 1;
        try (Client pusher = new Client(server);
                Client witness = new Client(server)) {
            for (int round = 0; round < 10; round++) {
                witness.send(Client.ping(1));
                witness.status();
                all += streams * (2L * MESSAGE_BYTES);
                pusher.send(Client.push(1, new byte[2][MESSAGE_BYTES]), Client.commit(1));
                pusher.status();
                witness.send(Client.ping(1)); // while all of them are sent what came
                witness.status();
                long came = 0;
                for (Client peer : peers) came += peer.socket.getInputStream().available();
                least = Math.min(least, (double) came / all);
                for (Client peer : peers) assertThat(peer.batch().messages().size()).isEqualTo(2);
                all = 0;
            }
        }
        assertThat(least).as("part of the streams that came before a ping").isLessThan(0.5);
    }
}
