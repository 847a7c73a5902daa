package rotera.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.kafka.wire.NamedStruct;

/** What peers call things does not become lines of the log. */
@Timeout(60)
final class PeerTextsTest {
    private static final String FORGED = "a\nWARNING: serving nothing\u001b[2J\u202e";
    private static final Logger LOGGER = Logger.getLogger("rotera.kafka");

    @TempDir Path directory;
    private Broker broker;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Handler handler =
            new Handler() {
                @Override
                public void publish(LogRecord line) {
                    lines.add(line.getMessage());
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    @BeforeEach
    void start() throws Exception {
        LOGGER.addHandler(handler);
        broker =
                new Broker(
                        directory,
                        KafkaOptions.of("127.0.0.1", 0).withAutoCreate(),
                        Limits.DEFAULT);
    }

    @AfterEach
    void stop() {
        broker.close();
        LOGGER.removeHandler(handler);
    }

    /** Of a header with such an id, and of the software that a client says it is. */
    @Test
    void idsOfClientsAreEscapedInTheLog() throws Exception {
        NamedStruct fetch = RawClient.fetchRequest(FORGED, 0, 1000);
        // The first version in which they say their software; it is answered without being read.
        NamedStruct versions = RawClient.request("ApiVersions");
        try (RawClient client = new RawClient(broker)) {
            client.send(withClient(FORGED, "Fetch", 11, fetch));
            client.frame();
            client.send(withClient(FORGED + FORGED, "ApiVersions", 3, versions));
            client.frame();
            client.send(withClient(FORGED, "JoinGroup", 2, join()));
            client.frame();
            client.send(withClient(FORGED, "Produce", 99, RawClient.request("Metadata")));
            assertThat(client.isClosed()).isTrue();
        }
        assertThat(lines).isNotEmpty();
        assertLinesAreHarmless();
    }

    private static NamedStruct join() {
        NamedStruct join =
                RawClient.request("JoinGroup")
                        .set("groupId", FORGED)
                        .set("memberId", "")
                        .set("sessionTimeoutMillis", 10_000)
                        .set("rebalanceTimeoutMillis", 10_000)
                        .set("protocolType", "consumer");
        join.add("protocols").set("name", "range").set("metadata", new byte[300_000]);
        return join;
    }

    private static byte[] withClient(String id, String api, int version, NamedStruct body) {
        byte[] frame = RawClient.frame(NamedStruct.api(api).key(), version, 1, body);
        byte[] name = id.getBytes(StandardCharsets.UTF_8);
        int idEnd = 4 + 2 + 2 + 4 + 2 + 4; // the id is "test" there
        ByteBuffer named = ByteBuffer.allocate(frame.length - 4 + name.length);
        named.putInt(named.capacity() - 4).put(frame, 4, 8).putShort((short) name.length).put(name);
        return named.put(frame, idEnd, frame.length - idEnd).array();
    }

    @Test
    void namesOfTopicsAndGroupsAreEscapedInTheLog() throws Exception {
        try (RawClient client = new RawClient(broker)) {
            NamedStruct metadata =
                    RawClient.request("Metadata").set("allowAutoTopicCreation", true);
            metadata.add("topics").set("name", FORGED);
            client.ask("Metadata", 4, metadata);
            client.ask("JoinGroup", 2, join());
        }
        assertThat(lines).anyMatch(line -> line.contains("not creating topic a\\nWARNING"));
        assertThat(lines).anyMatch(line -> line.contains("group") && line.contains("a\\nWARNING"));
        assertLinesAreHarmless();
    }

    private void assertLinesAreHarmless() {
        assertThat(lines)
                .allMatch(line -> line.getBytes(StandardCharsets.UTF_8).length == line.length())
                .allMatch(line -> line.chars().allMatch(c -> c >= 0x20));
    }
}
