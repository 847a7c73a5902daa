package rotera.kafka.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import rotera.kafka.message.ApiRegistry;

public final class CodecTest {
    private static final int MOST = 64 << 10;

    @Test
    void fetchOfVersion4IsReadFromItsBytes() {
        String bytes =
                "ffffffff 000001f4 00000001 00100000 01" // replica, wait, least, most, isolation
                        + "00000001 0001 74" // one topic, t
                        + "00000001 00000000 0000000000000007 00080000"; // partition 0 from 7
        NamedStruct fetch = read("Fetch", 4, bytes);
        assertThat(fetch.number("maxWaitMillis")).isEqualTo(500);
        assertThat(fetch.number("minBytes")).isEqualTo(1);
        assertThat(fetch.number("isolationLevel")).isEqualTo(1);
        assertThat(fetch.structs("topics")).hasSize(1);
        NamedStruct topic = fetch.structs("topics").getFirst();
        assertThat(topic.text("name")).isEqualTo("t");
        NamedStruct partition = topic.structs("partitions").getFirst();
        assertThat(partition.number("fetchOffset")).isEqualTo(7);
        assertThat(partition.number("maxBytes")).isEqualTo(512 << 10);
        assertThat(partition.number("logStartOffset")).isZero();
    }

    @Test
    void fieldsOfLaterVersionsAreRead() {
        String bytes =
                "ffffffff 000001f4 00000001 00100000 00 00000005 00000006" // session 5, 6
                        + "00000001 0001 74"
                        + "00000001 00000000 00000003 0000000000000007 0000000000000002 00080000"
                        + "00000000" // nothing forgotten
                        + "0000"; // rack
        NamedStruct fetch = read("Fetch", 11, bytes);
        assertThat(fetch.number("sessionEpoch")).isEqualTo(6);
        NamedStruct partition = fetch.structs("topics").getFirst().structs("partitions").getFirst();
        assertThat(partition.number("currentLeaderEpoch")).isEqualTo(3);
        assertThat(partition.number("logStartOffset")).isEqualTo(2);
    }

    @Test
    void metadataIsWrittenAsEachVersionHasIt() {
        NamedStruct metadata =
                NamedStruct.of(NamedStruct.api("Metadata").response()).set("controllerId", 1);
        metadata.add("brokers").set("nodeId", 1).set("host", "h").set("port", 9092);
        NamedStruct topic = metadata.add("topics").set("name", "t");
        topic.add("partitions").set("leaderId", 1).set("replicaNodes", List.of(1L));
        assertThat(written(metadata, 0))
                .isEqualTo(
                        hex(
                                "00000001 00000001 0001 68 00002384"
                                        + "00000001 0000 0001 74"
                                        + "00000001 0000 00000000 00000001 00000001 00000001 00000000"));
        assertThat(written(metadata, 1))
                .isEqualTo(
                        hex(
                                "00000001 00000001 0001 68 00002384 ffff 00000001"
                                        + "00000001 0000 0001 74 00"
                                        + "00000001 0000 00000000 00000001 00000001 00000001 00000000"));
    }

    @Test
    void nullAndEmptyArraysDiffer() {
        assertThat(read("Metadata", 1, "ffffffff").isNull("topics")).isTrue();
        assertThat(read("Metadata", 1, "00000000").isNull("topics")).isFalse();
        assertThatThrownBy(() -> read("Metadata", 0, "ffffffff"))
                .isInstanceOf(MalformedRequestException.class);
    }

    @Test
    void announcedCountsAreNotBelieved() {
        assertThatThrownBy(() -> read("Metadata", 1, "7fffffff 0001 74"))
                .isInstanceOf(MalformedRequestException.class)
                .hasMessageContaining("2147483647 elements of topics");
        assertThatThrownBy(() -> read("DeleteGroups", 0, "00000002 0001 67"))
                .isInstanceOf(MalformedRequestException.class);
        assertThatThrownBy(() -> read("FindCoordinator", 0, "7fff 67"))
                .isInstanceOf(MalformedRequestException.class);
        assertThatThrownBy(() -> read("SaslAuthenticate", 0, "7fffffff 67"))
                .isInstanceOf(MalformedRequestException.class);
    }

    @Test
    void bytesBehindTheMessageAreRefused() {
        assertThatThrownBy(() -> read("ListGroups", 0, "00"))
                .isInstanceOf(MalformedRequestException.class)
                .hasMessageContaining("1 bytes too many");
    }

    @Test
    void whatARequestMakesOfObjectsIsLimited() {
        String topics = "000007d0" + "0000".repeat(2000);
        assertThatThrownBy(() -> read("Metadata", 1, topics))
                .isInstanceOf(MalformedRequestException.class)
                .hasMessageContaining("split it");
    }

    @Test
    void everyMessageIsReadAsItWasWritten() {
        for (Api<?, ?> api : ApiRegistry.all()) {
            for (int version = api.versions().first();
                    version <= api.versions().last();
                    version++) {
                for (Schema schema : List.of(api.request(), api.response())) {
                    NamedStruct message = filled(schema);
                    byte[] bytes = written(message, version);
                    Struct again =
                            new RequestReader(ByteBuffer.wrap(bytes), MOST, taken -> {})
                                    .read(schema, version);
                    assertThat(written(again, version))
                            .as("%s version %d", api, version)
                            .isEqualTo(bytes);
                }
            }
        }
    }

    @Test
    void theVersionsOfAFieldBeginWithinThoseOfItsApi() {
        for (Api<?, ?> api : ApiRegistry.all()) {
            for (Schema schema : List.of(api.request(), api.response())) {
                assertThat(schema.fields())
                        .allMatch(field -> field.versions().first() <= api.versions().last());
            }
        }
    }

    /** Every field set to something. */
    public static NamedStruct filled(Schema schema) {
        NamedStruct struct = NamedStruct.of(schema);
        for (Schema.Field field : schema.fields()) {
            switch (field.type()) {
                case BOOL -> struct.set(field.name(), true);
                case INT8, INT16, INT32, INT64 -> {
                    if (field.array()) struct.set(field.name(), List.of(5L, 6L));
                    else struct.set(field.name(), 77);
                }
                case STRING -> {
                    if (field.array()) struct.set(field.name(), List.of("a", "bé"));
                    else struct.set(field.name(), "text");
                }
                case BYTES -> struct.set(field.name(), new byte[] {1, 2, 3});
                case STRUCT ->
                        struct.set(
                                field.name(),
                                List.of(
                                        filled(field.elementSchema()),
                                        NamedStruct.of(field.elementSchema())));
            }
        }
        return struct;
    }

    private static NamedStruct read(String api, int version, String bytes) {
        Schema schema = NamedStruct.named(NamedStruct.api(api).request());
        return (NamedStruct)
                new RequestReader(ByteBuffer.wrap(hex(bytes)), MOST, taken -> {})
                        .read(schema, version);
    }

    private static byte[] written(Struct struct, int version) {
        try (Bytes output = new Bytes(16, new Budget("tests", 1 << 20))) {
            ResponseWriter.write(struct, version, output);
            byte[] bytes = new byte[output.length()];
            output.view().duplicate().flip().get(bytes);
            return bytes;
        }
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }
}
