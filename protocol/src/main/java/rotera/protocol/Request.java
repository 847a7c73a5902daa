package rotera.protocol;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A request of the original protocol (docs/protocol.md): 32 bytes, little-endian. What a kind of
 * request does not use may hold anything.
 *
 * <pre>
 *   0         8      12      16          24          32
 *   | operation | queue | count |    id     |   total   |
 * </pre>
 */
public sealed interface Request {
    int AT_OPERATION = 0;
    int AT_QUEUE = AT_OPERATION + 8;
    int AT_COUNT = AT_QUEUE + 4;
    int AT_ID = AT_COUNT + 4;
    int AT_TOTAL = AT_ID + 8;
    int BYTES = AT_TOTAL + 8;

    long PING = 0x44adba9e22c5cf56L;
    long COMMIT = 0xfc54160306bf77d4L;
    long PUSH = 0x70bbf8926f2a1ec6L;
    long READ = 0x7a23663364b9d865L;
    long STREAM = 0xbd4a8ffdc74673ddL;

    /** Behind a push come this many bytes of length for each message, then the messages. */
    int LENGTH_BYTES = 4;

    /** The most messages in one reply: larger counts are cropped. */
    int MAX_REPLY_MESSAGES = 262_144;

    ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Asks how far a queue is. */
    record Ping(int queue) implements Request {}

    /** Makes everything pushed before durable and readable. */
    record Commit(int queue) implements Request {}

    /**
     * Brings messages.
     *
     * @param count unsigned on the wire, so this may be more than a push can have
     */
    record Push(int queue, long count) implements Request {

        /** How many bytes the request has before its messages. */
        public long headBytes() {
            return BYTES + LENGTH_BYTES * count;
        }
    }

    /**
     * Asks for messages that are there.
     *
     * @param most already cropped
     * @param id negative for the oldest
     */
    record Read(int queue, int most, long id) implements Request {}

    /**
     * Asks for messages as they come.
     *
     * @param chunk the most in one reply, already cropped; 0 is an error
     * @param id negative for the oldest
     * @param total how many before the stream ends
     */
    record Stream(int queue, int chunk, long id, long total) implements Request {}

    /** Not a request. */
    record Unknown(long operation) implements Request {}

    /** The request whose {@link #BYTES} bytes begin here. */
    static Request decode(MemorySegment source, long at) {
        long operation = source.get(U64, at + AT_OPERATION);
        int queue = source.get(U32, at + AT_QUEUE);
        if (operation == PUSH) return new Push(queue, count(source, at));
        if (operation == COMMIT) return new Commit(queue);
        if (operation == PING) return new Ping(queue);
        if (operation == READ)
            return new Read(queue, cropped(source, at), source.get(U64, at + AT_ID));
        if (operation == STREAM) {
            long total = source.get(U64, at + AT_TOTAL);
            return new Stream(
                    queue,
                    cropped(source, at),
                    source.get(U64, at + AT_ID),
                    total < 0 ? Long.MAX_VALUE : total);
        }
        return new Unknown(operation);
    }

    /** Writes the {@link #BYTES} bytes of this request. */
    default void encode(MemorySegment target, long at) {
        switch (this) {
            case Ping ping -> put(target, at, PING, ping.queue, 0, 0, 0);
            case Commit commit -> put(target, at, COMMIT, commit.queue, 0, 0, 0);
            case Push push -> put(target, at, PUSH, push.queue, (int) push.count, 0, 0);
            case Read read -> put(target, at, READ, read.queue, read.most, read.id, 0);
            case Stream stream ->
                    put(target, at, STREAM, stream.queue, stream.chunk, stream.id, stream.total);
            case Unknown unknown -> put(target, at, unknown.operation, 0, 0, 0, 0);
        }
    }

    private static long count(MemorySegment source, long at) {
        return Integer.toUnsignedLong(source.get(U32, at + AT_COUNT));
    }

    private static int cropped(MemorySegment source, long at) {
        return (int) Math.min(count(source, at), MAX_REPLY_MESSAGES);
    }

    private static void put(
            MemorySegment target,
            long at,
            long operation,
            int queue,
            int count,
            long id,
            long total) {
        target.set(U64, at + AT_OPERATION, operation);
        target.set(U32, at + AT_QUEUE, queue);
        target.set(U32, at + AT_COUNT, count);
        target.set(U64, at + AT_ID, id);
        target.set(U64, at + AT_TOTAL, total);
    }
}
