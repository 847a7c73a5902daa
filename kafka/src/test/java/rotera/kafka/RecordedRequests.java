package rotera.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import rotera.kafka.message.ApiRegistry;
import rotera.kafka.message.Produce;
import rotera.kafka.records.BatchesFuzzTest;
import rotera.kafka.records.RecordBatch;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.Budget;
import rotera.kafka.wire.Bytes;
import rotera.kafka.wire.MessagesFuzzTest;
import rotera.kafka.wire.RequestReader;
import rotera.kafka.wire.ResponseWriter;
import rotera.kafka.wire.Struct;

/**
 * Requests of clients as inputs of {@link KafkaRequestsFuzzTest}, {@link MessagesFuzzTest} and
 * {@link BatchesFuzzTest}: the first few of each kind, version and client that differ in length.
 */
final class RecordedRequests {
    private static final int MOST_OF_A_KIND = 2;
    private static final int MOST_BYTES = 4 << 10;

    private final Path directory;

    RecordedRequests(String directory) {
        this.directory = Path.of(directory);
    }

    /** A request without its length. */
    void keep(byte[] request) throws IOException {
        if (request.length > MOST_BYTES) return;
        RequestReader reader =
                new RequestReader(ByteBuffer.wrap(request), MOST_BYTES << 4, taken -> {});
        Api<?, ?> api = ApiRegistry.ofKey(reader.int16());
        int version = reader.int16();
        reader.int32();
        String client = reader.nullableText();
        if (api == null || !api.versions().contains(version)) return;
        String sender = sender(client);
        String kind = "%s-%d-".formatted(api, version);
        byte[] body = body(request, client);
        store("KafkaRequestsFuzzTestInputs/requests", kind, sender, frame(request));
        store("wire/MessagesFuzzTestInputs/messages", kind, sender, message(api, version, body));
        Struct read =
                new RequestReader(ByteBuffer.wrap(body), MOST_BYTES << 4, taken -> {})
                        .read(api.request(), version);
        if (!(read instanceof Produce.Request produce)) return;
        for (byte[] batch : batches(produce)) {
            int codec = batch[RecordBatch.AT_ATTRIBUTES + 1] & RecordBatch.CODEC_MASK;
            store(
                    "records/BatchesFuzzTestInputs/batches",
                    "codec-" + codec + "-",
                    sender,
                    batch(batch));
        }
    }

    private static String sender(@Nullable String client) {
        if ("rdkafka".equals(client)) return "librdkafka";
        String version = System.getProperty("kafka.clients.version");
        return version == null ? "tools" : "java-" + version;
    }

    /** A request that no client was seen to send. */
    void keepMade(Api<?, ?> api, int version, Struct body) throws IOException {
        byte[] bytes;
        try (Bytes output = new Bytes(64, new Budget("tests", 1 << 20))) {
            ResponseWriter.write(body, version, output);
            bytes = new byte[output.length()];
            output.view().duplicate().flip().get(bytes);
        }
        byte[] request =
                ByteBuffer.allocate(10 + bytes.length)
                        .putShort(api.key())
                        .putShort((short) version)
                        .putInt(1)
                        .putShort((short) -1)
                        .put(bytes)
                        .array();
        String kind = "%s-%d-".formatted(api, version);
        store("KafkaRequestsFuzzTestInputs/requests", kind, "made", frame(request));
        store("wire/MessagesFuzzTestInputs/messages", kind, "made", message(api, version, bytes));
    }

    private static byte[] body(byte[] request, @Nullable String client) {
        int from = 10 + (client == null ? 0 : client.getBytes(StandardCharsets.UTF_8).length);
        byte[] body = new byte[request.length - from];
        System.arraycopy(request, from, body, 0, body.length);
        return body;
    }

    private static byte[] frame(byte[] request) {
        return ByteBuffer.allocate(FuzzedRequests.HEAD_BYTES + 4 + request.length)
                .put(new byte[FuzzedRequests.HEAD_BYTES])
                .putInt(request.length)
                .put(request)
                .array();
    }

    private static byte[] message(Api<?, ?> api, int version, byte[] body) {
        return ByteBuffer.allocate(3 + body.length)
                .put((byte) api.key())
                .put((byte) version)
                .put((byte) 0)
                .put(body)
                .array();
    }

    private static byte[] batch(byte[] batch) {
        return ByteBuffer.allocate(1 + batch.length).put((byte) 0).put(batch).array();
    }

    private static List<byte[]> batches(Produce.Request produce) {
        List<byte[]> batches = new ArrayList<>();
        for (Produce.Request.Topic topic : produce.topics()) {
            for (Produce.Request.Partition partition : topic.partitions()) {
                ByteBuffer records = partition.records();
                if (records != null && records.remaining() > RecordBatch.HEAD_BYTES)
                    batches.add(Struct.copy(records));
            }
        }
        return batches;
    }

    private void store(String test, String kind, String sender, byte[] input) throws IOException {
        synchronized (RecordedRequests.class) {
            Path inputs = Files.createDirectories(directory.resolve(test));
            List<Path> there = new ArrayList<>();
            try (Stream<Path> files = Files.list(inputs)) {
                files.filter(file -> file.getFileName().toString().startsWith(kind + sender + "-"))
                        .forEach(there::add);
            }
            if (there.size() >= MOST_OF_A_KIND) return;
            for (Path file : there) {
                if (Files.size(file) == input.length) return;
            }
            Files.write(inputs.resolve(kind + sender + "-" + (there.size() + 1)), input);
        }
    }
}
