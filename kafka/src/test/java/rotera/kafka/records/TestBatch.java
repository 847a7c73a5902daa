package rotera.kafka.records;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import java.util.zip.GZIPOutputStream;

/** A batch of records, made by hand. */
public final class TestBatch {
    public int format = 2;
    public int attributes;
    public long producerId = -1;
    public int epoch = -1;
    public int sequence = -1;
    public int countTold = -1;
    long baseTime = 1000;
    private final ByteArrayOutputStream records = new ByteArrayOutputStream();
    private int count;

    public static TestBatch of(String... values) {
        TestBatch batch = new TestBatch();
        for (String value : values) batch.add(value);
        return batch;
    }

    public static TestBatch of(Sender sender, int sequence, String... values) {
        TestBatch batch = of(values);
        batch.producerId = sender.id;
        batch.epoch = sender.epoch;
        batch.sequence = sequence;
        return batch;
    }

    /** An idempotent producer. */
    public record Sender(long id, int epoch) {}

    public TestBatch add(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.write(0);
        varint(record, 0);
        varint(record, count++);
        varint(record, -1);
        varint(record, bytes.length);
        record.writeBytes(bytes);
        varint(record, 0);
        varint(records, record.size());
        records.writeBytes(record.toByteArray());
        return this;
    }

    public TestBatch raw(byte[] bytes) {
        records.writeBytes(bytes);
        count++;
        return this;
    }

    /** Packs the records that it has. */
    public TestBatch gzip() throws IOException {
        byte[] plain = records.toByteArray();
        records.reset();
        try (GZIPOutputStream output = new GZIPOutputStream(records)) {
            output.write(plain);
        }
        attributes = 1;
        return this;
    }

    public static void varint(ByteArrayOutputStream output, long value) {
        long bits = (value << 1) ^ (value >> 63);
        while ((bits & ~0x7fL) != 0) {
            output.write((int) (bits & 0x7f) | 0x80);
            bits >>>= 7;
        }
        output.write((int) bits);
    }

    public byte[] bytes() {
        byte[] body = records.toByteArray();
        int told = countTold < 0 ? count : countTold;
        ByteBuffer batch = ByteBuffer.allocate(RecordBatch.HEAD_BYTES + body.length);
        batch.putLong(0).putInt(batch.capacity() - 12).putInt(-1).put((byte) format).putInt(0);
        batch.putShort((short) attributes).putInt(told - 1).putLong(baseTime).putLong(baseTime);
        batch.putLong(producerId).putShort((short) epoch).putInt(sequence).putInt(told).put(body);
        return withChecksum(batch.array());
    }

    /** The same batch of a later epoch. */
    public static byte[] withEpoch(byte[] batch, int epoch) {
        ByteBuffer.wrap(batch).putShort(RecordBatch.AT_EPOCH, (short) epoch);
        return withChecksum(batch);
    }

    private static byte[] withChecksum(byte[] batch) {
        CRC32C crc = new CRC32C();
        crc.update(batch, RecordBatch.AT_ATTRIBUTES, batch.length - RecordBatch.AT_ATTRIBUTES);
        ByteBuffer.wrap(batch).putInt(RecordBatch.AT_CHECKSUM, (int) crc.getValue());
        return batch;
    }
}
