package rotera.queue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static rotera.queue.Superblock.U32;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

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
    /** Enough for a pleasant pace, small enough for a processor's cache. */
    private static final long DEFAULT_LIMIT = 256 << 10;

    private final long limitBytes;
    private final List<Part> parts = new ArrayList<>();
    private int partCount;

    /** Package-private for the reader, which fills the memory and adds the parts. */
    final Memory memory;

    final RecordHeader header = new RecordHeader();
    final ClockDifference difference = new ClockDifference();
    final CRC32C crc = new CRC32C();
    @Nullable Object source;
    Mark resume = new Mark(0, 0);

    // The window [first, first + count) of what was copied; behind it lies what the next read can
    // take without copying again.
    private long firstId;
    private int count;
    private long payloadBytes;
    private long skipped;
    private final Cursor begin = new Cursor();
    private final Cursor end = new Cursor();
    private final Cursor reader = new Cursor();

    // The message that next() stands on.
    private int remaining;
    private long id = -1;
    private long offset;
    private int length;
    private long messageAt;
    private boolean enveloped;
    private long timeMillis;

    private boolean closed;

    /** Some consecutive messages of one record. */
    private static final class Part {
        long bodyAt;
        int count;
        int bodyBytes;
        int checksum;
        long firstId;
        long timeMillis;
        long orderMillis;
        boolean envelopes;
        long producerId;
        int producerEpoch;
        int sequence;

        long lengthAt(int index) {
            return bodyAt + 4L * index;
        }

        long payloadAt() {
            return bodyAt + 4L * count;
        }

        long endAt() {
            return bodyAt + bodyBytes;
        }
    }

    /** A place between messages. */
    private static final class Cursor {
        int part;
        int index;
        long payloadAt;

        void set(Cursor other) {
            part = other.part;
            index = other.index;
            payloadAt = other.payloadAt;
        }
    }

    /** Holds up to 256 KiB, or one record if that is larger. */
    public Messages() {
        this(DEFAULT_LIMIT);
    }

    /**
     * Holds up to {@code limitBytes} (at least 4096) of the file's ring, or one record if that is
     * larger.
     */
    public Messages(long limitBytes) {
        if (limitBytes < 4096)
            throw new IllegalArgumentException("limitBytes=" + limitBytes + " is less than 4096");
        this.limitBytes = limitBytes;
        this.memory = new Memory(Math.min(limitBytes, DEFAULT_LIMIT));
    }

    /** How many messages were read. */
    public int count() {
        checkOpen();
        return count;
    }

    /** Id of the first message; without messages, the id that was asked for. */
    public long firstId() {
        checkOpen();
        return firstId;
    }

    /** Id behind the last message: where to read on. */
    public long nextId() {
        checkOpen();
        return firstId + count;
    }

    /**
     * How many messages between the id that was asked for and the first one had been overwritten.
     */
    public long skipped() {
        checkOpen();
        return skipped;
    }

    /** Steps to the next message; false behind the last one. */
    public boolean next() {
        checkOpen();
        if (remaining == 0) return false;
        remaining--;
        Part part = parts.get(reader.part);
        while (reader.index == part.count) {
            part = parts.get(++reader.part);
            reader.index = 0;
            reader.payloadAt = part.payloadAt();
        }
        length = memory.segment().get(U32, part.lengthAt(reader.index));
        messageAt = reader.payloadAt;
        offset = messageAt;
        id = part.firstId + reader.index;
        timeMillis = part.timeMillis;
        enveloped = part.envelopes;
        reader.index++;
        reader.payloadAt += length;
        if (enveloped) {
            int prefix = (int) EnvelopeCodec.measure(memory.segment(), messageAt, length);
            offset += prefix;
            length -= prefix;
        }
        return true;
    }

    /** Goes back to before the first message. */
    public void rewind() {
        checkOpen();
        reader.set(begin);
        remaining = count;
    }

    /** Id of the current message. */
    public long id() {
        checkOpen();
        return id;
    }

    /**
     * When the current message was pushed, in milliseconds since 1970, as the clock of the machine
     * had it: after the clock was set back, less than that of the message before.
     */
    public long timeMillis() {
        checkOpen();
        return timeMillis;
    }

    /** For tests: the time that a search goes by, which never decreases within a file. */
    long orderMillis() {
        return parts.get(reader.part).orderMillis;
    }

    /**
     * The memory that holds the current message's value, from {@link #offset} on, {@link #length}
     * bytes.
     */
    public MemorySegment data() {
        checkOpen();
        return memory.segment();
    }

    public long offset() {
        checkOpen();
        return offset;
    }

    public int length() {
        checkOpen();
        return length;
    }

    /**
     * How many bytes directly in front of {@link #offset} are the envelope of the current message
     * (docs/format.md); 0 without one. For those who read it without a copy.
     */
    public int envelopeBytes() {
        checkOpen();
        return enveloped ? (int) (offset - messageAt) : 0;
    }

    /** A copy of the current message's value. */
    public byte[] toByteArray() {
        checkOpen();
        byte[] copy = new byte[length];
        MemorySegment.copy(memory.segment(), JAVA_BYTE, offset, copy, 0, length);
        return copy;
    }

    /** A copy of what came with the current message's value. */
    public Envelope envelope() {
        checkOpen();
        return enveloped ? EnvelopeCodec.decode(memory.segment(), messageAt) : Envelope.NONE;
    }

    /** Who pushed the current message, with the producer's number of it. */
    public Producer producer() {
        checkOpen();
        Part part = parts.get(reader.part);
        if (part.producerId == 0) return Producer.NONE;
        return new Producer(
                part.producerId,
                part.producerEpoch,
                Producers.plus(part.sequence, reader.index - 1));
    }

    /** How many bytes {@link #pack} writes: 4 + length of the value for each message. */
    public long packedBytes() {
        checkOpen();
        return 4L * count + payloadBytes;
    }

    /**
     * Writes all messages as they go over the wire: the lengths of their values, four bytes each
     * (little-endian), then the values.
     */
    public void pack(MemorySegment target, long at) {
        pack(target, at, at + 4L * count);
    }

    /** Like {@link #pack(MemorySegment, long)}, with the values in a place of their own. */
    public void pack(MemorySegment target, long lengthsFrom, long valuesFrom) {
        checkOpen();
        Cursor from = new Cursor();
        from.set(begin);
        long lengthsAt = lengthsFrom;
        long valuesAt = valuesFrom;
        for (int left = count; left > 0; ) {
            Part part = parts.get(from.part);
            int taken = Math.min(left, part.count - from.index);
            long bytes =
                    taken == part.count - from.index
                            ? part.endAt() - from.payloadAt
                            : sum(part, from.index, taken);
            if (part.envelopes) {
                valuesAt = packValues(part, from, taken, target, lengthsAt, valuesAt);
            } else {
                MemorySegment.copy(
                        memory.segment(), part.lengthAt(from.index), target, lengthsAt, 4L * taken);
                MemorySegment.copy(memory.segment(), from.payloadAt, target, valuesAt, bytes);
                valuesAt += bytes;
            }
            lengthsAt += 4L * taken;
            left -= taken;
            advance(from, part, taken, bytes);
        }
    }

    private long packValues(
            Part part,
            Cursor from,
            int taken,
            MemorySegment target,
            long lengthsFrom,
            long valuesFrom) {
        long messageAt = from.payloadAt;
        long valuesAt = valuesFrom;
        for (int i = 0; i < taken; i++) {
            int bytes = memory.segment().get(U32, part.lengthAt(from.index + i));
            int prefix = (int) EnvelopeCodec.measure(memory.segment(), messageAt, bytes);
            target.set(U32, lengthsFrom + 4L * i, bytes - prefix);
            MemorySegment.copy(
                    memory.segment(), messageAt + prefix, target, valuesAt, bytes - prefix);
            messageAt += bytes;
            valuesAt += bytes - prefix;
        }
        return valuesAt;
    }

    /**
     * How many bytes {@link #copyRecords} writes: those of all records that these messages are in.
     */
    public long recordBytes() {
        checkOpen();
        long bytes = 0;
        for (int i = begin.part; count > 0 && i <= lastPart(); i++)
            bytes += WireRecord.BYTES + parts.get(i).bodyBytes;
        return bytes;
    }

    /**
     * Writes the records that these messages are in, whole and as they are kept, in the form of
     * {@link WireRecord}: whoever gets them can compare the checksums that were made at the push.
     */
    public void copyRecords(MemorySegment target, long to) {
        checkOpen();
        long at = to;
        for (int i = begin.part; count > 0 && i <= lastPart(); i++) {
            Part part = parts.get(i);
            WireRecord.encode(
                    target,
                    at,
                    part.firstId,
                    part.timeMillis,
                    part.count,
                    part.bodyBytes,
                    part.checksum,
                    part.envelopes);
            MemorySegment.copy(
                    memory.segment(), part.bodyAt, target, at + WireRecord.BYTES, part.bodyBytes);
            at += WireRecord.BYTES + part.bodyBytes;
        }
    }

    /** The record that the last message is in. */
    private int lastPart() {
        return end.index > 0 ? end.part : end.part - 1;
    }

    /**
     * Memory to receive records into, for {@link #takeRecords}; valid until the next call. What was
     * read before is gone.
     */
    public MemorySegment receive(long bytes) {
        checkOpen();
        source = null;
        clearParts();
        int _ = empty(0, 0);
        memory.ensure(bytes, 0);
        return memory.segment();
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
        checkOpen();
        long at = 0;
        while (at < bytes) {
            WireRecord.decode(memory.segment(), at, bytes, header);
            if (partCount > 0 && header.firstId != endOfParts())
                throw new QueueException.ChecksumMismatchException(
                        "the record of message " + endOfParts() + " did not come");
            long bodyAt = at + WireRecord.BYTES;
            crc.reset();
            memory.checksum(crc, bodyAt, header.bodyBytes);
            if ((int) crc.getValue() != header.bodyChecksum || !wellFormed(header, bodyAt)) {
                clearParts();
                throw new QueueException.ChecksumMismatchException(
                        "messages %d to %d are not what was pushed: damaged on the way"
                                .formatted(header.firstId, header.endId() - 1));
            }
            addPart(header, bodyAt, header.timeMillis);
            at = bodyAt + header.bodyBytes;
        }
        if (partCount == 0) {
            int _ = empty(fromId, skippedBefore);
            return;
        }
        standAtFirstPart();
        if (fromId < firstId || fromId > endOfParts())
            throw new QueueException.ChecksumMismatchException(
                    "messages %d to %d came instead of those from %d"
                            .formatted(firstId, endOfParts() - 1, fromId));
        source = owner;
        drop(fromId - firstId);
        window(most, skippedBefore);
    }

    /**
     * Goes on with the records that were taken: up to {@code most} messages from {@code id}. False
     * if there are none of this owner.
     */
    @SuppressWarnings("ReferenceEquality") // the owner is an identity
    public boolean nextRecords(Object owner, long id, int most) {
        checkOpen();
        if (source != owner || id != nextId() || rest() == 0) return false;
        window(most, 0);
        return true;
    }

    private long endOfParts() {
        Part last = parts.get(partCount - 1);
        return last.firstId + last.count;
    }

    @Override
    public void close() {
        closed = true;
        memory.close();
    }

    /** Throws if they were closed. */
    void checkOpen() {
        if (closed)
            throw new IllegalStateException("the messages were closed: make new ones to read into");
    }

    boolean isEmpty() {
        return partCount == 0;
    }

    long limitBytes() {
        return limitBytes;
    }

    /** Gives back memory that a large record needed. */
    void forget() {
        source = null;
        partCount = 0;
        if (memory.bytes() > Math.max(limitBytes, DEFAULT_LIMIT))
            memory.resize(Math.min(limitBytes, DEFAULT_LIMIT), 0);
        int _ = empty(0, 0);
    }

    /**
     * No messages at this id; what lies behind the window stays, if that is where it begins.
     * Returns 0, how many messages there are.
     */
    int empty(long atId, long skippedBefore) {
        if (atId != nextId()) source = null;
        firstId = atId;
        skipped = skippedBefore;
        count = 0;
        payloadBytes = 0;
        remaining = 0;
        id = -1;
        begin.set(end);
        return 0;
    }

    /** Adds the messages of a checked record whose body lies in the memory. */
    void addPart(RecordHeader record, long bodyAt, long shownMillis) {
        if (partCount == parts.size()) parts.add(new Part());
        Part part = parts.get(partCount++);
        part.bodyAt = bodyAt;
        part.count = record.count;
        part.bodyBytes = record.bodyBytes;
        part.checksum = record.bodyChecksum;
        part.firstId = record.firstId;
        part.timeMillis = shownMillis;
        part.orderMillis = record.timeMillis;
        part.envelopes = record.envelopes();
        part.producerId = record.producerId;
        part.producerEpoch = record.producerEpoch;
        part.sequence = record.sequence;
    }

    /** Whether the lengths of a record fit its body, and every envelope its message. */
    boolean wellFormed(RecordHeader record, long bodyAt) {
        long at = bodyAt + 4L * record.count;
        long endAt = bodyAt + record.bodyBytes;
        for (int i = 0; i < record.count; i++) {
            int bytes = memory.segment().get(U32, bodyAt + 4L * i);
            if (bytes < 0 || bytes > endAt - at) return false;
            if (record.envelopes() && EnvelopeCodec.measure(memory.segment(), at, bytes) < 0)
                return false;
            at += bytes;
        }
        return at == endAt;
    }

    /** How many messages are there behind the window. */
    long rest() {
        return partCount == 0 ? 0 : endOfParts() - nextId();
    }

    /** Stands at the first added message, before all windows. */
    void standAtFirstPart() {
        end.part = 0;
        end.index = 0;
        Part part = parts.get(0);
        end.payloadAt = part.payloadAt();
        firstId = part.firstId;
        count = 0;
    }

    /** Leaves out messages in front of the next window. */
    void drop(long messages) {
        window(messages, 0);
        firstId = nextId();
        count = 0;
    }

    /** Makes the next window of at most this many messages. */
    void window(long most, long skippedBefore) {
        firstId = nextId();
        begin.set(end);
        payloadBytes = 0;
        int taken = 0;
        while (taken < most && end.part < partCount) {
            Part part = parts.get(end.part);
            int left = part.count - end.index;
            int here = (int) Math.min(left, most - taken);
            long bytes = here == left ? part.endAt() - end.payloadAt : sum(part, end.index, here);
            payloadBytes += part.envelopes ? values(part, end, here) : bytes;
            taken += here;
            advance(end, part, here, bytes);
        }
        count = taken;
        skipped = skippedBefore;
        id = -1;
        rewind();
    }

    private void advance(Cursor cursor, Part part, int messages, long bytes) {
        cursor.index += messages;
        cursor.payloadAt += bytes;
        if (cursor.index == part.count) {
            cursor.part++;
            cursor.index = 0;
            if (cursor.part < partCount) cursor.payloadAt = parts.get(cursor.part).payloadAt();
        }
    }

    private long sum(Part part, int from, int messages) {
        MemorySegment segment = memory.segment();
        long sum = 0;
        for (int i = from; i < from + messages; i++) sum += segment.get(U32, part.lengthAt(i));
        return sum;
    }

    private long values(Part part, Cursor from, int messages) {
        long at = from.payloadAt;
        long values = 0;
        for (int i = from.index; i < from.index + messages; i++) {
            int bytes = memory.segment().get(U32, part.lengthAt(i));
            values += bytes - EnvelopeCodec.measure(memory.segment(), at, bytes);
            at += bytes;
        }
        return values;
    }

    void clearParts() {
        partCount = 0;
        end.part = 0;
        end.index = 0;
        firstId = 0;
        count = 0;
    }
}
