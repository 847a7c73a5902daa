package rotera.kafka;

import static org.assertj.core.api.Assertions.assertThat;

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

    @Test
    void namesOfTopicsAndGroupsAreEscapedInTheLog() throws Exception {
        try (RawClient client = new RawClient(broker)) {
            Struct metadata = RawClient.request("Metadata").set("allowAutoTopicCreation", true);
            metadata.add("topics").set("name", FORGED);
            client.ask("Metadata", 4, metadata);
            Struct join =
                    RawClient.request("JoinGroup")
                            .set("groupId", FORGED)
                            .set("memberId", "")
                            .set("sessionTimeoutMillis", 10_000)
                            .set("rebalanceTimeoutMillis", 10_000)
                            .set("protocolType", "consumer");
            byte[] large = new byte[300_000];
            join.add("protocols").set("name", "range").set("metadata", large);
            client.ask("JoinGroup", 2, join);
        }
        assertThat(lines).anyMatch(line -> line.contains("not creating topic a\\nWARNING"));
        assertThat(lines).anyMatch(line -> line.contains("group") && line.contains("a\\nWARNING"));
        assertThat(lines)
                .allMatch(line -> line.getBytes(StandardCharsets.UTF_8).length == line.length())
                .allMatch(line -> line.chars().allMatch(c -> c >= 0x20));
    }
}
