package rotera.server;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import rotera.protocol.ErrorReply;
import rotera.protocol.Frame;

/**
 * Replies of one connection in the order of the requests, of which those to commits are not known
 * yet: they have their place already, and what comes behind waits. Only the leader's.
 */
final class Answers {
    private final Pool pool;
    private @Nullable Bytes kept;

    /** Where the replies to commits begin that are not known, counted from the first byte kept. */
    private final ArrayDeque<Integer> open = new ArrayDeque<>();

    /** What was added to places because the content has moved. */
    private int moved;

    Answers(Pool pool) {
        this.pool = pool;
    }

    int bytes() {
        return kept == null ? 0 : kept.length();
    }

    /** The buffer, with room for this much more behind its end. */
    Bytes room(int bytes) {
        Bytes buffer = kept;
        if (buffer == null) {
            buffer = pool.take(bytes);
            kept = buffer;
        } else if (buffer.capacity() - buffer.to < bytes) {
            buffer.compact();
            if (buffer.capacity() - buffer.to < bytes)
                buffer.resize(Math.max(2 * buffer.capacity(), buffer.to + bytes));
        }
        return buffer;
    }

    /** The reply to a commit, of which only the head is known, is the next one. */
    void await(int bytes) {
        Bytes buffer = room(0);
        open.add(buffer.length() - moved);
        buffer.to += bytes;
    }

    /** The first commit that is not known succeeded. */
    void settle(long next) {
        Bytes buffer = room(0);
        Frame.u64(buffer.segment(), buffer.from + open.remove() + moved + Frame.AT_NEXT, next);
    }

    /** The first commit that is not known failed: its reply has another length. */
    void settle(Throwable failure) {
        int place = open.remove() + moved;
        Bytes buffer = room(ErrorReply.MAX_BYTES);
        int at = buffer.from + place;
        int rest = buffer.to - at - Frame.COMMITTED_BYTES;
        byte[] behind = new byte[rest];
        MemorySegment view = MemorySegment.ofArray(behind);
        MemorySegment.copy(buffer.segment(), at + Frame.COMMITTED_BYTES, view, 0, rest);
        int queue = Frame.queue(buffer.segment(), at);
        int tag = Frame.tag(buffer.segment(), at);
        int bytes = ErrorReply.encode(buffer.segment(), at, Frame.COMMIT, queue, tag, failure);
        MemorySegment.copy(view, 0, buffer.segment(), at + bytes, rest);
        buffer.to = at + bytes + rest;
        moved += bytes - Frame.COMMITTED_BYTES;
    }

    /** Sends what lies before the first reply that is not known. */
    void send(Connection connection) {
        Bytes buffer = kept;
        if (buffer == null) return;
        Integer place = open.peek();
        if (place == null) {
            connection.send(buffer);
            release();
            return;
        }
        int length = place + moved;
        if (length == 0) return;
        int end = buffer.to;
        int sent = buffer.from + length;
        buffer.to = sent;
        connection.send(buffer);
        if (kept == null) return; // the connection was closed
        buffer.from = sent;
        buffer.to = end;
        moved -= length;
    }

    void release() {
        if (kept != null) pool.give(kept);
        kept = null;
        open.clear();
        moved = 0;
    }
}
