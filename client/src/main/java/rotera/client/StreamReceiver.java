package rotera.client;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import rotera.protocol.ErrorReply;
import rotera.protocol.Frame;
import rotera.queue.Messages;
import rotera.queue.QueueException;
import rotera.queue.RotFileInfo;
import rotera.queue.Start;

/**
 * The place of a stream in its queue, and the batches that come for it. Bytes come in a buffer:
 * there are neither threads nor sockets here, and nothing waits. Not thread-safe.
 */
final class StreamReceiver {
    private static final int TAG = 1;

    private final long maxPushBytes;
    private final boolean reconnects;
    private final Messages messages = new Messages();

    private int startKind;
    private long nextId; // a time until the start is known
    private long left;
    private int chunk = Integer.MAX_VALUE;
    private boolean answered;

    /** What a queue has committed stays so; one that ends before this is another state of it. */
    private long knownCommitted;

    // The batch that is coming.
    private boolean receiving;
    private int recordBytes;
    private long firstId;

    StreamReceiver(Start start, long total, RotFileInfo file, boolean reconnects) {
        maxPushBytes = file.maxPushBytes();
        knownCommitted = file.committed().id();
        this.reconnects = reconnects;
        left = total;
        switch (start) {
            case Start.Oldest oldest -> startAt(Frame.FROM_OLDEST, 0);
            case Start.Id id -> startAt(Frame.FROM_ID, id.id());
            case Start.End end -> startAt(Frame.FROM_END, 0);
            case Start.Time time -> startAt(Frame.FROM_TIME, millis(time.time()));
        }
    }

    private void startAt(int kind, long start) {
        startKind = kind;
        nextId = start;
    }

    private static long millis(Instant time) {
        return Math.max(0, TimeUnit.MILLISECONDS.convert(Duration.between(Instant.EPOCH, time)));
    }

    Messages messages() {
        return messages;
    }

    void chunk(int max) {
        chunk = max;
    }

    /** Whether the message is known that the stream begins with. */
    boolean isStartKnown() {
        return startKind == Frame.FROM_ID;
    }

    /** Whether all messages that were asked for have come. */
    boolean isComplete() {
        return left == 0;
    }

    /** The message that comes next. */
    long nextId() {
        return nextId;
    }

    /** Up to where the queue is known to be committed. */
    long knownCommitted() {
        return knownCommitted;
    }

    /** Whether the server has answered over the connection that is in use. */
    boolean isAnswered() {
        return answered;
    }

    // Connections come and go.

    /** The request for what has not come yet, for a fresh connection. */
    ByteBuffer request(int queue) {
        ByteBuffer request = ByteBuffer.allocate(Frame.STREAM_BYTES);
        MemorySegment segment = MemorySegment.ofBuffer(request);
        Frame.encode(segment, 0, Frame.STREAM_BYTES, Frame.STREAM, startKind, 0, queue, TAG);
        Frame.u64(segment, Frame.AT_START, nextId);
        Frame.u64(segment, Frame.AT_TOTAL, left);
        return request;
    }

    /** The rest of the batch that was coming will not come. */
    void disconnected() {
        answered = false;
        receiving = false;
    }

    // Messages.

    /** Takes messages that have come already. */
    boolean takeMore() {
        return messages.nextRecords(this, nextId, wanted());
    }

    /** Shows no messages. What has come of a batch stays where it is. */
    void takeNothing() {
        messages.receive(0);
        messages.takeRecords(this, 0, nextId, 0, 0);
    }

    /** The messages are the caller's: the stream goes on behind them. */
    void advance() {
        nextId = messages.nextId();
        left -= messages.count();
        knownCommitted = Math.max(knownCommitted, nextId);
    }

    private int wanted() {
        return (int) Math.min(chunk, left);
    }

    /**
     * Whether a batch with messages has come whole; then it is in {@link #messages}.
     *
     * @param startOnly whether it is enough that the start is known; then no messages are taken
     */
    boolean receive(ReceiveBuffer in, boolean startOnly) throws IOException {
        while (!startOnly || !isStartKnown()) {
            if (receiving) {
                if (in.inBody()) return false;
                receiving = false;
                messages.takeRecords(this, recordBytes, firstId, wanted(), firstId - nextId);
                if (messages.count() > 0) return true;
            }
            if (!in.hasHead()) return false;
            MemorySegment segment = in.segment();
            long at = in.at();
            if (Frame.kind(segment, at) != Frame.STREAM || Frame.tag(segment, at) != TAG)
                throw new MalformedReply("a reply of kind " + Frame.kind(segment, at));
            if (Frame.code(segment, at) != 0) {
                if (!in.hasFrame()) return false;
                refused(in);
            }
            if (!in.hasRecordsHead()) return false;
            beginBatch(in);
        }
        return false;
    }

    private void beginBatch(ReceiveBuffer in) throws MalformedReply {
        MemorySegment segment = in.segment();
        long at = in.at();
        int bytes = in.recordBytes(maxPushBytes);
        firstId = Frame.u64(segment, at + Frame.AT_BATCH_FIRST);
        boolean last = (Frame.flags(segment, at) & Frame.LAST) != 0;
        if (!isStartKnown() && firstId >= 0) startAt(Frame.FROM_ID, firstId);
        if (bytes > 0 && firstId < nextId)
            throw new MalformedReply("messages from " + firstId + " instead of " + nextId);
        if (bytes == 0 && last) throw new MalformedReply("the end of a stream too early");
        in.take(Frame.BATCH_HEAD_BYTES);
        answered = true;
        if (bytes == 0) return;
        recordBytes = bytes;
        in.startBody(messages.receive(bytes), recordBytes);
        receiving = true;
    }

    private void refused(ReceiveBuffer in) throws IOException {
        QueueException error = ErrorReply.decode(in.segment(), in.at(), (int) in.frameBytes());
        if (reconnects && error instanceof QueueException.ShuttingDownException)
            throw new IOException("the server is shutting down", error);
        if (error instanceof QueueException.ChecksumMismatchException) throw new IOException(error);
        if (error instanceof QueueException.CorruptMessageException corrupt)
            nextId = Math.max(nextId, corrupt.resumeId());
        throw error;
    }
}
