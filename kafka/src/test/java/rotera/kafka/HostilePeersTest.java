package rotera.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.kafka.message.ApiRegistry;
import rotera.kafka.records.TestBatch;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.NamedStruct;

/** Clients that send what no client should, and take what they get slowly or not at all. */
@Tag("slow")
@Timeout(60)
final class HostilePeersTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private static final Limits LIMITS =
            new Limits(
                    20,
                    2 << 20,
                    64 << 10,
                    128 << 10,
                    16 << 20,
                    4 << 20,
                    TimeUnit.MILLISECONDS.toNanos(700),
                    TimeUnit.SECONDS.toNanos(4));

    @TempDir Path directory;
    private Broker broker;

    @BeforeEach
    void start() throws IOException {
        Broker.make(directory, 1, "t", 16 << 20);
        broker = new Broker(directory, KafkaOptions.of("127.0.0.1", 0), LIMITS);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void randomBytesEndOnlyTheirConnection() throws IOException {
        Random random = new Random(5);
        for (int i = 0; i < 300; i++) {
            try (RawClient client = new RawClient(broker)) {
                byte[] bytes = new byte[4 + random.nextInt(200)];
                random.nextBytes(bytes);
                ByteBuffer.wrap(bytes).putInt(bytes.length - 4);
                if (bytes.length >= 8 && random.nextBoolean()) {
                    bytes[4] = 0;
                    bytes[5] = (byte) random.nextInt(48);
                    bytes[6] = 0;
                    bytes[7] = (byte) random.nextInt(8);
                }
                client.send(bytes);
                client.socket.shutdownOutput();
                client.isClosed();
            }
        }
        assertServes();
    }

    @Test
    void everyRequestThatIsCutOrChangedEndsOnlyItsConnection() throws IOException {
        Random random = new Random(6);
        List<byte[]> frames = new ArrayList<>();
        for (Api<?, ?> api : ApiRegistry.all()) {
            if (api.name().equals("DeleteTopics")) continue;
            frames.add(
                    RawClient.frame(
                            api.key(), api.versions().last(), 1, NamedStruct.of(api.request())));
        }
        frames.add(
                RawClient.frame(
                        0, 7, 1, RawClient.produceRequest("t", 0, -1, TestBatch.of("x").bytes())));
        for (byte[] frame : frames) {
            for (int i = 0; i < 20; i++) {
                try (RawClient client = new RawClient(broker)) {
                    byte[] bytes = frame.clone();
                    for (int k = 0; k <= i % 3; k++)
                        bytes[4 + random.nextInt(bytes.length - 4)] = (byte) random.nextInt(256);
                    client.send(bytes);
                    client.socket.shutdownOutput();
                    client.isClosed();
                }
            }
        }
        assertServes();
    }

    @Test
    void announcedSizesTakeNoMemoryAndStalledRequestsEnd() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            RawClient client = new RawClient(broker);
            client.send(ByteBuffer.allocate(6).putInt(2 << 20).array());
            clients.add(client);
        }
        Thread.sleep(200);
        assertThat(broker.listener().memory().takenBytes()).isZero();
        long since = System.nanoTime();
        for (RawClient client : clients) {
            assertThat(client.isClosed()).isTrue();
            client.close();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(Duration.ofSeconds(3));
        assertServes();
    }

    @Test
    void tooLargeAndNegativeRequestsAreNotWaitedFor() throws IOException {
        for (int length : new int[] {(2 << 20) + 1, Integer.MAX_VALUE, -1, 0, 7}) {
            try (RawClient client = new RawClient(broker)) {
                client.send(ByteBuffer.allocate(4).putInt(length).array());
                assertThat(client.isClosed()).isTrue();
            }
        }
    }

    @Test
    void aVersionThatIsNotSpokenEndsTheConnectionAtOnce() throws IOException {
        for (int[] request : new int[][] {{3, 13}, {1, 3}, {99, 0}, {26, 0}}) {
            try (RawClient client = new RawClient(broker)) {
                byte[] frame =
                        RawClient.frame(
                                request[0], request[1], 1, NamedStruct.request("ListGroups"));
                client.send(frame);
                assertThat(client.isClosed()).isTrue();
            }
        }
    }

    @Test
    void laterApiVersionsAreAnsweredInTheFirstForm() throws IOException {
        for (int version : new int[] {3, 4, 77}) {
            try (RawClient client = new RawClient(broker)) {
                client.send(RawClient.frame(18, version, 9, NamedStruct.request("ListGroups")));
                ByteBuffer answer = ByteBuffer.wrap(client.frame());
                assertThat(answer.getInt()).isEqualTo(9);
                NamedStruct body = NamedStruct.readResponse("ApiVersions", 0, answer);
                assertThat(body.number("errorCode")).isEqualTo(35);
                assertThat(body.structs("apiKeys")).isNotEmpty();
                assertThat(
                                client.ask("ApiVersions", 2, RawClient.request("ApiVersions"))
                                        .number("errorCode"))
                        .isZero();
            }
        }
    }

    @Test
    void whatRequestsTakeOfTheHeapIsGivenBack() throws IOException {
        NamedStruct many = RawClient.request("Metadata");
        for (int i = 0; i < 300; i++) many.add("topics").set("name", "nobody");
        try (RawClient client = new RawClient(broker)) {
            for (int i = 0; i < 20; i++)
                assertThat(client.ask("Metadata", 1, many).structs("topics")).hasSize(300);
        }
        for (int i = 0; i < 2000; i++) many.add("topics").set("name", "nobody");
        try (RawClient client = new RawClient(broker)) {
            client.send("Metadata", 1, many);
            assertThat(client.isClosed()).isTrue();
        }
        assertServes();
    }

    @Test
    void idleConnectionsAreClosed() throws IOException {
        try (RawClient client = new RawClient(broker)) {
            client.ask("Metadata", 1, RawClient.request("Metadata"));
            long since = System.nanoTime();
            assertThat(client.isClosed()).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - since))
                    .isBetween(Duration.ofMillis(3500), Duration.ofSeconds(8));
        }
    }

    /** More than have a place; those that wait for one count too. */
    @Test
    void silentConnectionsMakeRoomForAClientThatWaits() throws Exception {
        List<RawClient> silent = new ArrayList<>();
        for (int i = 0; i < 30; i++) silent.add(new RawClient(broker));
        while (broker.listener().connections() < 20) Thread.sleep(5);
        Thread.sleep(Duration.ofNanos(LIMITS.stalledNanos()));
        long since = System.nanoTime();
        assertServes();
        assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(Duration.ofSeconds(1));
        for (RawClient client : silent) client.close();
    }

    @Test
    void aClientWaitsUntilAnotherOneEnds() throws Exception {
        List<RawClient> clients = asked(20, LOOPBACK);
        try (RawClient client = new RawClient(broker)) {
            client.send("Metadata", 1, RawClient.request("Metadata"));
            client.socket.setSoTimeout(1500); // those that have asked are not closed meanwhile
            assertThatThrownBy(client::frame).isInstanceOf(SocketTimeoutException.class);
            client.socket.setSoTimeout(10_000);
            clients.getFirst().close();
            assertThat(client.answer("Metadata", 1).structs("brokers")).hasSize(1);
        }
        for (RawClient client : clients) client.close();
        while (broker.listener().connections() > 0) Thread.sleep(5);
        assertServes();
    }

    @Test
    void anAddressThatHasAllPlacesGivesSomeToAnotherOne() throws Exception {
        List<RawClient> clients = asked(20, LOOPBACK);
        List<RawClient> others = asked(10, InetAddress.getByName("127.0.0.2"));
        for (int i = 0; i < 10; i++) {
            assertThat(clients.get(i).isClosed()).as("the stillest go first").isTrue();
            assertMetadata(clients.get(10 + i));
            assertMetadata(others.get(i));
        }
        for (RawClient client : clients) client.close();
        for (RawClient client : others) client.close();
    }

    /** That many connections, each of which has asked for something. */
    private List<RawClient> asked(int count, InetAddress address) throws IOException {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(new RawClient(broker.listener().port(), address));
            assertMetadata(clients.getLast());
        }
        return clients;
    }

    private static void assertMetadata(RawClient client) throws IOException {
        assertThat(client.ask("Metadata", 1, RawClient.request("Metadata")).structs("brokers"))
                .hasSize(1);
    }

    /**
     * They ask for more than all connections together may take, and keep it as long as they may.
     */
    @Test
    void besideOnesThatTakeNothingOthersReadAndAllMemoryIsGivenBack() throws Exception {
        broker.close();
        Limits patient =
                new Limits(
                        20,
                        LIMITS.requestBytes(),
                        LIMITS.heapBytes(),
                        LIMITS.allHeapBytes(),
                        LIMITS.memoryBytes(),
                        LIMITS.answerBytes(),
                        TimeUnit.SECONDS.toNanos(60),
                        TimeUnit.SECONDS.toNanos(60));
        broker = new Broker(directory, KafkaOptions.of("127.0.0.1", 0), patient);
        for (int i = 0; i < 40; i++) broker.push(1, "x".repeat(200_000));
        List<RawClient> slow = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            slow.add(RawClient.thatTakesLittle(broker.listener().port()));
            slow.getLast().send("Fetch", 11, RawClient.fetchRequest("t", 0, 16 << 20));
        }
        Thread.sleep(500);
        int fetches = 0;
        try (RawClient client = new RawClient(broker)) {
            for (long id = 0; id < 40; fetches++) {
                NamedStruct answer =
                        client.ask("Fetch", 11, RawClient.fetchRequest("t", id, 16 << 20));
                int bytes = RawClient.result(answer).bytes("records").length;
                assertThat(bytes).as("of fetch %d", fetches).isGreaterThan(200_000);
                id += bytes / 200_000;
            }
        }
        for (RawClient client : slow) client.close();
        while (broker.listener().connections() > 0) Thread.sleep(20);
        assertThat(broker.listener().memory().takenBytes()).isZero();
    }

    @Test
    void whoTakesNoAnswersHoldsUpNobody() throws Exception {
        byte[] value = "x".repeat(1 << 20).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        for (int i = 0; i < 8; i++)
            broker.push(1, new String(value, java.nio.charset.StandardCharsets.UTF_8));
        List<RawClient> slow = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            RawClient client = new RawClient(broker);
            client.send("Fetch", 11, RawClient.fetchRequest("t", 0, 4 << 20));
            slow.add(client);
        }
        Thread.sleep(200);
        assertThat(broker.listener().memory().takenBytes())
                .isLessThanOrEqualTo(LIMITS.memoryBytes());
        long since = System.nanoTime();
        assertServes();
        assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(Duration.ofSeconds(3));
        while (broker.listener().connections() > 0) Thread.sleep(20);
        assertThat(broker.listener().memory().takenBytes()).isZero();
        for (RawClient client : slow) client.close();
    }

    @Test
    void whoGoesAwayDuringALongWaitIsNoticed() throws Exception {
        try (RawClient client = new RawClient(broker)) {
            client.send(
                    "Fetch",
                    11,
                    RawClient.fetchRequest("t", broker.file(1).ping().next(), 1000)
                            .set("maxWaitMillis", 30_000));
            while (broker.listener().connections() == 0) Thread.sleep(5);
        }
        long since = System.nanoTime();
        while (broker.listener().connections() > 0) Thread.sleep(5);
        assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(Duration.ofSeconds(5));
    }

    private void assertServes() throws IOException {
        try (RawClient client = new RawClient(broker)) {
            assertThat(
                            client.ask(
                                            "Metadata",
                                            1,
                                            RawClient.request("Metadata")
                                                    .set("topics", (List<?>) null))
                                    .structs("topics"))
                    .hasSize(1);
            assertThat(client.produce("t", TestBatch.of("ok").bytes()).number("errorCode"))
                    .isZero();
        }
    }
}
