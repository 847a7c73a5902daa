package rotera.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import rotera.kafka.request.ConnectionBuffers;
import rotera.kafka.wire.Budget;
import rotera.kafka.wire.Bytes;
import rotera.kafka.wire.MalformedRequestException;

/**
 * What has come from a client: whole requests are taken from its front. Its memory grows with what
 * has come, never with what was announced. Belongs to the connection's thread.
 */
final class Incoming implements AutoCloseable {
    private final Bytes bytes;
    private final int mostBytes;
    private int from;

    Incoming(Limits limits, Budget memory) {
        bytes = new Bytes(ConnectionBuffers.SMALL_BYTES, memory);
        mostBytes = limits.requestBytes();
    }

    /** Whether a part of a request is there. */
    boolean hasPart() {
        return bytes.length() > from;
    }

    /**
     * The next request without its length, if it has come whole. Valid until the next {@link
     * #receive}.
     *
     * @throws MalformedRequestException if a length is announced that no request has
     */
    @Nullable ByteBuffer next() {
        int there = bytes.length() - from;
        if (there < 4) return null;
        int length = bytes.view().getInt(from);
        if (length < 8 || length > mostBytes)
            throw new MalformedRequestException(
                    "a request of %d bytes is announced: they have 8 to %d"
                            .formatted(length, mostBytes));
        if (there - 4 < length) return null;
        ByteBuffer request = bytes.view().duplicate().clear().slice(from + 4, length);
        from += 4 + length;
        return request;
    }

    /** Takes what has come; how many bytes, or -1 at the end. */
    int receive(SocketChannel channel) throws IOException {
        if (from > 0) compact();
        if (bytes.length() == bytes.capacity()) bytes.ensure(bytes.capacity());
        return channel.read(bytes.view());
    }

    /** Gives back memory that is not needed now; all of it if nothing is to be kept. */
    void rest(boolean all) {
        if (bytes.length() == from) {
            from = 0;
            bytes.length(0);
            bytes.shrink(all ? ConnectionBuffers.SMALL_BYTES : ConnectionBuffers.KEPT_BYTES);
        }
    }

    private void compact() {
        int there = bytes.length() - from;
        bytes.segment().asSlice(0, there).copyFrom(bytes.segment().asSlice(from, there));
        bytes.length(there);
        from = 0;
    }

    @Override
    public void close() {
        bytes.close();
    }
}
