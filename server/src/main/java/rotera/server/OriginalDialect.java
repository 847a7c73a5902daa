package rotera.server;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import rotera.protocol.Hello;
import rotera.protocol.Reply;
import rotera.protocol.Request;
import rotera.queue.Batch;
import rotera.queue.Queue;
import rotera.queue.QueueException;

/**
 * The protocol of the original (docs/protocol.md, part one). It knows no errors: what came before
 * is answered, then the connection closed.
 */
final class OriginalDialect extends Dialect {

    OriginalDialect(Loop loop, Connection connection) {
        super(loop, connection);
    }

    @Override
    int leastBytes() {
        return Request.BYTES;
    }

    @Override
    boolean mayTake() {
        return true;
    }

    @Override
    long take(MemorySegment data, long at, long to) {
        return switch (Request.decode(data, at)) {
            case Request.Push push -> push(push, data, at, to);
            case Request.Commit commit -> commit(commit);
            case Request.Ping ping -> ping(ping);
            case Request.Read read -> read(read);
            case Request.Stream start -> stream(start);
            case Request.Unknown(long operation) when operation == Hello.OPERATION ->
                    connection.commits() ? NOT_YET : connection.hello(data, at, to);
            case Request.Unknown unknown ->
                    refuse("unknown operation 0x%016x".formatted(unknown.operation()));
        };
    }

    @Override
    void taken() {}

    private long push(Request.Push push, MemorySegment data, long at, long to) {
        ServedQueue queue = loop.queue(push.queue());
        if (queue == null) return refuseQueue(push.queue());
        if (push.count() > Queue.MAX_PUSH_MESSAGES)
            return refuse(
                    "push of "
                            + push.count()
                            + " messages, "
                            + Queue.MAX_PUSH_MESSAGES
                            + " are allowed");
        if (push.count() * Request.LENGTH_BYTES > queue.maxPushBytes())
            return refusePush(queue, push.count() * Request.LENGTH_BYTES);
        if (to - at < push.headBytes()) {
            long head = push.headBytes();
            long memory = Math.max(head, Math.min(queue.maxPushBytes(), Loop.INPUT_BYTES));
            if (head > Loop.INPUT_BYTES) memory = Request.BYTES + queue.maxPushBytes();
            connection.need(head, memory);
            return NOT_YET;
        }
        long bytes = bytes(push, data, at);
        if (bytes - Request.BYTES > queue.maxPushBytes())
            return refusePush(queue, bytes - Request.BYTES);
        if (to - at < bytes) {
            connection.need(bytes, bytes);
            return NOT_YET;
        }
        if (push.count() == 0) return bytes;
        try {
            return connection.push(queue, data, at) < 0 ? NOT_YET : bytes;
        } catch (QueueException e) {
            return refuse(String.valueOf(e.getMessage()));
        }
    }

    /** Of the whole push, whose lengths have come. */
    private static long bytes(Request.Push push, MemorySegment data, long at) {
        long bytes = push.headBytes();
        for (long p = at + Request.BYTES; p < at + push.headBytes(); p += Request.LENGTH_BYTES)
            bytes += Integer.toUnsignedLong(data.get(Request.U32, p));
        return bytes;
    }

    @Override
    Batch wrap(Batch batch, MemorySegment data, long at) {
        int messages = data.get(Request.U32, at + Request.AT_COUNT);
        return batch.wrap(data, at + Request.BYTES, messages);
    }

    @Override
    long pushed(MemorySegment data, long at, long id, @Nullable Throwable failure) {
        if (failure == null && Request.decode(data, at) instanceof Request.Push push)
            return bytes(push, data, at);
        return failure == null ? NOT_YET : refuse(String.valueOf(failure.getMessage()));
    }

    private long commit(Request.Commit commit) {
        ServedQueue queue = loop.queue(commit.queue());
        if (queue == null) return refuseQueue(commit.queue());
        return connection.commit(queue) ? Request.BYTES : NOT_YET;
    }

    @Override
    void committed(int commits, long next, @Nullable Throwable failure) {
        if (failure == null) sendStatus(commits, next);
        else connection.refuse(String.valueOf(failure.getMessage()));
    }

    private long ping(Request.Ping ping) {
        if (connection.commits()) return NOT_YET;
        ServedQueue queue = loop.queue(ping.queue());
        if (queue == null) return refuseQueue(ping.queue());
        sendStatus(1, queue.file().ping().next());
        return Request.BYTES;
    }

    private long read(Request.Read read) {
        if (connection.commits() || !loop.admissions().mayBuildReply(connection)) return NOT_YET;
        ServedQueue queue = loop.queue(read.queue());
        if (queue == null) return refuseQueue(read.queue());
        try {
            int bytes = loop.admissions().replyBytes();
            Bytes reply = loop.replies().read(queue, read, !loop.stopping(), bytes);
            if (!loop.admissions().mayReply(connection, reply.length())) return NOT_YET;
            connection.send(reply);
        } catch (QueueException e) {
            return refuse(String.valueOf(e.getMessage()));
        } finally {
            loop.replies().trim();
        }
        return Request.BYTES;
    }

    private long stream(Request.Stream start) {
        if (connection.commits()) return NOT_YET;
        ServedQueue queue = loop.queue(start.queue());
        if (queue == null) return refuseQueue(start.queue());
        if (start.chunk() == 0)
            return refuse("stream in chunks of 0 messages, 1 or more are allowed");
        if (start.total() > 0) {
            long id = Math.max(0, start.id());
            connection.follow(new Following(queue, start.chunk(), id, start.total(), 0));
        }
        return Request.BYTES;
    }

    @Override
    boolean follow(Following stream, Bytes into) {
        return loop.replies().follow(stream, into);
    }

    @Override
    void streamFailed(Following stream, QueueException failure) {
        refuse(String.valueOf(failure.getMessage()));
    }

    @Override
    void endStream(Following stream, Bytes into) {
        Reply.encodeBatch(into.segment(), 0, false, stream.nextId, 0);
        into.to = Reply.BATCH_BYTES;
    }

    private void sendStatus(int times, long next) {
        Bytes reply = loop.replies().output();
        for (int i = 0; i < times; i++) {
            Reply.encodeStatus(reply.segment(), reply.to, !loop.stopping(), next);
            reply.to += Reply.STATUS_BYTES;
        }
        connection.send(reply);
    }

    private long refuseQueue(int number) {
        if (connection.mustLook()) return NOT_YET;
        return refuse("unknown queue " + Integer.toUnsignedString(number));
    }

    private long refusePush(ServedQueue queue, long bytes) {
        return refuse(
                "push of "
                        + bytes
                        + " bytes (4 + length for each message) to queue "
                        + Integer.toUnsignedString(queue.number())
                        + ", "
                        + queue.maxPushBytes()
                        + " are allowed");
    }

    private long refuse(String why) {
        if (!connection.commits()) connection.refuse(why);
        return NOT_YET;
    }

    @Override
    void release() {}
}
