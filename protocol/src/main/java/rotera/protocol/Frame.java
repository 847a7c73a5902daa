package rotera.protocol;

import static rotera.protocol.Hello.U16;
import static rotera.protocol.Request.U32;
import static rotera.protocol.Request.U64;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The frames of the own protocol (docs/protocol.md), little-endian. Every request and every reply
 * begins with 16 bytes:
 *
 * <pre>
 *   0       4      5       6      8       12    16
 *   | bytes | kind | flags | code | queue | tag |
 * </pre>
 */
public final class Frame {
    public static final int AT_BYTES = 0;
    public static final int AT_KIND = AT_BYTES + 4;
    public static final int AT_FLAGS = AT_KIND + 1;
    public static final int AT_CODE = AT_FLAGS + 1;
    public static final int AT_QUEUE = AT_CODE + 2;
    public static final int AT_TAG = AT_QUEUE + 4;
    public static final int HEAD_BYTES = AT_TAG + 4;

    // Kinds.
    public static final int HELLO = 0;
    public static final int DESCRIBE = 1;
    public static final int PING = 2;
    public static final int PUSH = 3;
    public static final int COMMIT = 4;
    public static final int READ = 5;
    public static final int STREAM = 6;
    public static final int LIST = 7;
    public static final int LAST_PUSH = 8;
    public static final int DELETE = 9;
    public static final int RENAME = 10;

    /** Of a describe: the queue is named by what follows. */
    public static final int BY_NAME = 1;

    /** Of a push: each message begins with an envelope. */
    public static final int ENVELOPES = 1;

    /** Of a push: its sequence counts. */
    public static final int NUMBERED = 2;

    /** Of a read or stream, the low two bits: what the start is. */
    public static final int FROM_MASK = 3;

    public static final int FROM_ID = 0;
    public static final int FROM_OLDEST = 1;
    public static final int FROM_END = 2;
    public static final int FROM_TIME = 3;

    /** Of the reply to a ping. */
    public static final int SHUTTING_DOWN = 1;

    /** Of the reply to a stream. */
    public static final int LAST = 1;

    /** The largest frame that is no push. */
    public static final int MAX_SMALL_BYTES = 64 << 10;

    public static final int AT_PUSH_MESSAGES = HEAD_BYTES;
    public static final int AT_PUSH_SEQUENCE = AT_PUSH_MESSAGES + 4;
    public static final int AT_PUSH_CHECKSUM = AT_PUSH_SEQUENCE + 4;
    public static final int PUSH_HEAD_BYTES = AT_PUSH_CHECKSUM + 8;

    public static final int AT_START = HEAD_BYTES;
    public static final int AT_MOST = AT_START + 8;
    public static final int READ_BYTES = AT_MOST + 8;
    public static final int AT_TOTAL = AT_START + 8;
    public static final int STREAM_BYTES = AT_TOTAL + 8;

    /** Of a delete or rename: which queue is meant, whatever has its number now. */
    public static final int AT_UNIQUE_ID = HEAD_BYTES;

    /** Of a rename: where the new name begins. */
    public static final int AT_NAME = AT_UNIQUE_ID + 16;

    // Replies.
    public static final int AT_FIRST_ID = HEAD_BYTES;
    public static final int AT_PUSH_NEXT = AT_FIRST_ID + 8;
    public static final int PUSHED_BYTES = AT_PUSH_NEXT + 8;
    public static final int AT_NEXT = HEAD_BYTES;
    public static final int COMMITTED_BYTES = AT_NEXT + 8;
    public static final int AT_OLDEST = HEAD_BYTES;
    public static final int AT_PING_NEXT = AT_OLDEST + 8;
    public static final int PONG_BYTES = AT_PING_NEXT + 8;
    public static final int AT_BATCH_NEXT = AT_OLDEST + 8;
    public static final int AT_BATCH_FIRST = AT_BATCH_NEXT + 8;
    public static final int AT_BATCH_SKIPPED = AT_BATCH_FIRST + 8;
    public static final int BATCH_HEAD_BYTES = AT_BATCH_SKIPPED + 8;
    public static final int AT_KNOWN = HEAD_BYTES;
    public static final int AT_LAST_SEQUENCE = AT_KNOWN + 4;
    public static final int LAST_PUSH_BYTES = AT_LAST_SEQUENCE + 4;

    private Frame() {}

    /** Writes the head. */
    public static void encode(
            MemorySegment target,
            long at,
            int bytes,
            int kind,
            int flags,
            int code,
            int queue,
            int tag) {
        target.set(U32, at + AT_BYTES, bytes);
        target.set(ValueLayout.JAVA_BYTE, at + AT_KIND, (byte) kind);
        target.set(ValueLayout.JAVA_BYTE, at + AT_FLAGS, (byte) flags);
        target.set(U16, at + AT_CODE, (short) code);
        target.set(U32, at + AT_QUEUE, queue);
        target.set(U32, at + AT_TAG, tag);
    }

    /** Length of the whole frame, unsigned. */
    public static long bytes(MemorySegment source, long at) {
        return Integer.toUnsignedLong(source.get(U32, at + AT_BYTES));
    }

    public static int kind(MemorySegment source, long at) {
        return Byte.toUnsignedInt(source.get(ValueLayout.JAVA_BYTE, at + AT_KIND));
    }

    public static int flags(MemorySegment source, long at) {
        return Byte.toUnsignedInt(source.get(ValueLayout.JAVA_BYTE, at + AT_FLAGS));
    }

    public static int code(MemorySegment source, long at) {
        return Short.toUnsignedInt(source.get(U16, at + AT_CODE));
    }

    public static int queue(MemorySegment source, long at) {
        return source.get(U32, at + AT_QUEUE);
    }

    public static int tag(MemorySegment source, long at) {
        return source.get(U32, at + AT_TAG);
    }

    public static int u32(MemorySegment source, long at) {
        return source.get(U32, at);
    }

    public static long u64(MemorySegment source, long at) {
        return source.get(U64, at);
    }

    public static void u32(MemorySegment target, long at, int value) {
        target.set(U32, at, value);
    }

    public static void u64(MemorySegment target, long at, long value) {
        target.set(U64, at, value);
    }

    /** A unique id, in the order in which it is written. */
    public static UUID uniqueId(MemorySegment source, long at) {
        return new UUID(Long.reverseBytes(u64(source, at)), Long.reverseBytes(u64(source, at + 8)));
    }

    public static void uniqueId(MemorySegment target, long at, UUID id) {
        u64(target, at, Long.reverseBytes(id.getMostSignificantBits()));
        u64(target, at + 8, Long.reverseBytes(id.getLeastSignificantBits()));
    }

    /** A text of this many bytes; what is no UTF-8 is replaced. */
    public static String text(MemorySegment source, long at, int bytes) {
        byte[] copy = new byte[bytes];
        MemorySegment.copy(source, ValueLayout.JAVA_BYTE, at, copy, 0, bytes);
        return new String(copy, StandardCharsets.UTF_8);
    }
}
