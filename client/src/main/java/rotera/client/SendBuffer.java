package rotera.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import rotera.queue.buffer.GrowableBuffer;

/**
 * What is written next: many requests go to the socket with one call, so that a push and its commit
 * are one segment. Not thread-safe.
 */
final class SendBuffer {
    private static final int MAX_BUFFERS = 64;
    private static final int SMALL_BYTES = 4096;

    private final GrowableBuffer small = new GrowableBuffer(SMALL_BYTES);
    private int smallUsed;
    private final ByteBuffer[] buffers = new ByteBuffer[MAX_BUFFERS];

    /** Whose last bytes are in the buffer. */
    private final @Nullable InFlightRequest[] owners = new InFlightRequest[MAX_BUFFERS];

    private int from;
    private int to;

    boolean isEmpty() {
        return from == to;
    }

    boolean hasRoom() {
        return to + 2 <= MAX_BUFFERS && smallUsed + Request.MAX_BYTES <= SMALL_BYTES;
    }

    void add(InFlightRequest request, int queue) {
        switch (request) {
            case PushBatch push -> {
                push.prepare(queue);
                add(push.headAndLengths(), push.messages().hasRemaining() ? null : push);
                if (push.messages().hasRemaining()) add(push.messages(), push);
            }
            case Request other -> {
                int bytes = other.encode(small.segment(), smallUsed, queue);
                add(small.view().slice(smallUsed, bytes), other);
                smallUsed += bytes;
            }
        }
    }

    private void add(ByteBuffer buffer, @Nullable InFlightRequest owner) {
        buffers[to] = buffer;
        owners[to++] = owner;
    }

    /** Writes what the socket takes. */
    void write(GatheringByteChannel channel) throws IOException {
        if (isEmpty()) return;
        long _ = channel.write(buffers, from, to - from);
        while (from < to && !buffers[from].hasRemaining()) {
            InFlightRequest owner = owners[from++];
            if (owner != null) owner.written = true;
        }
        if (from == to) clear();
    }

    void clear() {
        Arrays.fill(owners, 0, to, null);
        from = 0;
        to = 0;
        smallUsed = 0;
    }
}
