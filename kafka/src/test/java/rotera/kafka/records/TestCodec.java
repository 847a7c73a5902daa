package rotera.kafka.records;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import org.xerial.snappy.Snappy;

/** Packs records as producers do. */
final class TestCodec {
    private static final int GZIP = 1;
    private static final int SNAPPY = 2;
    private static final int LZ4 = 3;
    private static final int ZSTD = 4;

    private TestCodec() {}

    /** Bytes of an unknown codec stay as they are. */
    static byte[] pack(int codec, byte[] bytes) {
        try {
            return switch (codec) {
                case GZIP -> stream(bytes, GZIPOutputStream::new);
                case SNAPPY -> Snappy.compress(bytes);
                case LZ4 -> stream(bytes, TestCodec::lz4);
                case ZSTD -> Zstd.compress(bytes);
                default -> bytes;
            };
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static OutputStream lz4(OutputStream output) throws IOException {
        return new LZ4FrameOutputStream(output, LZ4FrameOutputStream.BLOCKSIZE.SIZE_64KB);
    }

    private interface Packing {
        OutputStream to(OutputStream output) throws IOException;
    }

    private static byte[] stream(byte[] bytes, Packing packing) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream output = packing.to(packed)) {
            output.write(bytes);
        }
        return packed.toByteArray();
    }
}
