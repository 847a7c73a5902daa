package rotera.kafka.records;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import rotera.kafka.wire.Bytes;
import rotera.queue.Messages;
import rotera.queue.buffer.LittleEndian;
import rotera.queue.format.EnvelopeCodec;

/**
 * Makes batches of records of messages. Where a topic keeps the time of the push, the messages of
 * one time are a batch, whose head has it; else each record has its producer's time, or that of the
 * push without one. Nothing is allocated for a message. Not thread-safe.
 */
public final class BatchWriter {
    private final CRC32C crc = new CRC32C();
    private final Messages messages;
    private final Bytes output;
    private final boolean producerTimes;

    // The batch that is open, if its head begins somewhere.
    private int headAt = -1;
    private long firstId;
    private int count;
    private long baseTime;
    private long largestTime;

    // The message: where its parts lie.
    private MemorySegment data = MemorySegment.NULL;
    private int keyBytes;
    private long keyAt;
    private int headerCount;
    private long headersAt;
    private int valueBytes;
    private long time;
    private int headersSize;

    private int missingBytes;

    public BatchWriter(Messages messages, Bytes output, boolean producerTimes) {
        this.messages = messages;
        this.output = output;
        this.producerTimes = producerTimes;
    }

    /**
     * Adds the messages that were read, as long as the output does not become longer than {@code
     * mostLength}; the first one always, if memory can be had.
     *
     * @param atLeastOne whether the first message may go beyond the length
     * @return how many were added
     */
    public int write(long mostLength, boolean atLeastOne) {
        int written = 0;
        while (messages.next()) {
            parse();
            int recordBytes = recordBytes();
            long needed = RecordBatch.HEAD_BYTES + 5L + recordBytes;
            boolean first = atLeastOne && written == 0;
            if (!first && output.length() + needed > mostLength) break;
            if (needed > 1 << 30 || !output.tryEnsure((int) needed)) {
                missingBytes = (int) Math.min(needed, 1 << 30);
                break;
            }
            if (headAt >= 0 && !producerTimes && time != baseTime) close();
            if (headAt < 0) open();
            record();
            written++;
        }
        close();
        return written;
    }

    /** What the output had no memory for. */
    public int missingBytes() {
        return missingBytes;
    }

    // ---- a batch

    private void open() {
        headAt = output.length();
        output.length(headAt + RecordBatch.HEAD_BYTES);
        firstId = messages.id();
        count = 0;
        baseTime = time;
        largestTime = time;
    }

    private void close() {
        if (headAt < 0) return;
        ByteBuffer view = output.view();
        int end = output.length();
        view.putLong(headAt, firstId);
        view.putInt(headAt + RecordBatch.AT_LENGTH, end - headAt - RecordBatch.LENGTH_FROM);
        view.putInt(headAt + RecordBatch.AT_LEADER_EPOCH, RecordBatch.NO_LEADER_EPOCH);
        view.put(headAt + RecordBatch.AT_FORMAT, (byte) RecordBatch.FORMAT);
        view.putShort(
                headAt + RecordBatch.AT_ATTRIBUTES,
                (short) (producerTimes ? 0 : RecordBatch.APPEND_TIME));
        view.putInt(headAt + RecordBatch.AT_LAST_OFFSET_DELTA, count - 1);
        view.putLong(headAt + RecordBatch.AT_BASE_TIME, baseTime);
        view.putLong(headAt + RecordBatch.AT_LARGEST_TIME, largestTime);
        view.putLong(headAt + RecordBatch.AT_PRODUCER, -1);
        view.putShort(headAt + RecordBatch.AT_EPOCH, (short) -1);
        view.putInt(headAt + RecordBatch.AT_SEQUENCE, -1);
        view.putInt(headAt + RecordBatch.AT_COUNT, count);
        crc.reset();
        view.position(headAt + RecordBatch.AT_ATTRIBUTES).limit(end);
        crc.update(view);
        output.length(end);
        view.putInt(headAt + RecordBatch.AT_CHECKSUM, (int) crc.getValue());
        headAt = -1;
    }

    // ---- a message

    private void parse() {
        data = messages.data();
        valueBytes = messages.length();
        time = messages.timeMillis();
        keyBytes = -1;
        headerCount = 0;
        headersSize = 0;
        int envelopeBytes = messages.envelopeBytes();
        if (envelopeBytes == 0) return;
        long at = messages.offset() - envelopeBytes;
        int flags = data.get(JAVA_BYTE, at++);
        if ((flags & EnvelopeCodec.TIME) != 0) {
            if (producerTimes) time = data.get(LittleEndian.U64, at);
            at += 8;
        }
        if ((flags & EnvelopeCodec.KEY) != 0) {
            keyBytes = data.get(LittleEndian.U32, at);
            keyAt = at + 4;
            at += 4 + keyBytes;
        }
        if ((flags & EnvelopeCodec.HEADERS) != 0) {
            headerCount = data.get(LittleEndian.U32, at);
            headersAt = at + 4;
            headersSize = headersSize();
        }
        if ((flags & EnvelopeCodec.NULL_VALUE) != 0) valueBytes = -1;
    }

    private int headersSize() {
        int size = 0;
        long at = headersAt;
        for (int i = 0; i < 2 * headerCount; i++) {
            int bytes = data.get(LittleEndian.U32, at);
            size += varintBytes(bytes) + Math.max(0, bytes);
            at += 4 + Math.max(0, bytes);
        }
        return size;
    }

    private int recordBytes() {
        long timeDelta = producerTimes && headAt >= 0 ? time - baseTime : 0;
        int idDelta = headAt >= 0 ? count : 0;
        return 1
                + varintBytes(timeDelta)
                + varintBytes(idDelta)
                + varintBytes(keyBytes)
                + Math.max(0, keyBytes)
                + varintBytes(valueBytes)
                + Math.max(0, valueBytes)
                + varintBytes(headerCount)
                + headersSize;
    }

    private void record() {
        varint(recordBytes());
        output.put8(0);
        varint(producerTimes ? time - baseTime : 0);
        varint(count);
        bytes(keyBytes, keyAt);
        bytes(valueBytes, messages.offset());
        varint(headerCount);
        long at = headersAt;
        for (int i = 0; i < 2 * headerCount; i++) {
            int length = data.get(LittleEndian.U32, at);
            bytes(length, at + 4);
            at += 4 + Math.max(0, length);
        }
        count++;
        largestTime = Math.max(largestTime, time);
    }

    private void bytes(int length, long at) {
        varint(length);
        if (length > 0) output.put(data, at, length);
    }

    private void varint(long value) {
        long bits = (value << 1) ^ (value >> 63);
        while ((bits & ~0x7fL) != 0) {
            output.put8((int) (bits & 0x7f) | 0x80);
            bits >>>= 7;
        }
        output.put8((int) bits);
    }

    private static int varintBytes(long value) {
        long bits = (value << 1) ^ (value >> 63);
        return (70 - Long.numberOfLeadingZeros(bits | 1)) / 7;
    }
}
