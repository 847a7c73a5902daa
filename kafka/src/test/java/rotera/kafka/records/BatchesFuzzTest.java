package rotera.kafka.records;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import rotera.kafka.MemoryDisk;
import rotera.kafka.request.ConnectionBuffers;
import rotera.kafka.wire.ApiException;
import rotera.kafka.wire.Budget;
import rotera.kafka.wire.Bytes;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.Messages;
import rotera.queue.Producer;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.disk.Disk;
import rotera.queue.engine.QueueAccess;

/**
 * Batches of records that a producer may send: refused, or taken within bounds; what a consumer is
 * given of them is what Kafka's own reader finds in them.
 */
public class BatchesFuzzTest {
    private static final int FITTING = 1;
    private static final int PACKED = 2;
    private static final int MEMORY_BYTES = 16 << 20;

    private static RotFile file;
    private static long mostBytes;

    @BeforeAll
    public static void open() throws IOException {
        Disk disk = new MemoryDisk(4 << 20);
        QueueAccess.format(disk, CreateOptions.ofSize(4 << 20), () -> 1);
        file = QueueAccess.open(disk, Path.of("t"), () -> 1);
        mostBytes = file.ping().maxPushBytes();
    }

    @AfterAll
    public static void close() {
        file.close();
    }

    /**
     * The first byte: bit 0 makes length, format, count of offsets and checksum fit, bit 1 packs
     * the records with the codec that the attributes name. Then the batch.
     */
    @FuzzTest
    public void batches(byte[] input) throws IOException {
        if (input.length == 0) return;
        byte[] batch = Arrays.copyOfRange(input, 1, input.length);
        if ((input[0] & PACKED) != 0) batch = packed(batch);
        if ((input[0] & FITTING) != 0) fit(batch);
        Budget memory = new Budget("tests", MEMORY_BYTES);
        long first;
        try (ConnectionBuffers buffers = new ConnectionBuffers(memory)) {
            first = push(batch, buffers);
            assertThat(memory.takenBytes()).isLessThanOrEqualTo(MEMORY_BYTES);
        }
        assertThat(memory.takenBytes()).isZero();
        if (first >= 0) compare(batch, first);
    }

    /** The id of the first message, or -1 if the batch is refused. */
    private static long push(byte[] batch, ConnectionBuffers buffers) {
        try {
            ByteBuffer records = ByteBuffer.allocateDirect(batch.length).put(0, batch);
            Batch push = BatchReader.read(records, mostBytes, buffers);
            long first = file.push(push.producer(Producer.NONE));
            file.commit();
            return first;
        } catch (ApiException
                | QueueException.BatchTooLargeException
                | QueueException.MessageTooLargeException e) {
            return -1;
        }
    }

    private static void compare(byte[] sent, long first) throws IOException {
        List<Record> meant = records(ByteBuffer.wrap(sent));
        List<Record> given = records(ByteBuffer.wrap(fetched(first)));
        assertThat(given).hasSameSizeAs(meant);
        ByteBuffer head = ByteBuffer.wrap(sent);
        boolean timed =
                head.getLong(RecordBatch.AT_BASE_TIME) >= 0
                        && (head.getShort(RecordBatch.AT_ATTRIBUTES) & RecordBatch.APPEND_TIME)
                                == 0;
        for (int i = 0; i < meant.size(); i++) {
            Record record = given.get(i);
            Record expected = meant.get(i);
            assertThat(record.offset()).isEqualTo(first + i);
            assertThat(bytes(record.key())).isEqualTo(bytes(expected.key()));
            assertThat(bytes(record.value())).isEqualTo(bytes(expected.value()));
            assertThat(record.headers()).isEqualTo(expected.headers());
            if (timed && expected.timestamp() >= 0)
                assertThat(record.timestamp()).isEqualTo(expected.timestamp());
        }
    }

    /** As Kafka reads them. */
    private static List<Record> records(ByteBuffer bytes) {
        List<Record> result = new ArrayList<>();
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(bytes).batches()) {
            batch.ensureValid();
            for (Record record : batch) result.add(record);
        }
        return result;
    }

    private static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
        return buffer == null ? null : Utils.toArray(buffer);
    }

    /** As a consumer is given them. */
    private static byte[] fetched(long first) throws IOException {
        try (Messages messages = new Messages(1 << 20);
                Bytes output = new Bytes(64, new Budget("tests", 32 << 20))) {
            for (long id = first; id < file.ping().next(); ) {
                file.read(id, 1 << 20, messages);
                assertThat(messages.skipped()).isZero();
                id += new BatchWriter(messages, output, true).write(16 << 20, true);
            }
            byte[] bytes = new byte[output.length()];
            output.view().duplicate().flip().get(bytes);
            return bytes;
        }
    }

    private static byte[] packed(byte[] batch) {
        if (batch.length < RecordBatch.HEAD_BYTES) return batch;
        int codec =
                ByteBuffer.wrap(batch).getShort(RecordBatch.AT_ATTRIBUTES) & RecordBatch.CODEC_MASK;
        byte[] records = Arrays.copyOfRange(batch, RecordBatch.HEAD_BYTES, batch.length);
        byte[] packed = TestCodec.pack(codec, records);
        byte[] result = Arrays.copyOf(batch, RecordBatch.HEAD_BYTES + packed.length);
        System.arraycopy(packed, 0, result, RecordBatch.HEAD_BYTES, packed.length);
        return result;
    }

    /** What a client that only means harm would still get right. */
    public static void fit(byte[] batch) {
        if (batch.length < RecordBatch.HEAD_BYTES) return;
        ByteBuffer view = ByteBuffer.wrap(batch);
        view.putInt(RecordBatch.AT_LENGTH, batch.length - RecordBatch.LENGTH_FROM);
        view.put(RecordBatch.AT_FORMAT, (byte) RecordBatch.FORMAT);
        view.putInt(RecordBatch.AT_LAST_OFFSET_DELTA, view.getInt(RecordBatch.AT_COUNT) - 1);
        CRC32C crc = new CRC32C();
        crc.update(batch, RecordBatch.AT_ATTRIBUTES, batch.length - RecordBatch.AT_ATTRIBUTES);
        view.putInt(RecordBatch.AT_CHECKSUM, (int) crc.getValue());
    }
}
