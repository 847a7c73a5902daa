package rotera.client;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import rotera.protocol.Frame;
import rotera.protocol.QueueInfo;
import rotera.queue.Messages;

/** A request that brings nothing but itself: commit, ping, read, describe. */
final class Request extends InFlightRequest {
    static final int MAX_BYTES = Frame.READ_BYTES;

    private final int kind;

    /** Of those who wait for it. */
    private final List<ReplyFuture> promises = new ArrayList<>(1);

    // Of a read.
    private long start;
    private int most;
    private @Nullable Messages into;

    // What the reply told.
    long oldest;
    long next;
    long first;
    int recordBytes;
    boolean shuttingDown;
    @Nullable QueueInfo info;

    Request(int kind, @Nullable ReplyFuture promise) {
        this.kind = kind;
        if (promise != null) promises.add(promise);
    }

    static Request read(ReplyFuture promise, long start, int most, Messages into) {
        Request ask = new Request(Frame.READ, promise);
        ask.start = start;
        ask.most = most;
        ask.into = into;
        return ask;
    }

    List<ReplyFuture> promises() {
        return promises;
    }

    /** Takes those who wait for another request, which this one stands for. */
    void join(Request other) {
        promises.addAll(other.promises);
    }

    @Override
    int kind() {
        return kind;
    }

    /** Memory for the records that come; null if the reader has given up. */
    @Nullable Messages into() {
        return into;
    }

    /** Writes the frame and returns its length. */
    int encode(MemorySegment target, long at, int queue) {
        int bytes = kind == Frame.READ ? Frame.READ_BYTES : Frame.HEAD_BYTES;
        Frame.encode(target, at, bytes, kind, 0, 0, queue, tag);
        if (kind == Frame.READ) {
            Frame.u64(target, at + Frame.AT_START, start);
            Frame.u64(target, at + Frame.AT_MOST, Integer.toUnsignedLong(most));
        }
        return bytes;
    }
}
