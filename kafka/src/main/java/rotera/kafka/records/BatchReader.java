package rotera.kafka.records;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import rotera.kafka.request.ConnectionBuffers;
import rotera.kafka.wire.ApiException;
import rotera.kafka.wire.Bytes;
import rotera.kafka.wire.Errors;
import rotera.queue.Batch;
import rotera.queue.Producer;
import rotera.queue.Queue;
import rotera.queue.format.EnvelopeCodec;

/**
 * Makes a push of a batch of records: what native clients see as a message is the value, everything
 * else goes into its envelope (docs/format.md). Nothing is allocated for a record.
 */
public final class BatchReader {
    private static final int MOST_INT_BITS = 32;
    private static final int MOST_LONG_BITS = 64;

    private final ConnectionBuffers buffers;
    private final Bytes packed;

    // The records that are left: source[at, end).
    private MemorySegment source = MemorySegment.NULL;
    private long at;
    private long end;

    private BatchReader(ConnectionBuffers buffers) {
        this.buffers = buffers;
        this.packed = buffers.packed;
    }

    /**
     * The push that this batch asks for; valid until the buffers are used again.
     *
     * @param records one batch, whole
     * @param mostBytes what the queue takes in one push
     * @throws ApiException if it is no valid batch, or too large
     */
    public static Batch read(ByteBuffer records, long mostBytes, ConnectionBuffers buffers) {
        checkHead(records);
        return new BatchReader(buffers).push(records, mostBytes);
    }

    private static void checkHead(ByteBuffer records) {
        if (records.remaining() <= RecordBatch.AT_FORMAT)
            throw new ApiException(Errors.CORRUPT_MESSAGE, "no batch of records");
        int format = records.get(RecordBatch.AT_FORMAT);
        if (format != RecordBatch.FORMAT)
            throw new ApiException(
                    Errors.INVALID_RECORD,
                    "records of format "
                            + format
                            + ": only format 2 is taken, of Kafka 0.11 and later");
        int length = records.getInt(RecordBatch.AT_LENGTH);
        if (length < RecordBatch.HEAD_BYTES - RecordBatch.LENGTH_FROM
                || length > records.remaining() - RecordBatch.LENGTH_FROM)
            throw new ApiException(
                    Errors.CORRUPT_MESSAGE,
                    "a batch of %d bytes, %d have come".formatted(length, records.remaining()));
        if (length < records.remaining() - RecordBatch.LENGTH_FROM)
            throw new ApiException(Errors.INVALID_RECORD, "more than one batch for a partition");
        CRC32C crc = new CRC32C();
        crc.update(
                records.slice(
                        RecordBatch.AT_ATTRIBUTES,
                        records.remaining() - RecordBatch.AT_ATTRIBUTES));
        if ((int) crc.getValue() != records.getInt(RecordBatch.AT_CHECKSUM))
            throw new ApiException(
                    Errors.CORRUPT_MESSAGE,
                    "the checksum of the batch does not fit: damaged on the way");
        int attributes = records.getShort(RecordBatch.AT_ATTRIBUTES);
        if ((attributes & (RecordBatch.TRANSACTIONAL | RecordBatch.CONTROL)) != 0)
            throw new ApiException(Errors.INVALID_RECORD, "transactions are not supported");
    }

    private Batch push(ByteBuffer records, long mostBytes) {
        int count = records.getInt(RecordBatch.AT_COUNT);
        if (count < 1 || records.getInt(RecordBatch.AT_LAST_OFFSET_DELTA) != count - 1)
            throw new ApiException(Errors.INVALID_RECORD, "a batch of " + count + " records");
        if (count > Queue.MAX_PUSH_MESSAGES)
            throw new ApiException(
                    Errors.MESSAGE_TOO_LARGE,
                    "a batch of %d records: a push has at most %d"
                            .formatted(count, Queue.MAX_PUSH_MESSAGES));
        open(records, (int) Math.min(mostBytes + 32L * count, 1 << 30));
        if (count > (end - at) / RecordBatch.LEAST_RECORD_BYTES)
            throw new ApiException(
                    Errors.INVALID_RECORD, "%d records in %d bytes".formatted(count, end - at));
        packed.length(0);
        packed.ensure(4 * count).length(4 * count);
        long baseTime = records.getLong(RecordBatch.AT_BASE_TIME);
        for (int i = 0; i < count; i++) {
            int from = packed.length();
            record(i, baseTime);
            packed.view().putInt(4 * i, Integer.reverseBytes(packed.length() - from));
            if (packed.length() > mostBytes)
                throw new ApiException(
                        Errors.MESSAGE_TOO_LARGE,
                        "the batch is larger than the %d bytes that the queue takes in one push"
                                .formatted(mostBytes));
        }
        if (at != end)
            throw new ApiException(
                    Errors.INVALID_RECORD, (end - at) + " bytes behind the last record");
        return buffers.batch.wrap(packed.segment(), 0, count, true).producer(producer(records));
    }

    /** Finds the records, unpacked if need be. */
    private void open(ByteBuffer records, int mostBytes) {
        int codec = records.getShort(RecordBatch.AT_ATTRIBUTES) & RecordBatch.CODEC_MASK;
        if (Decompression.isNone(codec)) {
            source = MemorySegment.ofBuffer(records);
            at = RecordBatch.HEAD_BYTES;
            end = source.byteSize();
            return;
        }
        ByteBuffer rest =
                records.slice(RecordBatch.HEAD_BYTES, records.remaining() - RecordBatch.HEAD_BYTES);
        Bytes unpacked = buffers.records();
        Decompression.unpack(codec, rest, unpacked, mostBytes);
        source = unpacked.segment();
        at = 0;
        end = unpacked.length();
    }

    private static Producer producer(ByteBuffer records) {
        long id = records.getLong(RecordBatch.AT_PRODUCER);
        if (id < 0) return Producer.NONE;
        int epoch = records.getShort(RecordBatch.AT_EPOCH);
        int sequence = records.getInt(RecordBatch.AT_SEQUENCE);
        if (id == 0)
            throw new ApiException(Errors.UNKNOWN_PRODUCER_ID, "producer id 0 is never given here");
        if (epoch < 0 || sequence < 0)
            throw new ApiException(
                    Errors.INVALID_RECORD,
                    "producer %d with epoch %d and sequence %d".formatted(id, epoch, sequence));
        return new Producer(id, epoch, sequence);
    }

    // ---- a record

    private void record(int index, long baseTime) {
        long length = varint();
        long recordEnd = at + length;
        if (length < 0 || recordEnd > end) throw damaged("a length of " + length);
        skip(1);
        long time = baseTime < 0 ? -1 : baseTime + varlong();
        if (baseTime < 0) varlong();
        if (varint() != index) throw damaged("offsets that are not consecutive");
        int flagsAt = packed.length();
        int flags = 0;
        packed.put8(0);
        if (time >= 0) {
            flags |= EnvelopeCodec.TIME;
            packed.put64(Long.reverseBytes(time));
        }
        long keyBytes = varint();
        if (keyBytes >= 0) {
            flags |= EnvelopeCodec.KEY;
            copyWithLength(keyBytes);
        }
        long valueBytes = varint();
        long valueAt = at;
        if (valueBytes < 0) flags |= EnvelopeCodec.NULL_VALUE;
        else skip(valueBytes);
        if (headers()) flags |= EnvelopeCodec.HEADERS;
        if (at != recordEnd) throw damaged("fields that do not fill it");
        packed.view().put(flagsAt, (byte) flags);
        if (valueBytes > 0) packed.put(source, valueAt, (int) valueBytes);
    }

    private boolean headers() {
        long headers = varint();
        if (headers < 0 || headers > (end - at) / 2) throw damaged(headers + " headers");
        if (headers == 0) return false;
        packed.put32(Integer.reverseBytes((int) headers));
        for (long i = 0; i < headers; i++) {
            long nameBytes = varint();
            if (nameBytes < 0) throw damaged("a header without a name");
            copyWithLength(nameBytes);
            long valueBytes = varint();
            if (valueBytes < 0) packed.put32(-1);
            else copyWithLength(valueBytes);
        }
        return true;
    }

    private void copyWithLength(long bytes) {
        long from = at;
        skip(bytes);
        packed.put32(Integer.reverseBytes((int) bytes));
        packed.put(source, from, (int) bytes);
    }

    private void skip(long bytes) {
        if (bytes > end - at) throw damaged("a field of " + bytes + " bytes");
        at += bytes;
    }

    private long varint() {
        long value = number(MOST_INT_BITS);
        if (value != (int) value) throw damaged("a number that is too large");
        return value;
    }

    private long varlong() {
        return number(MOST_LONG_BITS);
    }

    /** Seven bits of each byte; not more bytes than are needed for so many bits. */
    private long number(int mostBits) {
        long bits = 0;
        for (int shift = 0; shift < mostBits; shift += 7) {
            if (at >= end) break;
            byte next = source.get(JAVA_BYTE, at++);
            bits |= (next & 0x7fL) << shift;
            if (next >= 0) return (bits >>> 1) ^ -(bits & 1);
        }
        throw damaged("a number without an end");
    }

    private static ApiException damaged(String what) {
        return new ApiException(Errors.INVALID_RECORD, "a record has " + what);
    }
}
