package rotera.client;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import rotera.protocol.Frame;
import rotera.protocol.QueueInfo;
import rotera.queue.Messages;

/** A request that brings nothing but itself, with its reply: commit, ping, read, describe. */
final class Request extends InFlightRequest {
    static final int MAX_BYTES = Frame.READ_BYTES;

    private final int kind;
    private final List<ReplyFuture> futures = new ArrayList<>(1);

    // Of a read.
    private long start;
    private int max;
    private @Nullable Messages into;

    // Of the reply.
    private long oldest;
    private long first;
    private int recordBytes;
    private boolean shuttingDown;
    private @Nullable QueueInfo info;

    Request(int kind) {
        this.kind = kind;
    }

    /** Asks for messages, and has their records written to the messages. */
    static Request read(long start, int max, Messages into) {
        Request read = new Request(Frame.READ);
        read.start = start;
        read.max = max;
        read.into = into;
        return read;
    }

    @Override
    List<ReplyFuture> futures() {
        return futures;
    }

    /** Takes those that wait for another request, which this one stands for. */
    void join(Request other) {
        futures.addAll(other.futures);
    }

    @Override
    int kind() {
        return kind;
    }

    @Override
    int minReplyBytes() {
        return switch (kind) {
            case Frame.COMMIT -> Frame.COMMITTED_BYTES;
            case Frame.PING -> Frame.PONG_BYTES;
            case Frame.READ -> Frame.BATCH_HEAD_BYTES;
            default -> Frame.HEAD_BYTES;
        };
    }

    /** Writes the frame and returns its length. */
    int encode(MemorySegment target, long at, int queue) {
        int bytes = kind == Frame.READ ? Frame.READ_BYTES : Frame.HEAD_BYTES;
        Frame.encode(target, at, bytes, kind, 0, 0, queue, tag);
        if (kind == Frame.READ) {
            Frame.u64(target, at + Frame.AT_START, start);
            Frame.u64(target, at + Frame.AT_MOST, Integer.toUnsignedLong(max));
        }
        return bytes;
    }

    /** Reads a reply that has come whole and is no error. Returns the number that it is about. */
    long decode(ReceiveBuffer in, int bytes) throws MalformedReply {
        MemorySegment segment = in.segment();
        long at = in.at();
        return switch (kind) {
            case Frame.COMMIT -> Frame.u64(segment, at + Frame.AT_NEXT);
            case Frame.PING -> {
                oldest = Frame.u64(segment, at + Frame.AT_OLDEST);
                shuttingDown = (Frame.flags(segment, at) & Frame.SHUTTING_DOWN) != 0;
                yield Frame.u64(segment, at + Frame.AT_PING_NEXT);
            }
            case Frame.DESCRIBE -> {
                info = in.description(bytes);
                yield 0;
            }
            default -> 0;
        };
    }

    /** Reads the head of the reply to a read; the records go to the messages. */
    void beginRecords(ReceiveBuffer in, long maxPushBytes) throws MalformedReply {
        Messages target = into;
        if (target == null) throw new AssertionError("a read without memory");
        int bytes = in.recordBytes(maxPushBytes);
        oldest = Frame.u64(in.segment(), in.at() + Frame.AT_OLDEST);
        first = Frame.u64(in.segment(), in.at() + Frame.AT_BATCH_FIRST);
        recordBytes = bytes;
        in.take(Frame.BATCH_HEAD_BYTES);
        in.startBody(target.receive(bytes), bytes);
    }

    // The reply.

    long oldest() {
        return oldest;
    }

    long first() {
        return first;
    }

    int recordBytes() {
        return recordBytes;
    }

    boolean shuttingDown() {
        return shuttingDown;
    }

    @Nullable QueueInfo info() {
        return info;
    }
}
