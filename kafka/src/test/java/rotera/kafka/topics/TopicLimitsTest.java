package rotera.kafka.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.kafka.wire.ApiException;
import rotera.kafka.wire.Errors;
import rotera.queue.CreateOptions;
import rotera.server.Log;
import rotera.server.Resources;
import rotera.server.Server;
import rotera.server.ServerOptions;

/** Clients fill neither the disk nor the list of queues with topics. */
@Timeout(60)
final class TopicLimitsTest {
    private static final int TOPIC_BYTES = 1 << 20;

    @TempDir Path directory;
    private Server server;
    private final CommitNotifier notifier = new CommitNotifier();
    private Topics topics;

    @BeforeEach
    void start() throws Exception {
        server = Server.start(ServerOptions.of(directory).withPort(0));
        topics = new Topics(server, notifier);
    }

    @AfterEach
    void stop() {
        server.close();
        notifier.close();
    }

    private TopicCreation creation(TopicLimits limits) throws Exception {
        return new TopicCreation(
                topics,
                new TopicSettings(directory, warning -> {}),
                new TopicDefaults(TOPIC_BYTES, TOPIC_BYTES, true),
                limits,
                new Log("rotera.kafka"));
    }

    @Test
    void theNumberOfTopicsIsLimited() throws Exception {
        server.create(CreateOptions.ofSize(TOPIC_BYTES).withName("made natively"));
        TopicLimits limits = new TopicLimits(2, Long.MAX_VALUE);
        assertThat(creation(limits).createWhenAsked("a")).isNotNull();
        assertThat(creation(limits).createWhenAsked("b")).isNull();
        assertThat(server.queues()).hasSize(2);
        assertThatThrownBy(() -> limits.check(topics.all().values(), TOPIC_BYTES))
                .isInstanceOfSatisfying(
                        ApiException.class,
                        refusal -> assertThat(refusal.error).isEqualTo(Errors.POLICY_VIOLATION))
                .hasMessageContaining("has 2 queues")
                .hasMessageContaining("up to 2: delete some");
    }

    @Test
    void theBytesOfAllTopicsAreLimited() throws Exception {
        TopicLimits limits = new TopicLimits(100, 2 * TOPIC_BYTES + 1000);
        assertThat(creation(limits).createWhenAsked("a")).isNotNull();
        assertThat(creation(limits).createWhenAsked("b")).isNotNull();
        assertThat(creation(limits).createWhenAsked("c")).isNull();
        assertThat(server.queues()).hasSize(2);
        assertThatThrownBy(() -> limits.check(topics.all().values(), 1001))
                .isInstanceOfSatisfying(
                        ApiException.class,
                        refusal -> assertThat(refusal.error).isEqualTo(Errors.POLICY_VIOLATION))
                .hasMessageContaining("a topic of 1001 bytes")
                .hasMessageContaining("have 2097152 bytes")
                .hasMessageContaining("up to 2098152, half of the disk; ask for a smaller one");
        limits.check(topics.all().values(), 1000);
    }

    @Test
    void theLimitsFitTheDiskAndTheOpenFiles() throws Exception {
        long disk = java.nio.file.Files.getFileStore(directory).getTotalSpace();
        assertThat(TopicLimits.of(new Resources(1L << 40, 1024), directory))
                .isEqualTo(new TopicLimits(256, disk / 2));
        assertThat(TopicLimits.of(new Resources(1L << 40, 20), directory).topics()).isEqualTo(8);
        assertThat(TopicLimits.of(new Resources(1L << 40, 1L << 40), directory).topics())
                .isEqualTo(1000);
    }
}
