package rotera.queue.record;

import static rotera.queue.buffer.LittleEndian.U32;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import rotera.queue.QueueException;
import rotera.queue.buffer.GrowableBuffer;
import rotera.queue.format.ClockDifference;
import rotera.queue.format.EnvelopeCodec;
import rotera.queue.format.LogPosition;
import rotera.queue.format.ProducerTableCodec;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Ring;
import rotera.queue.format.Superblock;

/**
 * Records in memory that is used again: a copy of a stretch of the ring, or what a server sent. The
 * records are verified before they are added; a window of their messages is shown, and behind it
 * lies what the next read can take without copying again. What the messages of a user's program
 * consist of. Not thread-safe.
 */
public final class RecordBuffer implements AutoCloseable {
    /** Enough for a pleasant pace, small enough for a processor's cache. */
    public static final long DEFAULT_LIMIT = 256 << 10;

    private final long limitBytes;
    private final GrowableBuffer memory;
    private final RecordHeader header = new RecordHeader();
    private final ClockDifference difference = new ClockDifference();
    private final CRC32C crc = new CRC32C();
    private final RecordCursor cursor = new RecordCursor(this);

    private final List<Part> parts = new ArrayList<>();
    private int partCount;
    private @Nullable Object owner;
    private LogPosition resume = new LogPosition(0, 0);

    // The window: [begin, end) of the parts.
    public final Place begin = new Place();
    public final Place end = new Place();
    private long firstId;
    private int count;
    private long payloadBytes;
    private long skipped;
    private boolean closed;

    /** Some consecutive messages of one record. */
    public static final class Part {
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
    public static final class Place {
        int part;
        int index;
        long payloadAt;

        void set(Place other) {
            part = other.part;
            index = other.index;
            payloadAt = other.payloadAt;
        }
    }

    /** Holds up to this much of the ring, or one record if that is larger. */
    public RecordBuffer(long limitBytes) {
        this.limitBytes = limitBytes;
        this.memory = new GrowableBuffer(Math.min(limitBytes, DEFAULT_LIMIT));
    }

    /** Steps over the messages of the window. */
    public RecordCursor cursor() {
        return cursor;
    }

    public MemorySegment segment() {
        return memory.segment();
    }

    public long limitBytes() {
        return limitBytes;
    }

    /** How many messages the window has. */
    public int count() {
        return count;
    }

    /** Id of the first message of the window; without messages, the id that was asked for. */
    public long firstId() {
        return firstId;
    }

    /** Id behind the window. */
    public long nextId() {
        return firstId + count;
    }

    /** How many messages in front of the window had been overwritten. */
    public long skipped() {
        return skipped;
    }

    /** Bytes of the values of the window's messages. */
    public long payloadBytes() {
        return payloadBytes;
    }

    /** Throws if it was closed. */
    public void checkOpen() {
        if (closed)
            throw new IllegalStateException("the messages were closed: make new ones to read into");
    }

    @Override
    public void close() {
        closed = true;
        memory.close();
    }

    // Filling

    /** Removes all records. */
    public void clear() {
        owner = null;
        partCount = 0;
        end.part = 0;
        end.index = 0;
        firstId = 0;
        count = 0;
    }

    /** Makes room for this much; the first {@code kept} bytes stay as they are. */
    public MemorySegment reserve(long bytes, long kept) {
        memory.ensure(bytes, kept);
        return memory.segment();
    }

    /** Copies {@code length} bytes of the ring, of which the first {@code copied} are there. */
    public void copy(Ring ring, long position, long copied, long length) {
        memory.ensure(length, copied);
        ring.copy(position + copied, memory.segment(), copied, length - copied);
    }

    /** The header that was decoded last. */
    public RecordHeader header() {
        return header;
    }

    /** Whether a record with a valid header begins at this offset. */
    public boolean decode(long offset, long position, Superblock superblock) {
        return header.decode(memory.segment(), offset, position, superblock);
    }

    /** Whether the body of the record whose header was decoded is what was pushed. */
    public boolean bodyIntact(long offset) {
        long bodyAt = offset + header.bodyAt();
        return checksumMatches(bodyAt)
                && switch (header.kind) {
                    case RecordHeader.MESSAGES -> wellFormed(bodyAt);
                    case RecordHeader.PRODUCERS ->
                            ProducerTableCodec.wellFormed(
                                    memory.segment(), bodyAt, header.bodyBytes);
                    default -> true;
                };
    }

    private boolean checksumMatches(long bodyAt) {
        crc.reset();
        memory.checksum(crc, bodyAt, header.bodyBytes);
        return (int) crc.getValue() == header.bodyChecksum;
    }

    /** Whether the lengths of a record fit its body, and every envelope its message. */
    public boolean wellFormed(long bodyAt) {
        long at = bodyAt + 4L * header.count;
        long endAt = bodyAt + header.bodyBytes;
        for (int i = 0; i < header.count; i++) {
            int bytes = memory.segment().get(U32, bodyAt + 4L * i);
            if (bytes < 0 || bytes > endAt - at) return false;
            if (header.envelopes() && EnvelopeCodec.measure(memory.segment(), at, bytes) < 0)
                return false;
            at += bytes;
        }
        return at == endAt;
    }

    /** Adds the messages of the record whose header was decoded, and whose body was verified. */
    public void add(long offset, int salt) {
        addPart(offset + header.bodyAt(), shownMillis(offset, salt));
    }

    /** What the clock showed at the push; if that cannot be read, the time that gives the order. */
    private long shownMillis(long offset, int salt) {
        if (!header.clocked()) return header.timeMillis;
        OptionalLong clock =
                difference.clockMillis(header, memory.segment(), offset + RecordHeader.BYTES, salt);
        return clock.orElse(header.timeMillis);
    }

    private void addPart(long bodyAt, long shownMillis) {
        if (partCount == parts.size()) parts.add(new Part());
        Part part = parts.get(partCount++);
        part.bodyAt = bodyAt;
        part.count = header.count;
        part.bodyBytes = header.bodyBytes;
        part.checksum = header.bodyChecksum;
        part.firstId = header.firstId;
        part.timeMillis = shownMillis;
        part.orderMillis = header.timeMillis;
        part.envelopes = header.envelopes();
        part.producerId = header.producerId;
        part.producerEpoch = header.producerEpoch;
        part.sequence = header.sequence;
    }

    /** Adds the record that lies at this offset as it goes over the wire; returns its end. */
    long addWire(long at, long received) {
        WireRecord.decode(memory.segment(), at, received, header);
        if (partCount > 0 && header.firstId != endOfParts())
            throw new QueueException.ChecksumMismatchException(
                    "the record of message " + endOfParts() + " did not come");
        long bodyAt = at + WireRecord.BYTES;
        if (!checksumMatches(bodyAt) || !wellFormed(bodyAt)) {
            clear();
            throw new QueueException.ChecksumMismatchException(
                    "messages %d to %d are not what was pushed: damaged on the way"
                            .formatted(header.firstId, header.endId() - 1));
        }
        addPart(bodyAt, header.timeMillis);
        return bodyAt + header.bodyBytes;
    }

    public boolean isEmpty() {
        return partCount == 0;
    }

    public Part part(int number) {
        return parts.get(number);
    }

    /** The record that the last message of the window is in. */
    public int lastPart() {
        return end.index > 0 ? end.part : end.part - 1;
    }

    long endOfParts() {
        Part last = parts.get(partCount - 1);
        return last.firstId + last.count;
    }

    // The window

    /** The records are of this owner, and this is the place of the ring behind them. */
    public void own(Object newOwner, LogPosition behind) {
        owner = newOwner;
        resume = behind;
    }

    /** The records are of nobody any more: nobody goes on with them. */
    public void disown() {
        owner = null;
    }

    @SuppressWarnings("ReferenceEquality") // the owner is an identity
    public boolean isOf(Object someone) {
        return owner == someone;
    }

    /** The place of the ring behind the records. */
    public LogPosition resume() {
        return resume;
    }

    /** How many messages there are behind the window. */
    public long rest() {
        return partCount == 0 ? 0 : endOfParts() - nextId();
    }

    /**
     * No messages at this id; what lies behind the window stays, if that is where it begins.
     * Returns 0, how many messages there are.
     */
    public int empty(long atId, long skippedBefore) {
        if (atId != nextId()) owner = null;
        firstId = atId;
        skipped = skippedBefore;
        count = 0;
        payloadBytes = 0;
        begin.set(end);
        cursor.reset();
        return 0;
    }

    /** Stands at the first record, before all windows, and leaves out messages. */
    public void begin(long fromId) {
        end.part = 0;
        end.index = 0;
        Part part = parts.get(0);
        end.payloadAt = part.payloadAt();
        firstId = part.firstId;
        count = 0;
        show(fromId - firstId, 0);
        firstId = nextId();
        count = 0;
    }

    /** Makes the next window of at most this many messages. */
    public void show(long max, long skippedBefore) {
        firstId = nextId();
        begin.set(end);
        payloadBytes = 0;
        int taken = 0;
        while (taken < max && end.part < partCount) {
            Part part = parts.get(end.part);
            int left = part.count - end.index;
            int here = (int) Math.min(left, max - taken);
            long bytes = here == left ? part.endAt() - end.payloadAt : sum(part, end.index, here);
            payloadBytes += part.envelopes ? values(part, end, here) : bytes;
            taken += here;
            advance(end, here, bytes);
        }
        count = taken;
        skipped = skippedBefore;
        cursor.reset();
    }

    /** Moves a place by messages of its part, whose bytes are known. */
    public void advance(Place place, int messages, long bytes) {
        place.index += messages;
        place.payloadAt += bytes;
        if (place.index == parts.get(place.part).count) {
            place.part++;
            place.index = 0;
            if (place.part < partCount) place.payloadAt = parts.get(place.part).payloadAt();
        }
    }

    /** Bytes of some messages of a part, envelopes included. */
    public long sum(Part part, int from, int messages) {
        MemorySegment segment = memory.segment();
        long sum = 0;
        for (int i = from; i < from + messages; i++) sum += segment.get(U32, part.lengthAt(i));
        return sum;
    }

    private long values(Part part, Place from, int messages) {
        long at = from.payloadAt;
        long values = 0;
        for (int i = from.index; i < from.index + messages; i++) {
            int bytes = memory.segment().get(U32, part.lengthAt(i));
            values += bytes - EnvelopeCodec.measure(memory.segment(), at, bytes);
            at += bytes;
        }
        return values;
    }
}
