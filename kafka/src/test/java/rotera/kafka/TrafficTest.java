package rotera.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.client.Rotera;
import rotera.kafka.records.TestBatch;
import rotera.protocol.QueueInfo;

/** What Kafka programs do is counted in what native clients are told of a queue. */
@Timeout(60)
final class TrafficTest {
    @TempDir Path directory;

    @Test
    void pushesReadsAndCommitsAreCounted() throws Exception {
        Broker.make(directory, 1, "t", 1 << 20);
        try (Broker broker = new Broker(directory);
                RawClient client = new RawClient(broker)) {
            assertThat(told(broker).pushRate()).isZero();
            client.produce("t", TestBatch.of("a", "b").bytes());
            client.produce("t", TestBatch.of("c").bytes());
            for (int i = 0; i < 2; i++) {
                var _ = client.ask("Fetch", 11, RawClient.fetchRequest("t", 0, 1 << 20));
            }
            QueueInfo told = told(broker);
            assertThat(told.pushRate()).isPositive();
            assertThat(told.readRate()).isPositive();
            assertThat(told.commitRate()).isPositive();
            assertThat(told.pushByteRate()).isGreaterThan(5 * told.pushRate());
        }
    }

    private static QueueInfo told(Broker broker) {
        return Rotera.queues("127.0.0.1", broker.server().port(), Duration.ofSeconds(10))
                .getFirst();
    }
}
