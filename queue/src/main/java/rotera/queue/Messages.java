package rotera.queue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import rotera.queue.record.RecordBuffer;
import rotera.queue.record.RecordCursor;
import rotera.queue.record.RecordTransfer;

/**
 * Messages that were read: a reusable copy off-heap, checked against the checksums that were made
 * at the push. To go through them:
 *
 * <pre>{@code
 * while (messages.next()) {
 *     use(messages.id(), messages.data(), messages.offset(), messages.length());
 * }
 * }</pre>
 *
 * Nothing is allocated for a message. All views are valid until the next read into this object. Not
 * thread-safe.
 *
 * <p>{@link #close} frees the memory at once; that of messages which are never closed is freed when
 * neither they nor their {@link #data} can be reached any more (a slice of it does not count). Of
 * closed messages all calls but {@code close}, and reads into them, throw an {@link
 * IllegalStateException}.
 */
public final class Messages implements AutoCloseable {
    private static final long MIN_LIMIT = 4096;

    private final RecordBuffer buffer;
    private final RecordCursor cursor;

    /** Holds up to 256 KiB, or one record if that is larger. */
    public Messages() {
        this(RecordBuffer.DEFAULT_LIMIT);
    }

    /**
     * Holds up to {@code limitBytes} (at least 4096) of the file's ring, or one record if that is
     * larger.
     */
    public Messages(long limitBytes) {
        if (limitBytes < MIN_LIMIT)
            throw new IllegalArgumentException(
                    "limitBytes=" + limitBytes + " is less than " + MIN_LIMIT);
        buffer = new RecordBuffer(limitBytes);
        cursor = buffer.cursor();
    }

    /** For the other classes of this package, and through them for the modules of the project. */
    RecordBuffer buffer() {
        return buffer;
    }

    /** Empty ones, of which the next id is this: where a stream ends. */
    public static Messages none(long nextId) {
        Messages none = new Messages(MIN_LIMIT);
        int _ = none.buffer.empty(nextId, 0);
        return none;
    }

    /** How many messages were read. */
    public int count() {
        buffer.checkOpen();
        return buffer.count();
    }

    /** Id of the first message; without messages, the id that was asked for. */
    public long firstId() {
        buffer.checkOpen();
        return buffer.firstId();
    }

    /** Id behind the last message: where to read on. */
    public long nextId() {
        buffer.checkOpen();
        return buffer.nextId();
    }

    /**
     * How many messages between the id that was asked for and the first one had been overwritten.
     */
    public long skipped() {
        buffer.checkOpen();
        return buffer.skipped();
    }

    /** Steps to the next message; false behind the last one. */
    public boolean next() {
        buffer.checkOpen();
        return cursor.next();
    }

    /** Goes back to before the first message. */
    public void rewind() {
        buffer.checkOpen();
        cursor.rewind();
    }

    /** Id of the current message. */
    public long id() {
        buffer.checkOpen();
        return cursor.id();
    }

    /**
     * When the current message was pushed, in milliseconds since 1970, as the clock of the machine
     * had it: after the clock was set back, less than that of the message before.
     */
    public long timeMillis() {
        buffer.checkOpen();
        return cursor.timeMillis();
    }

    /**
     * The memory that holds the current message's value, from {@link #offset} on, {@link #length}
     * bytes.
     */
    public MemorySegment data() {
        buffer.checkOpen();
        return buffer.segment();
    }

    public long offset() {
        buffer.checkOpen();
        return cursor.offset();
    }

    public int length() {
        buffer.checkOpen();
        return cursor.length();
    }

    /**
     * How many bytes directly in front of {@link #offset} are the envelope of the current message
     * (docs/format.md); 0 without one. For those who read it without a copy.
     */
    public int envelopeBytes() {
        buffer.checkOpen();
        return cursor.envelopeBytes();
    }

    /** A copy of the current message's value. */
    public byte[] toByteArray() {
        buffer.checkOpen();
        return cursor.toByteArray();
    }

    /** The current message's value as a text in UTF-8. */
    public String text() {
        return new String(toByteArray(), StandardCharsets.UTF_8);
    }

    /** A copy of what came with the current message's value. */
    public Envelope envelope() {
        buffer.checkOpen();
        return cursor.envelope();
    }

    /** Who pushed the current message, with the producer's number of it. */
    public Producer producer() {
        buffer.checkOpen();
        return cursor.producer();
    }

    /** How many bytes {@link #pack} writes: 4 + length of the value for each message. */
    public long packedBytes() {
        buffer.checkOpen();
        return RecordTransfer.packedBytes(buffer);
    }

    /**
     * Writes all messages as they go over the wire: the lengths of their values, four bytes each
     * (little-endian), then the values.
     */
    public void pack(MemorySegment target, long at) {
        pack(target, at, at + 4L * count());
    }

    /** Like {@link #pack(MemorySegment, long)}, with the values in a place of their own. */
    public void pack(MemorySegment target, long lengthsFrom, long valuesFrom) {
        buffer.checkOpen();
        RecordTransfer.packValues(buffer, target, lengthsFrom, valuesFrom);
    }

    /**
     * How many bytes {@link #copyRecords} writes: those of all records that these messages are in.
     */
    public long recordBytes() {
        buffer.checkOpen();
        return RecordTransfer.recordBytes(buffer);
    }

    /**
     * Writes the records that these messages are in, whole and as they are kept (docs/protocol.md):
     * whoever gets them can compare the checksums that were made at the push.
     */
    public void copyRecords(MemorySegment target, long to) {
        buffer.checkOpen();
        RecordTransfer.copyRecords(buffer, target, to);
    }

    /**
     * Memory to receive records into, for {@link #takeRecords}; valid until the next call. What was
     * read before is gone.
     */
    public MemorySegment receive(long bytes) {
        return RecordTransfer.receive(buffer, bytes);
    }

    /**
     * Makes the content the messages of the records that were received, as far as they belong to
     * {@code [fromId, fromId + most)}. {@link #nextRecords} goes on with the rest.
     *
     * @param owner who will go on
     * @param bytes how many were received
     * @param skippedBefore how many messages were overwritten before {@code fromId}
     * @throws QueueException.ChecksumMismatchException if a record is not what was pushed
     */
    public void takeRecords(Object owner, long bytes, long fromId, int most, long skippedBefore) {
        RecordTransfer.takeRecords(
                buffer, owner, new RecordTransfer.Received(bytes, fromId, skippedBefore), most);
    }

    /**
     * Goes on with the records that were taken: up to {@code most} messages from {@code id}. False
     * if there are none of this owner.
     */
    public boolean nextRecords(Object owner, long id, int most) {
        return RecordTransfer.nextRecords(buffer, owner, id, most);
    }

    @Override
    public void close() {
        buffer.close();
    }
}
