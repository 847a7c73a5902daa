package rotera.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;

/** Requests to the original's server and its answers, byte for byte, in order on one queue. */
class WireVectorsTest {
    private static final int QUEUE = 55;
    private static final Pattern VECTOR =
            Pattern.compile(
                    "\"name\": \"([^\"]*)\",\\s*\"request\": \"([^\"]*)\",\\s*\"response\": \"([^\"]*)\",\\s*\"closes\": (true|false)");

    @TempDir Path directory;
    private final List<Server> servers = new ArrayList<>();

    private record Vector(String name, String request, String response, boolean closes) {}

    @AfterEach
    void stop() {
        for (Server server : servers) server.close();
    }

    @TestFactory
    Stream<DynamicTest> theReplyIsTheOriginals() throws IOException {
        Server server = started();
        List<Vector> vectors = vectors();
        assertThat(vectors).hasSize(15);
        return vectors.stream()
                .map(vector -> dynamicTest(vector.name, () -> check(server, vector)));
    }

    @TestFactory
    Stream<DynamicTest> theReplyIsTheSameWhenTheRequestComesByteByByte() throws IOException {
        Server server = started();
        return vectors().stream()
                .map(vector -> dynamicTest(vector.name, () -> checkByBytes(server, vector)));
    }

    private Server started() throws IOException {
        Path home = Files.createDirectory(directory.resolve(servers.size() + ""));
        RotFile.create(home.resolve(QUEUE + ".rot"), CreateOptions.ofSize(1 << 20));
        Server server = Server.start(ServerOptions.of(home).withPort(0));
        servers.add(server);
        try (Client client = new Client(server)) {
            client.send(Client.push(QUEUE, "alpha", "beta", "gamma"), Client.commit(QUEUE));
            assertThat(client.status()).isEqualTo(3);
        }
        return server;
    }

    private static void check(Server server, Vector vector) throws IOException {
        try (Client client = new Client(server)) {
            client.send(HexFormat.of().parseHex(vector.request));
            assertAnswer(client, vector);
        }
    }

    private static void checkByBytes(Server server, Vector vector) throws IOException {
        try (Client client = new Client(server)) {
            for (byte one : HexFormat.of().parseHex(vector.request)) {
                client.send(new byte[] {one});
                Thread.onSpinWait();
            }
            assertAnswer(client, vector);
        }
    }

    private static void assertAnswer(Client client, Vector vector) throws IOException {
        assertThat(HexFormat.of().formatHex(client.receiveBytes(vector.response.length() / 2)))
                .isEqualTo(vector.response);
        if (!vector.closes) client.socket.shutdownOutput();
        assertThat(client.rest()).isEmpty();
    }

    private static List<Vector> vectors() throws IOException {
        try (InputStream file =
                Objects.requireNonNull(
                        WireVectorsTest.class.getResourceAsStream("wire-vectors.json"))) {
            Matcher matcher =
                    VECTOR.matcher(new String(file.readAllBytes(), StandardCharsets.UTF_8));
            List<Vector> vectors = new ArrayList<>();
            while (matcher.find())
                vectors.add(
                        new Vector(
                                matcher.group(1),
                                matcher.group(2),
                                matcher.group(3),
                                Boolean.parseBoolean(matcher.group(4))));
            return vectors;
        }
    }
}
