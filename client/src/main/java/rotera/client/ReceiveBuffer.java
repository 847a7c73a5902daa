package rotera.client;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;
import rotera.protocol.Frame;
import rotera.protocol.QueueInfo;
import rotera.protocol.QueueInfoCodec;

/**
 * What comes from the server: frames in a small buffer, or, for the records of a read or stream,
 * the rest of a frame directly in the memory that the reader will look at. So a large reply is
 * copied once, by the kernel, and no reply makes this buffer grow. Not thread-safe.
 */
final class ReceiveBuffer {
    /** A reply has 256 KiB of records and one that goes on beyond, or one large record. */
    private static final long RECORDS_SLACK = 512 << 10;

    private static final long MAX_RECORDS_BYTES = 80 << 20;

    private final ByteBuffer buffer;
    private final MemorySegment segment;
    private int from;
    private int to;

    private @Nullable ByteBuffer body;
    private boolean full;

    @SuppressWarnings("MustBeClosedChecker") // an automatic arena has no end
    ReceiveBuffer(int bytes) {
        segment = Arena.ofAuto().allocate(bytes, 8);
        buffer = segment.asByteBuffer();
    }

    /** The memory that {@link #at} is a place of. */
    MemorySegment segment() {
        return segment;
    }

    /** Where the bytes begin that were not taken yet. */
    long at() {
        return from;
    }

    int available() {
        return to - from;
    }

    int capacity() {
        return buffer.capacity();
    }

    /** Takes bytes: they may be overwritten by the next {@link #read}. */
    void take(int bytes) {
        from += bytes;
    }

    /** Whether a head has come; then {@link #frameBytes} tells the length of its frame. */
    boolean hasHead() {
        return to - from >= Frame.HEAD_BYTES;
    }

    /** Length of the frame that begins here. */
    long frameBytes() throws MalformedReply {
        long bytes = Frame.bytes(segment, from);
        if (bytes < Frame.HEAD_BYTES) throw new MalformedReply("a frame of " + bytes + " bytes");
        return bytes;
    }

    /**
     * Whether a frame has come whole. One that does not fit the buffer is no reply we asked for.
     */
    boolean hasFrame() throws MalformedReply {
        if (!hasHead()) return false;
        long bytes = frameBytes();
        if (bytes > capacity())
            throw new MalformedReply(
                    "a reply of kind "
                            + Frame.kind(segment, from)
                            + " with "
                            + bytes
                            + " bytes, more than "
                            + capacity());
        return bytes <= available();
    }

    /** Whether the head of a reply with records has come whole. */
    boolean hasRecordsHead() throws MalformedReply {
        if (frameBytes() < Frame.BATCH_HEAD_BYTES)
            throw new MalformedReply("records in " + frameBytes() + " bytes");
        return available() >= Frame.BATCH_HEAD_BYTES;
    }

    /** Length of the records that follow the head. */
    int recordBytes(long maxPushBytes) throws MalformedReply {
        long bytes = frameBytes() - Frame.BATCH_HEAD_BYTES;
        if (bytes > Math.min(maxPushBytes + RECORDS_SLACK, MAX_RECORDS_BYTES))
            throw new MalformedReply("records in " + frameBytes() + " bytes");
        return (int) bytes;
    }

    /** A copy of the frame that begins here, which has come whole. */
    byte[] copyFrame() throws MalformedReply {
        return segment.asSlice(from, frameBytes()).toArray(ValueLayout.JAVA_BYTE);
    }

    /** The queue that is described by the frame that begins here. */
    QueueInfo description(int bytes) throws MalformedReply {
        try {
            return QueueInfoCodec.decode(segment, from + Frame.HEAD_BYTES, from + (long) bytes);
        } catch (IllegalArgumentException e) {
            throw new MalformedReply("a description that is cut short");
        }
    }

    /** The next {@code bytes} bytes go to the beginning of {@code target}. */
    void startBody(MemorySegment target, int bytes) {
        int here = Math.min(bytes, available());
        MemorySegment.copy(segment, from, target, 0, here);
        from += here;
        body = target.asByteBuffer().limit(bytes).position(here);
    }

    /** Whether a body was begun and is not whole. */
    boolean inBody() {
        return body != null && body.hasRemaining();
    }

    /** Whether the last read took as much as it could, so that another may find more. */
    boolean mayHaveMore() {
        return full;
    }

    /** Reads what has come, without waiting; false if nothing has. */
    boolean read(ReadableByteChannel channel) throws IOException {
        if (body != null && body.hasRemaining()) {
            int count = channelRead(channel, body);
            full = !body.hasRemaining();
            return count > 0;
        }
        if (from == to) {
            from = 0;
            to = 0;
        } else if (from > 0 && capacity() - to < capacity() / 4) {
            MemorySegment.copy(segment, from, segment, 0, to - from);
            to -= from;
            from = 0;
        }
        buffer.limit(capacity()).position(to);
        int count = channelRead(channel, buffer);
        to += count;
        full = to == capacity();
        return count > 0;
    }

    private static int channelRead(ReadableByteChannel channel, ByteBuffer target)
            throws IOException {
        int count = channel.read(target);
        if (count < 0) throw new EOFException("the server closed the connection");
        return count;
    }
}
