package rotera.client;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import rotera.protocol.Frame;
import rotera.queue.Batch;
import rotera.queue.Queue;
import rotera.queue.buffer.GrowableBuffer;
import rotera.queue.buffer.SequenceNumber;

/**
 * One push on the wire, made of one batch or of several. It is pushed again as it is, with the same
 * sequence and the same messages, so that the server recognises it. Not thread-safe.
 */
final class PushBatch extends InFlightRequest {
    /**
     * Frames grow to this by merging; the server keeps such a push as one record of 256 KiB with
     * its header, so that the checksum made here goes all the way to the reader.
     */
    static final long MERGED_BYTES = (256 << 10) - 64;

    private static final int INITIAL_LENGTHS = 16 << 10;
    private static final int INITIAL_PAYLOAD = 64 << 10;

    // The head lies before the lengths: a push is two stretches of memory.
    private final GrowableBuffer lengths = new GrowableBuffer(INITIAL_LENGTHS);
    private final GrowableBuffer payload = new GrowableBuffer(INITIAL_PAYLOAD);
    private final CRC32C crc = new CRC32C();

    private int count;
    private long payloadBytes;
    private boolean enveloped;

    private final List<ReplyFuture> futures = new ArrayList<>();
    private int[] counts = new int[16];

    private int sequence;
    private long firstId;
    private boolean acknowledged;
    private boolean everAcknowledged;

    @Override
    int kind() {
        return Frame.PUSH;
    }

    @Override
    int minReplyBytes() {
        return Frame.PUSHED_BYTES;
    }

    void begin(boolean envelopes, long now) {
        count = 0;
        payloadBytes = 0;
        enveloped = envelopes;
        futures.clear();
        acknowledged = false;
        everAcknowledged = false;
        written = false;
        since = now;
    }

    /** Whether the batch can become a part of this push. */
    boolean fits(Batch batch, long maxPushBytes) {
        return batch.enveloped() == enveloped
                && (long) count + batch.count() <= Queue.MAX_PUSH_MESSAGES
                && bytes() + batch.bytes() <= Math.min(MERGED_BYTES, maxPushBytes);
    }

    void add(Batch batch, ReplyFuture future) {
        long batchPayload = batch.bytes() - 4L * batch.count();
        long lengthsAt = Frame.PUSH_HEAD_BYTES + 4L * count;
        lengths.ensure(lengthsAt + 4L * batch.count(), lengthsAt);
        payload.ensure(payloadBytes + batchPayload, payloadBytes);
        batch.pack(lengths.segment(), lengthsAt, payload.segment(), payloadBytes);
        count += batch.count();
        payloadBytes += batchPayload;
        int part = futures.size();
        if (part == counts.length) counts = java.util.Arrays.copyOf(counts, 2 * part);
        counts[part] = batch.count();
        futures.add(future);
    }

    /** Gives it its place among the messages of this producer. Nothing is added any more. */
    void seal(int sequenceOfFirst) {
        sequence = sequenceOfFirst;
        int checksum = checksum();
        Frame.u32(lengths.segment(), Frame.AT_PUSH_MESSAGES, count);
        Frame.u32(lengths.segment(), Frame.AT_PUSH_SEQUENCE, sequence);
        Frame.u32(lengths.segment(), Frame.AT_PUSH_CHECKSUM, checksum);
        Frame.u32(lengths.segment(), Frame.AT_PUSH_CHECKSUM + 4, 0);
    }

    private int checksum() {
        crc.reset();
        crc.update(
                lengths.view()
                        .limit(Frame.PUSH_HEAD_BYTES + 4 * count)
                        .position(Frame.PUSH_HEAD_BYTES));
        crc.update(payload.view().limit((int) payloadBytes).position(0));
        return (int) crc.getValue();
    }

    /** Makes {@link #headAndLengths} and {@link #messages} ready to be written. */
    void prepare(int queue) {
        // A push of nothing has no place among the producer's messages.
        int flags =
                (enveloped && count > 0 ? Frame.ENVELOPES : 0) | (count > 0 ? Frame.NUMBERED : 0);
        int bytes = (int) (Frame.PUSH_HEAD_BYTES + bytes());
        Frame.encode(lengths.segment(), 0, bytes, Frame.PUSH, flags, 0, queue, tag);
        lengths.view().limit(Frame.PUSH_HEAD_BYTES + 4 * count).position(0);
        payload.view().limit((int) payloadBytes).position(0);
    }

    ByteBuffer headAndLengths() {
        return lengths.view();
    }

    ByteBuffer messages() {
        return payload.view();
    }

    /** What counts against limits: 4 + length for each message. */
    long bytes() {
        return 4L * count + payloadBytes;
    }

    int count() {
        return count;
    }

    /** Sequence of the last message. */
    int lastSequence() {
        return SequenceNumber.plus(sequence, count - 1);
    }

    /** Memory that it holds, used or not. */
    long capacity() {
        return lengths.bytes() + payload.bytes();
    }

    /** Reads the reply and returns the id of its first message. */
    static long firstId(ReceiveBuffer in) throws MalformedReply {
        long id = Frame.u64(in.segment(), in.at() + Frame.AT_FIRST_ID);
        if (id < 0 || id > Long.MAX_VALUE - Queue.MAX_PUSH_MESSAGES)
            throw new MalformedReply("a push with the id " + id);
        return id;
    }

    /** Reads the reply and returns the id that follows the last committed message. */
    static long committed(ReceiveBuffer in) {
        return Frame.u64(in.segment(), in.at() + Frame.AT_PUSH_NEXT);
    }

    void acknowledge(long id) {
        firstId = id;
        acknowledged = true;
        everAcknowledged = true;
    }

    /** The server has lost it. */
    void forgetAcknowledgement() {
        acknowledged = false;
    }

    boolean acknowledged() {
        return acknowledged;
    }

    boolean everAcknowledged() {
        return everAcknowledged;
    }

    /** Whether it is on the server's disk. */
    boolean committed(long next) {
        return acknowledged && firstId + count <= next;
    }

    @Override
    List<ReplyFuture> futures() {
        return futures;
    }

    /** How many messages the batch of a future has. */
    int count(int part) {
        return counts[part];
    }
}
