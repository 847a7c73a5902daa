package rotera.server;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import rotera.protocol.Frame;
import rotera.protocol.Reply;
import rotera.protocol.Request;
import rotera.queue.Messages;
import rotera.queue.RotFile;
import rotera.queue.Status;

/**
 * Builds the replies with messages, in one buffer that belongs to the loop. Only the leader's.
 *
 * <p>Streams that are not waiting keep what they have read in advance, up to {@value
 * #MOST_ADVANCED} of them; the others share one and read again what they did not send.
 */
final class Replies implements AutoCloseable {
    /** The most bytes of a reply to a read, unless one message alone is larger. */
    static final int MAX_READ_BYTES = 16 << 20;

    /** Chunks of a stream are put together up to about this many bytes. */
    private static final int STREAM_BYTES = 256 << 10;

    private static final int MOST_ADVANCED = 16;

    /**
     * Memory that large messages needed is kept up to this, once for replies and once for what is
     * read: to make it new for every message costs more than to send it.
     */
    private static final int MOST_KEPT_BYTES = 4 << 20;

    /** The same for all streams together, which follow and wait by turns. */
    private static final int MOST_FREE_BYTES = 32 << 20;

    private final Bytes output = new Bytes(2 * STREAM_BYTES);
    private Messages shared = new Messages();
    private final ArrayDeque<Messages> free = new ArrayDeque<>();
    private long freeBytes;
    private int advanced;

    /** The buffer, empty. */
    Bytes output() {
        output.clear();
        return output;
    }

    /** The reply to a read, of at most so many bytes unless one message alone is larger. */
    Bytes read(ServedQueue queue, Request.Read read, boolean alive, int maxBytes) {
        RotFile file = queue.file();
        output.clear();
        long asked = Math.max(0, read.id());
        int count = file.read(asked, read.most(), shared);
        if (count == 0) {
            long firstId = Math.max(read.id(), file.ping().oldest());
            Reply.encodeBatch(output.segment(), 0, alive, firstId, 0);
            output.to = Reply.BATCH_BYTES;
            return output;
        }
        long firstId = shared.firstId();
        int most = (int) Math.min(read.most(), file.ping().next() - firstId);
        long lengthsAt = Reply.BATCH_BYTES;
        long valuesAt = lengthsAt + 4L * most;
        int total = 0;
        long bytes = 0;
        while (count > 0 && (total == 0 || bytes + shared.packedBytes() <= maxBytes)) {
            long values = shared.packedBytes() - 4L * count;
            reserve(valuesAt + values);
            shared.pack(output.segment(), lengthsAt, valuesAt);
            lengthsAt += 4L * count;
            valuesAt += values;
            output.to = (int) valuesAt;
            bytes += shared.packedBytes();
            total += count;
            if (total == most) break;
            count = file.read(firstId + total, most - total, shared);
            if (shared.skipped() > 0) break; // overwritten meanwhile: the reply ends before
        }
        queue.read.add(total, System.nanoTime());
        // The lengths move up to the messages.
        int gap = 4 * (most - total);
        if (gap > 0) {
            output.segment()
                    .asSlice(gap + Reply.BATCH_BYTES, 4L * total)
                    .copyFrom(output.segment().asSlice(Reply.BATCH_BYTES, 4L * total));
        }
        Reply.encodeBatch(output.segment(), gap, alive, firstId, total);
        output.from = gap;
        output.to = (int) valuesAt;
        return output;
    }

    /** Adds chunks of a stream; false if that has nothing more for now. */
    boolean follow(Following stream, Bytes into) {
        Messages messages = messages(stream);
        while (stream.left > 0 && into.to < STREAM_BYTES) {
            int count =
                    stream.queue
                            .file()
                            .read(
                                    stream.nextId,
                                    (int) Math.min(stream.chunk, stream.left),
                                    messages);
            if (count == 0) return false;
            long end = into.to + Reply.BATCH_BYTES + messages.packedBytes();
            if (into.to > 0 && end > into.capacity()) return true; // read again the next time
            reserve(end);
            Reply.encodeBatch(into.segment(), into.to, true, messages.firstId(), count);
            messages.pack(into.segment(), into.to + Reply.BATCH_BYTES);
            into.to = (int) end;
            stream.nextId = messages.nextId();
            stream.left -= count;
            stream.queue.read.add(count, System.nanoTime());
        }
        return true;
    }

    /** The reply to a read in the own protocol: what one look brings. */
    Bytes readRecords(ServedQueue queue, long id, int most, int tag) {
        output.clear();
        int count = queue.file().read(id, most, shared);
        addRecords(queue, shared, Frame.READ, 0, tag, output);
        queue.read.add(count, System.nanoTime());
        return output;
    }

    /** Adds one frame of a stream in the own protocol; false if that has nothing more for now. */
    boolean followRecords(Following stream, Bytes into) {
        Messages messages = messages(stream);
        int most = (int) Math.min(stream.left, Integer.MAX_VALUE);
        int count = stream.queue.file().read(stream.nextId, most, messages);
        if (count == 0 && stream.told) return false;
        stream.told = true;
        stream.nextId = messages.nextId();
        stream.left -= count;
        int flags = stream.left == 0 ? Frame.LAST : 0;
        addRecords(stream.queue, messages, Frame.STREAM, flags, stream.tag, into);
        stream.queue.read.add(count, System.nanoTime());
        return count > 0;
    }

    private void addRecords(
            ServedQueue queue, Messages messages, int kind, int flags, int tag, Bytes into) {
        Status status = queue.file().ping();
        int bytes = Frame.BATCH_HEAD_BYTES + (int) messages.recordBytes();
        reserve(into.to + (long) bytes);
        MemorySegment target = into.segment();
        int at = into.to;
        Frame.encode(target, at, bytes, kind, flags, 0, queue.number(), tag);
        Frame.u64(target, at + Frame.AT_OLDEST, status.oldest());
        Frame.u64(target, at + Frame.AT_BATCH_NEXT, status.next());
        Frame.u64(target, at + Frame.AT_BATCH_FIRST, messages.firstId());
        Frame.u64(target, at + Frame.AT_BATCH_SKIPPED, messages.skipped());
        messages.copyRecords(target, at + Frame.BATCH_HEAD_BYTES);
        into.to += bytes;
    }

    private Messages messages(Following stream) {
        if (stream.messages != null) return stream.messages;
        if (advanced == MOST_ADVANCED) return shared;
        advanced++;
        Messages messages = free.poll();
        if (messages == null) messages = new Messages();
        else freeBytes -= memoryOf(messages);
        stream.messages = messages;
        return messages;
    }

    /** The stream ends or waits: what it has read in advance is given up. */
    void release(Following stream) {
        Messages messages = stream.messages;
        if (messages == null) return;
        stream.messages = null;
        advanced--;
        long bytes = memoryOf(messages);
        if (freeBytes + bytes > MOST_FREE_BYTES) {
            messages.close();
            return;
        }
        free.push(messages);
        freeBytes += bytes;
    }

    /** Gives back what a large reply took. */
    void trim() {
        output.clear();
        if (output.capacity() > MOST_KEPT_BYTES) output.resize(2 * STREAM_BYTES);
        if (memoryOf(shared) <= MOST_KEPT_BYTES) return;
        shared.close();
        shared = new Messages();
    }

    private static long memoryOf(Messages messages) {
        return messages.data().byteSize();
    }

    private void reserve(long bytes) {
        if (bytes <= output.capacity()) return;
        output.ensure((int) Math.max(bytes, Math.min(2L * output.capacity(), MAX_READ_BYTES)));
    }

    @Override
    public void close() {
        output.close();
        shared.close();
        for (Messages messages : free) messages.close();
    }
}
