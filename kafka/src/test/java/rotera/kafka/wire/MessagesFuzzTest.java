package rotera.kafka.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import rotera.kafka.message.ApiRegistry;

/**
 * Requests and answers of every kind and version, from bytes that nobody wrote like this: refused
 * as malformed, or read, written as the same bytes and read again as the same.
 */
public class MessagesFuzzTest {
    private static final int MOST_HEAP_BYTES = 1 << 20;
    private static final int HEAD_BYTES = 3;

    /** The key of the API, the version, 0 for a request or 1 for an answer; then the message. */
    @FuzzTest
    public void messages(byte[] input) {
        if (input.length < HEAD_BYTES) return;
        Api<?, ?> api = ApiRegistry.ofKey(input[0]);
        int version = input[1];
        if (api == null || !api.versions().contains(version)) return;
        Schema schema = (input[2] & 1) == 0 ? api.request() : api.response();
        byte[] message = Arrays.copyOfRange(input, HEAD_BYTES, input.length);
        Struct struct = read(schema, version, message);
        if (struct == null) return;
        byte[] written = written(struct, version);
        assertSame(message, written);
        Struct again = read(schema, version, written);
        assertThat(again).isNotNull();
        if (again != null) assertThat(written(again, version)).isEqualTo(written);
    }

    private static @Nullable Struct read(Schema schema, int version, byte[] message) {
        int[] taken = new int[1];
        try {
            return new RequestReader(
                            ByteBuffer.wrap(message), MOST_HEAP_BYTES, bytes -> taken[0] += bytes)
                    .read(schema, version);
        } catch (MalformedRequestException e) {
            return null;
        } finally {
            assertThat(taken[0]).isLessThanOrEqualTo(MOST_HEAP_BYTES);
        }
    }

    private static byte[] written(Struct struct, int version) {
        try (Bytes output = new Bytes(64, new Budget("tests", 16 << 20))) {
            ResponseWriter.write(struct, version, output);
            byte[] bytes = new byte[output.length()];
            output.view().duplicate().flip().get(bytes);
            return bytes;
        }
    }

    /** Any byte but 0 is true, and is written as 1. */
    private static void assertSame(byte[] message, byte[] written) {
        assertThat(written).hasSameSizeAs(message);
        for (int i = 0; i < message.length; i++) {
            if (message[i] == written[i]) continue;
            assertThat(written[i]).as("byte %d of a boolean", i).isEqualTo((byte) 1);
            assertThat(message[i]).isNotEqualTo((byte) 0);
        }
    }
}
