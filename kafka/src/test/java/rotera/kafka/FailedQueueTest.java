package rotera.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.kafka.records.TestBatch;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.NamedStruct;
import rotera.server.FailingDisk;
import rotera.server.Server;

/** A queue whose disk has failed: nothing is acknowledged any more, reads go on. */
@Timeout(60)
final class FailedQueueTest {
    @TempDir Path directory;

    @Test
    void pushesGetAStorageErrorAndReadsGoOn() throws IOException {
        Broker.make(directory, 1, "t", 1 << 20);
        AtomicBoolean fails = new AtomicBoolean();
        try (Server server = FailingDisk.server(directory, fails);
                KafkaListener listener =
                        KafkaListener.start(server, KafkaOptions.of("127.0.0.1", 0));
                RawClient client = new RawClient(listener.port());
                RawClient silent = new RawClient(listener.port())) {
            byte[] batch = TestBatch.of("a").bytes();
            assertThat(client.produce("t", batch).number("errorCode")).isZero();
            fails.set(true);
            for (int i = 0; i < 2; i++) {
                NamedStruct result = client.produce("t", batch);
                assertThat(result.number("errorCode")).isEqualTo(Errors.KAFKA_STORAGE_ERROR.code);
                assertThat(result.number("baseOffset")).isEqualTo(-1);
                assertThat(result.text("errorMessage")).contains("the device is gone");
            }
            NamedStruct fetched =
                    client.ask("Fetch", 11, RawClient.fetchRequest("t", 0, 1 << 20))
                            .structs("topics")
                            .getFirst()
                            .structs("partitions")
                            .getFirst();
            assertThat(fetched.number("errorCode")).isZero();
            assertThat(fetched.number("highWatermark")).isEqualTo(1);
            silent.send("Produce", 7, RawClient.produceRequest("t", 0, 0, batch));
            assertThat(silent.isClosed()).as("the only way to tell").isTrue();
        }
    }
}
