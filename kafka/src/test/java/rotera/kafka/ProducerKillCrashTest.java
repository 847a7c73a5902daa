package rotera.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.queue.Messages;
import rotera.queue.RotFile;

/** Servers that are killed under an idempotent producer, which goes on with the next one. */
@Tag("slow")
@Timeout(120)
final class ProducerKillCrashTest {
    private static final int KILLS = 5;

    @TempDir Path directory;

    @Test
    void nothingThatWasAcknowledgedIsLostAndNothingIsKeptTwice() throws Exception {
        Broker.make(directory, 1, "t", 64 << 20);
        int port = freePort();
        List<Integer> acknowledged = new ArrayList<>();
        AtomicInteger failed = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        BrokerProcess broker = BrokerProcess.start(directory, port);
        Thread producing =
                Thread.ofPlatform().start(() -> produce(port, over, acknowledged, failed));
        for (int i = 0; i < KILLS; i++) {
            Thread.sleep(1500);
            broker.close();
            broker = BrokerProcess.start(directory, port);
        }
        Thread.sleep(1500);
        over.set(true);
        producing.join();
        broker.close();

        assertThat(failed).hasValue(0);
        assertThat(acknowledged).hasSizeGreaterThan(100);
        List<Integer> kept = kept();
        for (int i = 0; i < kept.size(); i++) assertThat(kept.get(i)).isEqualTo(i);
        assertThat(kept).hasSize(acknowledged.size());
    }

    /** Sends numbers until it is told to end, and then until all are acknowledged. */
    private static void produce(
            int port, AtomicBoolean over, List<Integer> acknowledged, AtomicInteger failed) {
        Map<String, Object> settings =
                Map.of(
                        "bootstrap.servers",
                        "127.0.0.1:" + port,
                        "reconnect.backoff.max.ms",
                        100,
                        "batch.size",
                        200);
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; !over.get(); i++) {
                int number = i;
                var _ =
                        producer.send(
                                new ProducerRecord<>("t", Integer.toString(i).getBytes(UTF_8)),
                                (metadata, e) -> {
                                    if (e == null) acknowledged.add(number);
                                    else failed.incrementAndGet();
                                });
                if (i % 50 == 0) Thread.sleep(1);
            }
        } catch (InterruptedException e) {
            failed.incrementAndGet();
        }
    }

    private List<Integer> kept() {
        List<Integer> numbers = new ArrayList<>();
        try (RotFile file = RotFile.open(directory.resolve("1.rot"));
                Messages messages = new Messages()) {
            for (long id = file.ping().oldest(); file.read(id, 1000, messages) > 0; ) {
                while (messages.next())
                    numbers.add(Integer.parseInt(new String(messages.toByteArray(), UTF_8)));
                id = messages.nextId();
            }
        }
        return numbers;
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
