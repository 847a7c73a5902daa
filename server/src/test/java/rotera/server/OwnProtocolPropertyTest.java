package rotera.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.protocol.Frame;
import rotera.protocol.Hello;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;

/** Sequences of frames, cut and damaged at random; {@code -Drotera.seeds} says how many. */
final class OwnProtocolPropertyTest {
    private static final int SEEDS = Integer.getInteger("rotera.seeds", 300);
    private static final int FIRST_SEED = Integer.getInteger("rotera.firstSeed", 0);
    private static final String MESSAGE = "a message that nobody else would push";

    @TempDir Path directory;
    private Server server;

    @BeforeEach
    void start() throws IOException {
        RotFile.create(directory.resolve("1.rot"), CreateOptions.ofSize(1 << 20));
        RotFile.create(directory.resolve("2.rot"), CreateOptions.ofSize(64 << 20));
        server = Server.start(ServerOptions.of(directory).withPort(0));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void howRequestsAreCutIntoSegmentsDoesNotMatter() throws Exception {
        Random random = new Random(1);
        for (int round = 0; round < 20; round++) {
            List<Integer> tags = new ArrayList<>();
            byte[] all = requests(random, tags);
            try (OwnClient client = new OwnClient(server, 100 + round)) {
                for (int from = 0; from < all.length; ) {
                    int to = Math.min(all.length, from + 1 + random.nextInt(round < 5 ? 1 : 200));
                    client.send(Arrays.copyOfRange(all, from, to));
                    from = to;
                }
                for (int tag : tags) assertThat(client.reply().ok().tag()).isEqualTo(tag);
            }
        }
    }

    @Test
    void howLargeRequestsAreCutIntoSegmentsDoesNotMatter() throws Exception {
        Random random = new Random(2);
        List<String> messages = new ArrayList<>();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < 20; i++) {
            String message = String.valueOf((char) ('a' + i)).repeat(1 + random.nextInt(1_500_000));
            messages.add(message);
            all.write(OwnClient.push(2, 2 * i, message));
            all.write(OwnClient.commit(2, 2 * i + 1));
        }
        try (OwnClient client = new OwnClient(server)) {
            byte[] bytes = all.toByteArray();
            for (int from = 0; from < bytes.length; ) {
                int to = Math.min(bytes.length, from + 1 + random.nextInt(100_000));
                client.send(Arrays.copyOfRange(bytes, from, to));
                from = to;
            }
            for (int i = 0; i < 40; i++) assertThat(client.reply().ok().tag()).isEqualTo(i);
            for (int i = 0; i < 20; i++) {
                client.send(OwnClient.read(2, i, Frame.FROM_ID, i, 1));
                assertThat(client.reply().texts().getFirst()).isEqualTo(messages.get(i));
            }
        }
    }

    @Test
    void damagedFramesHarmNobodyElse() throws Exception {
        try (OwnClient witness = new OwnClient(server, 5)) {
            for (int seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
                damage(new Random(seed));
                witness.send(
                        OwnClient.push(1, 1, MESSAGE),
                        OwnClient.commit(1, 2),
                        OwnClient.read(1, 3, Frame.FROM_OLDEST, 0, Integer.MAX_VALUE));
                long id = witness.reply().ok().u64(Frame.AT_FIRST_ID);
                assertThat(witness.reply().ok().u64(Frame.AT_NEXT))
                        .as("seed %d", seed)
                        .isEqualTo(id + 1);
                assertThat(witness.reply().texts())
                        .as("seed %d", seed)
                        .allMatch(text -> text.equals(MESSAGE) || text.isEmpty());
            }
        }
    }

    private void damage(Random random) throws IOException {
        byte[] all = requests(random, new ArrayList<>());
        ByteArrayOutputStream hello = new ByteArrayOutputStream();
        hello.writeBytes(OwnClient.hello(Hello.of(random.nextLong())));
        hello.writeBytes(all);
        byte[] bytes = hello.toByteArray();
        for (int i = random.nextInt(8); i >= 0; i--) {
            int at = random.nextInt(bytes.length);
            // Most of all in heads of frames, where lengths are.
            if (random.nextBoolean()) at = 32 + random.nextInt(Math.min(64, bytes.length - 32));
            bytes[at] = (byte) (random.nextBoolean() ? random.nextInt() : bytes[at] ^ 1);
        }
        try (Client client = new Client(server)) {
            client.socket.setSoTimeout(200); // a stream may wait for ever
            client.send(Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
            client.socket.shutdownOutput();
            checkReplies(client.socket.getInputStream().readAllBytes());
        } catch (SocketException | SocketTimeoutException e) {
            // It closed before it had read everything, or waits.
        }
    }

    private static void checkReplies(byte[] bytes) {
        MemorySegment replies = MemorySegment.ofArray(bytes);
        for (long at = 0; at + Frame.HEAD_BYTES <= bytes.length; at += Frame.bytes(replies, at))
            assertThat(Frame.bytes(replies, at)).isGreaterThanOrEqualTo(Frame.HEAD_BYTES);
    }

    private static byte[] requests(Random random, List<Integer> tags) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int tag = 0; tag < 3 + random.nextInt(30); tag++) {
            tags.add(tag);
            all.writeBytes(
                    switch (random.nextInt(8)) {
                        case 0 -> OwnClient.push(1, tag, MESSAGE);
                        case 1 -> OwnClient.push(1, tag, 1 + tag * 3, MESSAGE, "", MESSAGE);
                        case 2 -> OwnClient.commit(1, tag);
                        case 3 -> OwnClient.ping(1, tag);
                        case 4 -> OwnClient.read(1, tag, random.nextInt(4), 0, 3);
                        case 5 -> OwnClient.frame(Frame.LIST, 0, 0, tag, new byte[0]);
                        case 6 -> OwnClient.frame(Frame.LAST_PUSH, 0, 1, tag, new byte[0]);
                        default ->
                                OwnClient.frame(
                                        Frame.DESCRIBE,
                                        0,
                                        1,
                                        tag,
                                        "x".getBytes(StandardCharsets.UTF_8));
                    });
        }
        return all.toByteArray();
    }
}
