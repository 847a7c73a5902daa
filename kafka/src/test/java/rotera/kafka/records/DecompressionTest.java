package rotera.kafka.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import net.jpountz.lz4.LZ4FrameOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rotera.kafka.wire.ApiException;
import rotera.kafka.wire.Budget;
import rotera.kafka.wire.Bytes;

@Timeout(60)
final class DecompressionTest {
    private static final int LZ4 = 3;
    private static final int MOST_BYTES = 1 << 20;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void whatUnpacksToTooMuchIsRefusedBeforeItTakesMemory(int codec) {
        byte[] bomb = TestCodec.pack(codec, new byte[64 << 20]);
        Budget memory = new Budget("tests", 4 * MOST_BYTES);
        try (Bytes into = new Bytes(64, memory)) {
            assertThatThrownBy(() -> Decompression.unpack(codec, direct(bomb), into, MOST_BYTES))
                    .isInstanceOf(ApiException.class)
                    .hasMessageContaining("unpacks to more than the 1048576 bytes");
            assertThat(memory.takenBytes()).isLessThanOrEqualTo(2 * MOST_BYTES);
        }
    }

    /** Each frame would have buffers of 8 MiB made. */
    @Test
    void framesBehindTheFirstCostNothing() throws IOException {
        byte[] empty = emptyFrame();
        byte[] records = new byte[10_000 * empty.length];
        for (int i = 0; i < 10_000; i++)
            System.arraycopy(empty, 0, records, i * empty.length, empty.length);
        try (Bytes into = new Bytes(64, new Budget("tests", MOST_BYTES))) {
            long since = System.nanoTime();
            Decompression.unpack(LZ4, direct(records), into, MOST_BYTES);
            assertThat(into.length()).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - since))
                    .isLessThan(Duration.ofSeconds(1));
        }
    }

    private static byte[] emptyFrame() throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        try (OutputStream output =
                new LZ4FrameOutputStream(frame, LZ4FrameOutputStream.BLOCKSIZE.SIZE_4MB)) {
            output.flush();
        }
        return frame.toByteArray();
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
    }
}
