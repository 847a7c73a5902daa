package rotera.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.kafka.records.RecordBatch;
import rotera.kafka.records.TestBatch;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.NamedStruct;

/**
 * Whatever a client does between its fetches, it gets what it asks for and not what was guessed.
 */
final class ReadAheadTest {
    private static final String[] TOPICS = {"t", "u"};
    private static final int STEPS = 2000;
    private static final int GZIP = 1;

    @TempDir Path directory;

    private final long[] next = new long[TOPICS.length];
    private int answered;

    @Test
    @Timeout(120)
    void everyFetchGetsTheMessagesItAskedFor() throws Exception {
        for (int i = 0; i < TOPICS.length; i++) Broker.make(directory, i + 1, TOPICS[i], 1 << 20);
        Random random = new Random(11);
        try (Broker broker = new Broker(directory);
                RawClient client = new RawClient(broker)) {
            long[] at = new long[TOPICS.length];
            int topic = 0;
            int most = 8000;
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(16)) {
                    case 0 -> topic = random.nextInt(TOPICS.length);
                    case 1 -> most = random.nextInt(100, 20_000);
                    case 2 -> at[topic] = random.nextLong(next[topic] + 1);
                    case 3 -> checkProduced(client.ask("Produce", 7, produceRequest(topic)));
                    case 7 -> at[topic] = produceAndFetch(client, topic, at[topic], most);
                    case 4, 5 -> push(broker, topic, random.nextInt(1, 300));
                    case 6 -> otherRequest(client);
                    default -> at[topic] = fetch(client, topic, at[topic], most);
                }
                if (random.nextInt(3) == 0) Thread.sleep(1);
            }
        }
        assertThat(answered).isGreaterThan(STEPS / 4);
    }

    private static String text(int topic, long id) {
        return TOPICS[topic] + ":" + id + ":" + "x".repeat((int) (id % 97));
    }

    private void push(Broker broker, int topic, int count) {
        String[] messages = new String[count];
        for (int i = 0; i < count; i++) messages[i] = text(topic, next[topic]++);
        broker.push(topic + 1, messages);
    }

    private static void otherRequest(RawClient client) throws IOException {
        NamedStruct answer = client.ask("ApiVersions", 0, RawClient.request("ApiVersions"));
        assertThat(answer.number("errorCode")).isZero();
    }

    /** Unpacking uses the memory that fetches use. */
    private NamedStruct produceRequest(int topic) throws IOException {
        byte[] plain = TestBatch.of(text(topic, next[topic]++)).bytes();
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain, RecordBatch.HEAD_BYTES, plain.length - RecordBatch.HEAD_BYTES);
        }
        TestBatch batch = new TestBatch();
        batch.attributes = GZIP;
        byte[] bytes = batch.raw(packed.toByteArray()).bytes();
        return RawClient.produceRequest(TOPICS[topic], 0, -1, bytes);
    }

    private static void checkProduced(NamedStruct answer) {
        assertThat(partition(answer).number("errorCode")).isZero();
    }

    private static NamedStruct partition(NamedStruct answer) {
        return answer.structs("topics").getFirst().structs("partitions").getFirst();
    }

    /** Compares what came; the id to go on with. */
    private long fetch(RawClient client, int topic, long from, int most) throws IOException {
        client.send("Fetch", 11, RawClient.fetchRequest(TOPICS[topic], from, most));
        return fetched(client, topic, from);
    }

    /** Both requests are there before the first is answered. */
    private long produceAndFetch(RawClient client, int topic, long from, int most)
            throws IOException {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        int produceKey = NamedStruct.api("Produce").key();
        both.writeBytes(RawClient.frame(produceKey, 7, 1, produceRequest(topic)));
        int fetchKey = NamedStruct.api("Fetch").key();
        NamedStruct fetch = RawClient.fetchRequest(TOPICS[topic], from, most);
        both.writeBytes(RawClient.frame(fetchKey, 11, 2, fetch));
        client.send(both.toByteArray());
        checkProduced(client.answer("Produce", 7));
        return fetched(client, topic, from);
    }

    private long fetched(RawClient client, int topic, long from) throws IOException {
        NamedStruct partition = partition(client.answer("Fetch", 11));
        if (partition.number("errorCode") == Errors.OFFSET_OUT_OF_RANGE.code) {
            assertThat(from).isLessThan(partition.number("logStartOffset"));
            return partition.number("logStartOffset");
        }
        assertThat(partition.number("errorCode")).isZero();
        assertThat(partition.number("highWatermark")).isEqualTo(next[topic]);
        ByteBuffer records = ByteBuffer.wrap(partition.bytes("records"));
        long expected = from;
        while (records.hasRemaining()) {
            ByteBuffer batch = records.slice();
            int length = batch.getInt(RecordBatch.AT_LENGTH) + RecordBatch.LENGTH_FROM;
            records.position(records.position() + length);
            assertThat(batch.getLong(0)).isEqualTo(expected);
            batch.limit(length).position(RecordBatch.HEAD_BYTES);
            while (batch.hasRemaining())
                assertThat(value(batch)).isEqualTo(text(topic, expected++));
        }
        assertThat(expected).isGreaterThan(from == next[topic] ? from - 1 : from);
        answered++;
        return expected;
    }

    private static String value(ByteBuffer batch) {
        int end = varint(batch) + batch.position();
        batch.get(); // attributes
        int _ = varint(batch); // time
        int _ = varint(batch); // id
        assertThat(varint(batch)).isEqualTo(-1);
        byte[] value = new byte[varint(batch)];
        batch.get(value).position(end);
        return new String(value, StandardCharsets.UTF_8);
    }

    private static int varint(ByteBuffer source) {
        long bits = 0;
        int shift = 0;
        int next = source.get();
        for (; next < 0; next = source.get(), shift += 7) bits |= (long) (next & 0x7f) << shift;
        bits |= (long) next << shift;
        return (int) ((bits >>> 1) ^ -(bits & 1));
    }
}
