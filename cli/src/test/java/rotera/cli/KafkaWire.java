package rotera.cli;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import rotera.kafka.message.CreateTopics;
import rotera.kafka.message.DeleteTopics;
import rotera.kafka.message.Fetch;
import rotera.kafka.message.OffsetCommit;
import rotera.kafka.message.Produce;
import rotera.kafka.wire.Api;
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
        Produce.Request request = Produce.API.newRequest().acks(acks).timeoutMillis(30_000);
        request.addTopic().name(topic).addPartition().records(batch(producer, sequence, message));
        return frame(Produce.API, 3, request);
    }

    /** The offset that a response to {@link #produce} names; negative if it was refused. */
    public static long producedAt(byte[] response) {
        return response(Produce.API, 3, response)
                .topics()
                .getFirst()
                .partitions()
                .getFirst()
                .baseOffset();
    }

    /** What a consumer without membership commits. */
    public static byte[] commitOffset(String group, String topic, long offset, String metadata) {
        OffsetCommit.Request request =
                OffsetCommit.API
                        .newRequest()
                        .groupId(group)
                        .generationId(-1)
                        .retentionTimeMillis(-1);
        request.addTopic()
                .name(topic)
                .addPartition()
                .committedOffset(offset)
                .committedMetadata(metadata);
        return frame(OffsetCommit.API, 2, request);
    }

    public static boolean offsetCommitted(byte[] response) {
        return response(OffsetCommit.API, 2, response)
                        .topics()
                        .getFirst()
                        .partitions()
                        .getFirst()
                        .errorCode()
                == 0;
    }

    public static byte[] createTopic(String topic) {
        CreateTopics.Request request = CreateTopics.API.newRequest().timeoutMillis(30_000);
        request.addTopic().name(topic).partitions(1).replicationFactor(1);
        return frame(CreateTopics.API, 2, request);
    }

    /** One that shows the times of its producers, which is a setting in a file of its own. */
    public static byte[] createTopicWithSetting(String topic) {
        CreateTopics.Request request = CreateTopics.API.newRequest().timeoutMillis(30_000);
        request.addTopic()
                .name(topic)
                .partitions(1)
                .replicationFactor(1)
                .addConfig()
                .name("message.timestamp.type")
                .value("CreateTime");
        return frame(CreateTopics.API, 2, request);
    }

    public static byte[] deleteTopic(String topic) {
        return frame(
                DeleteTopics.API,
                1,
                DeleteTopics.API.newRequest().topics(List.of(topic)).timeoutMillis(30_000));
    }

    /** Whether a response to {@link #createTopic} says that it is done. */
    public static boolean topicCreated(byte[] response) {
        return response(CreateTopics.API, 2, response).topics().getFirst().errorCode() == 0;
    }

    /** Whether a response to {@link #deleteTopic} says that it is done. */
    public static boolean topicDeleted(byte[] response) {
        return response(DeleteTopics.API, 1, response).topics().getFirst().errorCode() == 0;
    }

    /** What partition 0 has from an offset on, of at most so many bytes. */
    public static byte[] fetch(String topic, long offset, int maxBytes) {
        Fetch.Request request =
                Fetch.API
                        .newRequest()
                        .replicaId(-1)
                        .minBytes(1)
                        .maxBytes(maxBytes)
                        .sessionEpoch(-1);
        request.addTopic().name(topic).addPartition().fetchOffset(offset).maxBytes(maxBytes);
        return frame(Fetch.API, 11, request);
    }

    @SuppressWarnings("unchecked")
    private static <R extends Struct> R response(Api<?, R> api, int version, byte[] response) {
        ByteBuffer frame = ByteBuffer.wrap(response);
        frame.getInt(); // correlation
        return (R) new RequestReader(frame, 1 << 20, taken -> {}).read(api.response(), version);
    }

    private static <Q extends Struct> byte[] frame(Api<Q, ?> api, int version, Q body) {
        try (Bytes output = new Bytes(64, new Budget("tests", 64 << 20))) {
            output.put32(0).put16(api.key()).put16(version).put32(1).put16(4);
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
