package rotera.kafka.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.zip.CRC32C;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import rotera.kafka.request.ConnectionBuffers;
import rotera.kafka.wire.ApiException;
import rotera.kafka.wire.Budget;
import rotera.kafka.wire.Errors;
import rotera.queue.Batch;

/** Batches with bytes changed at random and checksums that fit: refused, or taken as valid ones. */
final class BatchReaderPropertyTest {
    private static final int MOST_BYTES = 1 << 20;

    @Test
    void changedBatchesAreRefusedOrWellFormed() throws IOException {
        Random random = new Random(1);
        Budget memory = new Budget("tests", 32 << 20);
        int taken = 0;
        try (ConnectionBuffers buffers = new ConnectionBuffers(memory)) {
            for (int i = 0; i < 60_000; i++) {
                byte[] bytes = change(random, i % 2 == 0 ? plain(random) : zipped(random));
                if (isTaken(bytes, buffers)) taken++;
                buffers.trim();
            }
        }
        assertThat(taken).as("some changes do no harm").isBetween(1000, 59_000);
        assertThat(memory.takenBytes()).isZero();
    }

    private static boolean isTaken(byte[] bytes, ConnectionBuffers buffers) {
        ByteBuffer records = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        try {
            Batch batch = BatchReader.read(records, MOST_BYTES, buffers);
            assertThat(batch.count()).isEqualTo(records.getInt(RecordBatch.AT_COUNT));
            assertThat(batch.bytes()).isLessThanOrEqualTo(MOST_BYTES);
            return true;
        } catch (ApiException e) {
            assertThat(e.error).isNotEqualTo(Errors.NONE);
            return false;
        }
    }

    private static byte[] plain(Random random) {
        TestBatch batch = new TestBatch();
        for (int i = random.nextInt(5); i >= 0; i--) batch.add("x".repeat(random.nextInt(200)));
        return batch.bytes();
    }

    private static byte[] zipped(Random random) throws IOException {
        byte[] plain = plain(random);
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        zipped.write(plain, 0, RecordBatch.HEAD_BYTES);
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(plain, RecordBatch.HEAD_BYTES, plain.length - RecordBatch.HEAD_BYTES);
        }
        byte[] bytes = zipped.toByteArray();
        bytes[RecordBatch.AT_ATTRIBUTES + 1] = 1;
        return bytes;
    }

    private static byte[] change(Random random, byte[] bytes) {
        for (int i = random.nextInt(3); i > 0; i--) {
            int at = RecordBatch.AT_ATTRIBUTES + random.nextInt(bytes.length - 21);
            bytes[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : bytes[at] + 1);
        }
        ByteBuffer view = ByteBuffer.wrap(bytes);
        view.putInt(RecordBatch.AT_LENGTH, bytes.length - RecordBatch.LENGTH_FROM);
        CRC32C crc = new CRC32C();
        crc.update(bytes, RecordBatch.AT_ATTRIBUTES, bytes.length - RecordBatch.AT_ATTRIBUTES);
        view.putInt(RecordBatch.AT_CHECKSUM, (int) crc.getValue());
        return bytes;
    }
}
