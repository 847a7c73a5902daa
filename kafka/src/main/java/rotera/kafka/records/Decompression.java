package rotera.kafka.records;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import java.util.zip.GZIPInputStream;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.xxhash.XXHashFactory;
import org.xerial.snappy.Snappy;
import rotera.kafka.wire.ApiException;
import rotera.kafka.wire.Bytes;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.QuotaExceededException;

/**
 * Unpacks the records of compressed batches. What they unpack to is bounded, whatever they
 * announce. A few threads at a time do it; each codec is loaded with its first batch.
 */
final class Decompression {
    private static final int NONE = 0;
    private static final int GZIP = 1;
    private static final int SNAPPY = 2;
    private static final int LZ4 = 3;
    private static final int ZSTD = 4;

    private static final int CHUNK_BYTES = 16 << 10;

    /** The buffers of the codecs are not counted elsewhere: at most some MiB each. */
    private static final Semaphore TURNS =
            new Semaphore(Math.max(2, Runtime.getRuntime().availableProcessors()), true);

    private Decompression() {}

    static boolean isNone(int codec) {
        return codec == NONE;
    }

    /**
     * Unpacks all of the input.
     *
     * @throws ApiException if it is damaged, or unpacks to more than {@code most} bytes
     */
    static void unpack(int codec, ByteBuffer input, Bytes into, int most) {
        TURNS.acquireUninterruptibly();
        try {
            into.length(0);
            switch (codec) {
                case GZIP -> copy(new GZIPInputStream(new Buffer(input), CHUNK_BYTES), into, most);
                case SNAPPY -> SnappyBlocks.unpack(input, into, most);
                case LZ4 -> copy(lz4(input), into, most);
                case ZSTD -> copy(new ZstdInputStreamNoFinalizer(new Buffer(input)), into, most);
                default ->
                        throw new ApiException(
                                Errors.UNSUPPORTED_COMPRESSION_TYPE,
                                "compression " + codec + " is not known");
            }
        } catch (IOException | RuntimeException e) {
            if (e instanceof ApiException refusal) throw refusal;
            if (e instanceof QuotaExceededException memory) throw memory;
            throw new ApiException(
                    Errors.CORRUPT_MESSAGE, "the batch does not unpack: " + e.getMessage());
        } finally {
            TURNS.release();
        }
    }

    /** One frame, as Kafka's own reader takes: each more would take buffers of some MiB again. */
    private static InputStream lz4(ByteBuffer input) throws IOException {
        boolean oneFrame = true;
        return new LZ4FrameInputStream(
                new Buffer(input),
                LZ4Factory.safeInstance().safeDecompressor(),
                XXHashFactory.safeInstance().hash32(),
                oneFrame);
    }

    private static void copy(InputStream input, Bytes into, int most) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        try (input) {
            for (int read = input.read(chunk); read >= 0; read = input.read(chunk)) {
                checkSize((long) into.length() + read, most);
                into.put(ByteBuffer.wrap(chunk, 0, read));
            }
        }
    }

    static void checkSize(long bytes, int most) {
        if (bytes > most)
            throw new ApiException(
                    Errors.MESSAGE_TOO_LARGE,
                    "the batch unpacks to more than the " + most + " bytes that the queue takes");
    }

    /**
     * Snappy blocks: one that is all of the input, or, behind a magic number, any number with their
     * lengths.
     */
    private static final class SnappyBlocks {
        private static final long MAGIC = 0x82534e4150505900L;
        private static final int HEAD_BYTES = 16;

        static void unpack(ByteBuffer input, Bytes into, int most) throws IOException {
            ByteBuffer from = input.duplicate();
            if (from.remaining() < HEAD_BYTES || from.getLong(from.position()) != MAGIC) {
                block(from, into, most);
                return;
            }
            from.position(from.position() + HEAD_BYTES);
            while (from.hasRemaining()) {
                int length = from.remaining() < 4 ? -1 : from.getInt();
                if (length < 0 || length > from.remaining())
                    throw new IOException("a block of " + length + " bytes");
                block(from.slice(from.position(), length), into, most);
                from.position(from.position() + length);
            }
        }

        private static void block(ByteBuffer block, Bytes into, int most) throws IOException {
            int bytes = Snappy.uncompressedLength(block.duplicate());
            if (bytes < 0) throw new IOException("a block that unpacks to " + bytes + " bytes");
            checkSize((long) into.length() + bytes, most);
            into.ensure(bytes);
            int at = into.length();
            ByteBuffer target = into.view().duplicate().limit(at + bytes);
            int unpacked = Snappy.uncompress(block.duplicate(), target);
            if (unpacked != bytes) throw new IOException("a block has " + unpacked + " bytes");
            into.length(at + bytes);
        }
    }

    /** Reads a buffer as a stream. */
    private static final class Buffer extends InputStream {
        private final ByteBuffer bytes;

        Buffer(ByteBuffer bytes) {
            this.bytes = bytes.duplicate();
        }

        @Override
        public int read() {
            return bytes.hasRemaining() ? bytes.get() & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int from, int most) {
            if (!bytes.hasRemaining()) return most == 0 ? 0 : -1;
            int read = Math.min(most, bytes.remaining());
            bytes.get(target, from, read);
            return read;
        }

        @Override
        public int available() {
            return bytes.remaining();
        }
    }
}
