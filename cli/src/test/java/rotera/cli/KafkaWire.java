package rotera.cli;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import rotera.kafka.wire.ApiRegistry;
import rotera.kafka.wire.Budget;
import rotera.kafka.wire.Bytes;
import rotera.kafka.wire.RequestReader;
import rotera.kafka.wire.ResponseWriter;
import rotera.kafka.wire.Struct;

/** Requests of a Kafka client as bytes, and what their responses say. */
public final class KafkaWire {
    private static final int BATCH_HEAD_BYTES = 61;

    private KafkaWire() {}

    /** One message to partition 0, as push {@code sequence} of a producer. */
    public static byte[] produce(
            String topic, int acks, long producer, int sequence, String message) {
        Struct request =
                request("Produce")
                        .set("transactionalId", (String) null)
                        .set("acks", acks)
                        .set("timeoutMillis", 30_000);
        request.add("topics")
                .set("name", topic)
                .add("partitions")
                .set("partition", 0)
                .set("records", batch(producer, sequence, message));
        return frame("Produce", 3, request);
    }

    /** The offset that a response to {@link #produce} names; negative if it was refused. */
    public static long producedAt(byte[] response) {
        return response("Produce", 3, response)
                .structs("topics")
                .getFirst()
                .structs("partitions")
                .getFirst()
                .number("baseOffset");
    }

    /** What a consumer without membership commits. */
    public static byte[] commitOffset(String group, String topic, long offset, String metadata) {
        Struct request =
                request("OffsetCommit")
                        .set("groupId", group)
                        .set("generationId", -1)
                        .set("memberId", "")
                        .set("retentionTimeMillis", -1);
        request.add("topics")
                .set("name", topic)
                .add("partitions")
                .set("partition", 0)
                .set("committedOffset", offset)
                .set("committedMetadata", metadata);
        return frame("OffsetCommit", 2, request);
    }

    public static boolean offsetCommitted(byte[] response) {
        return response("OffsetCommit", 2, response)
                        .structs("topics")
                        .getFirst()
                        .structs("partitions")
                        .getFirst()
                        .number("errorCode")
                == 0;
    }

    public static byte[] createTopic(String topic) {
        Struct request = request("CreateTopics").set("timeoutMillis", 30_000);
        request.add("topics").set("name", topic).set("partitions", 1).set("replicationFactor", 1);
        return frame("CreateTopics", 2, request);
    }

    /** One that shows the times of its producers, which is a setting in a file of its own. */
    public static byte[] createTopicWithSetting(String topic) {
        Struct request = request("CreateTopics").set("timeoutMillis", 30_000);
        request.add("topics")
                .set("name", topic)
                .set("partitions", 1)
                .set("replicationFactor", 1)
                .add("configs")
                .set("name", "message.timestamp.type")
                .set("value", "CreateTime");
        return frame("CreateTopics", 2, request);
    }

    public static byte[] deleteTopic(String topic) {
        return frame(
                "DeleteTopics",
                1,
                request("DeleteTopics").set("topics", List.of(topic)).set("timeoutMillis", 30_000));
    }

    /** Whether a response to {@link #createTopic} or {@link #deleteTopic} says that it is done. */
    public static boolean topicDone(String api, byte[] response) {
        return response(api, api.equals("CreateTopics") ? 2 : 1, response)
                        .structs("topics")
                        .getFirst()
                        .number("errorCode")
                == 0;
    }

    /** What partition 0 has from an offset on, of at most so many bytes. */
    public static byte[] fetch(String topic, long offset, int maxBytes) {
        Struct request =
                request("Fetch")
                        .set("replicaId", -1)
                        .set("minBytes", 1)
                        .set("maxBytes", maxBytes)
                        .set("sessionEpoch", -1);
        request.add("topics")
                .set("name", topic)
                .add("partitions")
                .set("partition", 0)
                .set("fetchOffset", offset)
                .set("maxBytes", maxBytes);
        return frame("Fetch", 11, request);
    }

    private static Struct request(String api) {
        return new Struct(ApiRegistry.named(api).request());
    }

    private static Struct response(String api, int version, byte[] response) {
        ByteBuffer frame = ByteBuffer.wrap(response);
        frame.getInt(); // correlation
        return new RequestReader(frame, 1 << 20, taken -> {})
                .read(ApiRegistry.named(api).response(), version);
    }

    private static byte[] frame(String api, int version, Struct body) {
        try (Bytes output = new Bytes(64, new Budget("tests", 64 << 20))) {
            output.put32(0).put16(ApiRegistry.named(api).key()).put16(version).put32(1).put16(4);
            output.put("test".getBytes(StandardCharsets.UTF_8));
            ResponseWriter.write(body, version, output);
            output.view().putInt(0, output.length() - 4);
            byte[] bytes = new byte[output.length()];
            output.view().duplicate().flip().get(bytes);
            return bytes;
        }
    }

    private static byte[] batch(long producer, int sequence, String message) {
        byte[] value = message.getBytes(StandardCharsets.UTF_8);
        // attributes, time, offset, no key, value, no headers
        int valueBytes = value.length > 63 ? 2 : 1;
        int bodyBytes = 1 + 1 + 1 + 1 + valueBytes + value.length + 1;
        int lengthBytes = bodyBytes > 63 ? 2 : 1;
        ByteBuffer batch = ByteBuffer.allocate(BATCH_HEAD_BYTES + lengthBytes + bodyBytes);
        batch.putLong(0).putInt(batch.capacity() - 12).putInt(0).put((byte) 2).putInt(0);
        batch.putShort((short) 0).putInt(0).putLong(0).putLong(0);
        batch.putLong(producer)
                .putShort((short) (producer < 0 ? -1 : 0))
                .putInt(sequence)
                .putInt(1);
        putVarint(batch, bodyBytes);
        batch.put((byte) 0).put((byte) 0).put((byte) 0);
        putVarint(batch, -1);
        putVarint(batch, value.length);
        batch.put(value).put((byte) 0);
        CRC32C checksum = new CRC32C();
        checksum.update(batch.array(), 21, batch.position() - 21);
        batch.putInt(17, (int) checksum.getValue());
        return Arrays.copyOf(batch.array(), batch.position());
    }

    private static void putVarint(ByteBuffer target, int value) {
        int rest = value << 1 ^ value >> 31;
        for (; (rest & ~0x7f) != 0; rest >>>= 7) target.put((byte) ((rest & 0x7f) | 0x80));
        target.put((byte) rest);
    }
}
