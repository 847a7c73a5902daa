package rotera.queue.record;

import static rotera.queue.buffer.LittleEndian.U32;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import rotera.queue.Envelope;
import rotera.queue.Producer;
import rotera.queue.QueueException;
import rotera.queue.buffer.GrowableBuffer;
import rotera.queue.format.EnvelopeCodec;
import rotera.queue.format.RecordHeader;

/**
 * The content of a push, as a record keeps it and as it goes over the wire: the lengths of the
 * messages, then the messages. It is built in its own memory, or is a view of memory of the caller.
 * What a batch of a user's program consists of. Not thread-safe.
 */
public final class RecordBody implements AutoCloseable {
    private static final int INITIAL_MESSAGES = 64;
    private static final int INITIAL_BYTES = 1 << 10;

    private @Nullable GrowableBuffer ownLengths;
    private @Nullable GrowableBuffer ownPayload;

    // Where the content is: in our own memory, or in that of a caller.
    private MemorySegment lengths = MemorySegment.NULL;
    private MemorySegment payload = MemorySegment.NULL;
    private ByteBuffer lengthsView = ByteBuffer.allocate(0);
    private ByteBuffer payloadView = ByteBuffer.allocate(0);
    private long lengthsAt;
    private long payloadAt;

    /** How the push that is under way divides this content into records. */
    private final RecordSplitter splitter = new RecordSplitter();

    private boolean bound; // to our own memory
    private boolean wrapped;
    private boolean closed;
    private int count;
    private long payloadBytes;
    private long placed;
    private long largest;
    private boolean enveloped;
    private boolean expects;
    private int expected;
    private long timeMillis = -1;
    private long pushedMillis = -1;
    private Producer producer = Producer.NONE;
    private boolean consecutive;

    /** Removes all messages, the producer and the time; keeps the memory. */
    public void clear() {
        checkOpen();
        empty();
    }

    private void empty() {
        count = 0;
        payloadBytes = 0;
        largest = 0;
        wrapped = false;
        enveloped = false;
        expects = false;
        timeMillis = -1;
        pushedMillis = -1;
        producer = Producer.NONE;
        consecutive = false;
    }

    /** Throws if it was closed. */
    public void checkOpen() {
        if (closed)
            throw new IllegalStateException("the batch was closed: make a new one to push more");
    }

    /** Adds {@code length} bytes of {@code source}. */
    public void add(byte[] source, int from, int length) {
        Objects.checkFromIndexSize(from, length, source.length);
        MemorySegment.copy(source, from, payload(length), ValueLayout.JAVA_BYTE, placed, length);
    }

    /** Adds {@code length} bytes of {@code source}. */
    public void add(MemorySegment source, long from, long length) {
        Objects.checkFromIndexSize(from, length, source.byteSize());
        MemorySegment.copy(source, from, payload(length), placed, length);
    }

    /** Makes room for a plain message; its bytes go to {@code placed}. */
    private MemorySegment payload(long length) {
        int prefix = enveloped ? 1 : 0;
        placed = begin(prefix + length) + prefix;
        if (enveloped) payload.set(ValueLayout.JAVA_BYTE, placed - 1, (byte) 0);
        return payload;
    }

    /**
     * Adds a message with a key, headers or a time; its value is {@code value}, or null if the
     * envelope says so.
     */
    public void add(Envelope envelope, byte[] value) {
        checkOpen();
        if (!enveloped) envelopeAll();
        int valueBytes = envelope.nullValue() ? 0 : value.length;
        long prefix = EnvelopeCodec.bytes(envelope);
        long at = begin(prefix + valueBytes);
        EnvelopeCodec.encode(envelope, payload, at);
        MemorySegment.copy(MemorySegment.ofArray(value), 0, payload, at + prefix, valueBytes);
    }

    /** Says who pushes this batch. */
    public void producer(Producer who) {
        checkOpen();
        producer = who;
    }

    /**
     * Says that the producer leaves out no sequence: its first one is 0, also of a later epoch, and
     * each other one follows the messages before. Without this, sequences may be left out.
     */
    public void requireConsecutive() {
        checkOpen();
        consecutive = true;
    }

    /** Whether the producer leaves out no sequence. */
    public boolean consecutive() {
        return consecutive;
    }

    /**
     * Says when its messages were pushed, milliseconds since 1970: for copies of another queue.
     * Readers are shown it; a search by time takes one before that of the last message for the
     * same.
     */
    public void time(long millis) {
        checkOpen();
        if (millis < 0) throw new IllegalArgumentException("millis=" + millis + " is negative");
        timeMillis = millis;
    }

    /** When its messages were pushed; negative for now. */
    public long timeMillis() {
        return timeMillis;
    }

    /**
     * The time that its messages got with the last push into a file of this process, milliseconds
     * since 1970: what whoever reads them is told. Negative if that push was known already and not
     * kept again, was empty, failed or did not wait, and after {@link #clear}.
     */
    public long pushedMillis() {
        checkOpen();
        return pushedMillis;
    }

    public void pushedMillis(long millis) {
        pushedMillis = millis;
    }

    /**
     * Makes the batch a view of messages that lie in memory of the caller, as on the wire: {@code
     * messages} lengths of four bytes each (little-endian), and the messages behind them. Nothing
     * is copied before the push.
     */
    public void wrap(MemorySegment source, long from, int messages) {
        wrap(source, from, messages, false);
    }

    /**
     * Like {@link #wrap(MemorySegment, long, int)}; each message may begin with an envelope, which
     * is checked.
     *
     * @throws IllegalArgumentException if the lengths go beyond the source, or an envelope beyond
     *     its message
     */
    public void wrap(MemorySegment source, long from, int messages, boolean envelopes) {
        clear();
        // Equal segments have the same address, which may be that of memory that was freed since.
        boolean same =
                source.equals(lengths)
                        && source.byteSize() == lengths.byteSize()
                        && lengths.scope().isAlive();
        if (bound || !same) {
            lengths = source;
            payload = source;
            lengthsView = source.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
            payloadView = lengthsView;
            bound = false;
        }
        lengthsAt = from;
        payloadAt = from + 4L * messages;
        long sum = 0;
        long most = 0;
        for (int i = 0; i < messages; i++) {
            long length = Integer.toUnsignedLong(source.get(U32, from + 4L * i));
            sum += length;
            most = Math.max(most, length);
        }
        if (sum > source.byteSize() - payloadAt) {
            throw new IllegalArgumentException(
                    "the lengths add up to "
                            + sum
                            + " bytes, there are "
                            + (source.byteSize() - payloadAt));
        }
        wrapped = true;
        count = messages;
        payloadBytes = sum;
        largest = most;
        enveloped = envelopes;
        if (envelopes) checkEnvelopes();
    }

    private void checkEnvelopes() {
        long at = payloadAt;
        for (int i = 0; i < count; i++) {
            if (EnvelopeCodec.measure(payload, at, length(i)) < 0)
                throw new IllegalArgumentException("message " + i + " has no valid envelope");
            at += length(i);
        }
    }

    /**
     * Says what {@link #checksum} the messages had where they come from: a push of others is
     * refused with {@link QueueException.ChecksumMismatchException}.
     */
    public void expect(int checksum) {
        checkOpen();
        expects = true;
        expected = checksum;
    }

    /** CRC-32C over the lengths and then the messages, as they go over the wire. */
    public int checksum() {
        checkOpen();
        return checksum(new CRC32C(), 0, count, 0, payloadBytes);
    }

    /** Copies the lengths, four bytes each (little-endian), and the messages to other places. */
    public void pack(
            MemorySegment lengthsTarget, long lengthsTo, MemorySegment target, long messagesTo) {
        checkOpen();
        MemorySegment.copy(lengths, lengthsAt, lengthsTarget, lengthsTo, 4L * count);
        MemorySegment.copy(payload, payloadAt, target, messagesTo, payloadBytes);
    }

    /** How many messages. */
    public int count() {
        checkOpen();
        return count;
    }

    /** What counts against the limit of a push: 4 + length for each message. */
    public long bytes() {
        checkOpen();
        return 4L * count + payloadBytes;
    }

    @Override
    public void close() {
        if (ownLengths != null) ownLengths.close();
        if (ownPayload != null) ownPayload.close();
        ownLengths = null;
        ownPayload = null;
        lengths = MemorySegment.NULL;
        payload = MemorySegment.NULL;
        bound = false;
        empty();
        closed = true;
    }

    /** Makes this a copy of another content, in memory of its own. */
    public void copy(RecordBody other) {
        clear();
        own(other.count, other.payloadBytes);
        other.pack(lengths, 0, payload, 0);
        count = other.count;
        payloadBytes = other.payloadBytes;
        largest = other.largest;
        enveloped = other.enveloped;
        expects = other.expects;
        expected = other.expected;
        timeMillis = other.timeMillis;
        producer = other.producer;
        consecutive = other.consecutive;
        splitter.copy(other.splitter);
    }

    public RecordSplitter splitter() {
        return splitter;
    }

    /** Bytes of its own memory, used or not. */
    public long capacity() {
        return ownLengths == null || ownPayload == null
                ? 0
                : ownLengths.bytes() + ownPayload.bytes();
    }

    /** Who pushes this batch. */
    public Producer producer() {
        checkOpen();
        return producer;
    }

    /** Whether each message begins with an envelope. */
    public boolean enveloped() {
        checkOpen();
        return enveloped;
    }

    /** Throws if other messages were expected. */
    public void check(int checksum) {
        if (expects && checksum != expected)
            throw new QueueException.ChecksumMismatchException(
                    "the %d messages of the push have the checksum %08x, and %08x where they come from: nothing was kept, push them again"
                            .formatted(count, checksum, expected));
    }

    boolean expects() {
        return expects;
    }

    /** Bytes of the largest message. */
    public long largest() {
        checkOpen();
        return largest;
    }

    public long payloadBytes() {
        return payloadBytes;
    }

    public int length(int message) {
        return lengths.get(U32, lengthsAt + 4L * message);
    }

    /**
     * Checksum of the body of a record with some of the messages; their bytes begin {@code from}
     * bytes behind those of the first message.
     */
    public int checksum(CRC32C crc, int firstMessage, int messages, long from, long bytes) {
        crc.reset();
        lengthsView
                .clear()
                .position((int) lengthsAt + 4 * firstMessage)
                .limit((int) lengthsAt + 4 * (firstMessage + messages));
        crc.update(lengthsView);
        payloadView
                .clear()
                .position((int) (payloadAt + from))
                .limit((int) (payloadAt + from + bytes));
        crc.update(payloadView);
        return (int) crc.getValue();
    }

    public MemorySegment lengths() {
        return lengths;
    }

    public long lengthsAt() {
        return lengthsAt;
    }

    public MemorySegment payload() {
        return payload;
    }

    public long payloadAt() {
        return payloadAt;
    }

    /** Notes a message of this length and returns where in the payload its bytes go. */
    private long begin(long length) {
        checkOpen();
        if (count == RecordHeader.MAX_MESSAGES)
            throw QueueException.BatchTooLargeException.ofMessages(
                    count + 1L, RecordHeader.MAX_MESSAGES);
        if (payloadBytes + length > Integer.MAX_VALUE / 2) {
            throw QueueException.BatchTooLargeException.ofBytes(
                    payloadBytes + length, Integer.MAX_VALUE / 2);
        }
        own(count + 1, payloadBytes + length);
        lengths.set(U32, 4L * count, (int) length);
        long at = payloadBytes;
        count++;
        payloadBytes += length;
        largest = Math.max(largest, length);
        return at;
    }

    /** Makes room for this much in memory of its own. */
    private void own(int messages, long neededBytes) {
        if (wrapped) {
            throw new IllegalStateException(
                    "a wrapped batch takes no more messages: clear it first");
        }
        if (ownLengths == null || ownPayload == null) {
            ownLengths = new GrowableBuffer(4 * INITIAL_MESSAGES);
            ownPayload = new GrowableBuffer(INITIAL_BYTES);
            bound = false;
        }
        if (bound && neededBytes <= payload.byteSize() && 4L * messages <= lengths.byteSize())
            return;
        ownLengths.ensure(4L * messages, 4L * count);
        ownPayload.ensure(neededBytes, payloadBytes);
        lengths = ownLengths.segment();
        payload = ownPayload.segment();
        lengthsView = ownLengths.view();
        payloadView = ownPayload.view();
        lengthsAt = 0;
        payloadAt = 0;
        bound = true;
    }

    /**
     * Gives the plain messages that are already there an empty envelope: a record has envelopes on
     * all messages or on none.
     */
    private void envelopeAll() {
        enveloped = true;
        if (count == 0) return;
        int messages = count;
        byte[] plain = new byte[(int) payloadBytes];
        MemorySegment.copy(payload, 0, MemorySegment.ofArray(plain), 0, plain.length);
        int[] lengthsBefore = new int[messages];
        for (int i = 0; i < messages; i++) lengthsBefore[i] = length(i);
        Producer who = producer;
        long time = timeMillis;
        boolean noGaps = consecutive;
        clear();
        consecutive = noGaps;
        producer = who;
        timeMillis = time;
        enveloped = true;
        int from = 0;
        for (int length : lengthsBefore) {
            add(plain, from, length);
            from += length;
        }
    }
}
