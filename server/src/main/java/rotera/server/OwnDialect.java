package rotera.server;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rotera.protocol.ErrorReply;
import rotera.protocol.Frame;
import rotera.protocol.QueueInfo;
import rotera.protocol.QueueInfoCodec;
import rotera.queue.Batch;
import rotera.queue.Producer;
import rotera.queue.Queue;
import rotera.queue.QueueException;
import rotera.queue.Start;
import rotera.queue.Status;

/**
 * The own protocol (docs/protocol.md, part two): frames in both directions. An error harms only its
 * request.
 */
final class OwnDialect extends Dialect {
    /** The largest push of the largest queue. */
    static final long MAX_FRAME_BYTES = Frame.PUSH_HEAD_BYTES + (64L << 20) + 4;

    /** Replies that wait for a commit; then no more requests are taken. */
    private static final int MOST_HELD_BYTES = 16 << 10;

    private final long producerToken;
    private final Answers answers;

    /** Bytes of a push that was refused before it had come. */
    private long skipping;

    OwnDialect(Loop loop, Connection connection, long producerToken) {
        super(loop, connection);
        this.producerToken = producerToken;
        this.answers = new Answers(loop.pool());
    }

    @Override
    int leastBytes() {
        return skipping > 0 ? 1 : Frame.HEAD_BYTES;
    }

    @Override
    boolean mayTake() {
        return answers.bytes() < MOST_HELD_BYTES;
    }

    @Override
    long take(MemorySegment data, long at, long to) {
        if (skipping > 0) {
            long skipped = Math.min(skipping, to - at);
            skipping -= skipped;
            return skipped;
        }
        long bytes = Frame.bytes(data, at);
        int kind = Frame.kind(data, at);
        long most = kind == Frame.PUSH ? MAX_FRAME_BYTES : Frame.MAX_SMALL_BYTES;
        if (bytes < Frame.HEAD_BYTES || bytes > most) {
            fail(
                    data,
                    at,
                    new IllegalArgumentException(
                            "a frame of %d bytes, %d to %d are allowed for kind %d"
                                    .formatted(bytes, Frame.HEAD_BYTES, most, kind)));
            connection.refuse("a frame of " + bytes + " bytes of kind " + kind);
            return NOT_YET;
        }
        if (kind == Frame.PUSH) return push(data, at, to, bytes);
        if (to - at < bytes) {
            connection.need(bytes, bytes);
            return NOT_YET;
        }
        try {
            return request(kind, data, at, bytes) ? bytes : NOT_YET;
        } catch (QueueException.UnknownQueueException e) {
            if (connection.mustLook()) return NOT_YET;
            fail(data, at, e);
            return bytes;
        } catch (QueueException | IllegalArgumentException e) {
            fail(data, at, e);
            return bytes;
        }
    }

    /** False if it has to wait: only pushes and commits go on while commits are under way. */
    private boolean request(int kind, MemorySegment data, long at, long bytes) {
        if (kind != Frame.COMMIT && connection.commits()) return false;
        return switch (kind) {
            case Frame.DESCRIBE -> describe(data, at, bytes);
            case Frame.PING -> ping(data, at);
            case Frame.COMMIT -> commit(data, at);
            case Frame.READ -> read(data, at, bytes);
            case Frame.STREAM -> stream(data, at, bytes);
            case Frame.LIST -> list(data, at);
            case Frame.LAST_PUSH -> lastPush(data, at);
            case Frame.DELETE -> delete(data, at, bytes);
            case Frame.RENAME -> rename(data, at, bytes);
            default -> {
                Bytes reply = answers.room(ErrorReply.MAX_BYTES);
                reply.to +=
                        ErrorReply.encode(
                                reply.segment(),
                                reply.to,
                                kind,
                                Frame.queue(data, at),
                                Frame.tag(data, at),
                                ErrorReply.UNKNOWN_KIND,
                                0,
                                0,
                                0,
                                "there is no request of kind " + kind + " in version 1");
                yield true;
            }
        };
    }

    @Override
    void taken() {
        if (!connection.commits()) answers.send(connection);
    }

    // ---- pushes and commits

    private long push(MemorySegment data, long at, long to, long bytes) {
        long head = Math.min(bytes, Frame.PUSH_HEAD_BYTES);
        if (to - at < head) {
            connection.need(head, head);
            return NOT_YET;
        }
        try {
            ServedQueue queue = queue(data, at);
            long body = bytes - Frame.PUSH_HEAD_BYTES;
            checkPush(queue, data, at, body);
            if (to - at < bytes) {
                connection.need(bytes, bytes);
                return NOT_YET;
            }
            long id = connection.push(queue, data, at);
            if (id < 0) return NOT_YET;
            sendPushed(data, at, id, queue.file().ping().next());
            return bytes;
        } catch (QueueException.UnknownQueueException e) {
            return connection.mustLook() ? NOT_YET : refusePush(data, at, to, e);
        } catch (QueueException | IllegalArgumentException e) {
            return refusePush(data, at, to, e);
        }
    }

    private long refusePush(MemorySegment data, long at, long to, RuntimeException why) {
        fail(data, at, why);
        long bytes = Frame.bytes(data, at);
        long came = Math.min(bytes, to - at);
        skipping = bytes - came;
        return came;
    }

    private static void checkPush(ServedQueue queue, MemorySegment data, long at, long body) {
        if (body < 0)
            throw new IllegalArgumentException(
                    "a push of " + (body + Frame.PUSH_HEAD_BYTES) + " bytes: 32 are the least");
        long messages = Integer.toUnsignedLong(Frame.u32(data, at + Frame.AT_PUSH_MESSAGES));
        if (messages > Queue.MAX_PUSH_MESSAGES)
            throw QueueException.BatchTooLargeException.ofMessages(
                    messages, Queue.MAX_PUSH_MESSAGES);
        if (body > queue.maxPushBytes())
            throw QueueException.BatchTooLargeException.ofBytes(body, queue.maxPushBytes());
        if (4 * messages > body)
            throw new IllegalArgumentException(
                    messages + " messages in a body of " + body + " bytes");
    }

    @Override
    Batch wrap(Batch batch, MemorySegment data, long at) {
        int messages = Frame.u32(data, at + Frame.AT_PUSH_MESSAGES);
        int flags = Frame.flags(data, at);
        long body = Frame.bytes(data, at) - Frame.PUSH_HEAD_BYTES;
        batch.wrap(data, at + Frame.PUSH_HEAD_BYTES, messages, (flags & Frame.ENVELOPES) != 0);
        if (batch.bytes() != body)
            throw new IllegalArgumentException(
                    "the lengths add up to %d bytes (4 + length for each message), the body has %d"
                            .formatted(batch.bytes(), body));
        batch.expect(Frame.u32(data, at + Frame.AT_PUSH_CHECKSUM));
        if ((flags & Frame.NUMBERED) != 0) {
            int sequence = Frame.u32(data, at + Frame.AT_PUSH_SEQUENCE);
            if (sequence < 0)
                throw new IllegalArgumentException(
                        "sequence "
                                + Integer.toUnsignedString(sequence)
                                + " is larger than 2147483647");
            batch.producer(new Producer(producerToken, 0, sequence));
        }
        return batch;
    }

    @Override
    long pushed(MemorySegment data, long at, long id, @Nullable Throwable failure) {
        ServedQueue queue = loop.queue(Frame.queue(data, at));
        if (failure != null) fail(data, at, failure);
        else if (queue == null) fail(data, at, loop.unknownQueue(Frame.queue(data, at)));
        else sendPushed(data, at, id, queue.file().ping().next());
        return Frame.bytes(data, at);
    }

    private void sendPushed(MemorySegment data, long at, long id, long next) {
        Bytes reply = begin(data, at, Frame.PUSHED_BYTES, 0);
        Frame.u64(reply.segment(), reply.to + Frame.AT_FIRST_ID, id);
        Frame.u64(reply.segment(), reply.to + Frame.AT_PUSH_NEXT, next);
        reply.to += Frame.PUSHED_BYTES;
    }

    private boolean commit(MemorySegment data, long at) {
        if (!connection.commit(queue(data, at))) return false;
        begin(data, at, Frame.COMMITTED_BYTES, 0);
        answers.await(Frame.COMMITTED_BYTES);
        return true;
    }

    @Override
    void committed(int commits, long next, @Nullable Throwable failure) {
        for (int i = 0; i < commits; i++) {
            if (failure == null) answers.settle(next);
            else answers.settle(failure);
        }
        answers.send(connection);
    }

    // ---- reads and streams

    private boolean read(MemorySegment data, long at, long bytes) {
        if (bytes < Frame.READ_BYTES)
            throw new IllegalArgumentException("a read of " + bytes + " bytes, 32 are needed");
        if (!loop.admissions().mayBuildReply(connection)) return false;
        taken();
        ServedQueue queue = queue(data, at);
        long id = queue.file().idOf(start(data, at));
        long most = Integer.toUnsignedLong(Frame.u32(data, at + Frame.AT_MOST));
        try {
            int count = (int) Math.min(most, Integer.MAX_VALUE);
            Bytes reply = loop.replies().readRecords(queue, id, count, Frame.tag(data, at));
            if (!loop.admissions().mayReply(connection, reply.length())) return false;
            connection.send(reply);
        } finally {
            loop.replies().trim();
        }
        return true;
    }

    private boolean stream(MemorySegment data, long at, long bytes) {
        if (bytes < Frame.STREAM_BYTES)
            throw new IllegalArgumentException("a stream of " + bytes + " bytes, 32 are needed");
        taken();
        ServedQueue queue = queue(data, at);
        long total = Frame.u64(data, at + Frame.AT_TOTAL);
        connection.follow(
                new Following(
                        queue,
                        Integer.MAX_VALUE,
                        queue.file().idOf(start(data, at)),
                        total < 0 ? Long.MAX_VALUE : total,
                        Frame.tag(data, at)));
        return true;
    }

    private static Start start(MemorySegment data, long at) {
        long value = Frame.u64(data, at + Frame.AT_START);
        return switch (Frame.flags(data, at) & Frame.FROM_MASK) {
            case Frame.FROM_ID -> Start.id(value);
            case Frame.FROM_OLDEST -> Start.oldest();
            case Frame.FROM_END -> Start.end();
            default -> Start.time(Instant.ofEpochMilli(value));
        };
    }

    @Override
    boolean follow(Following stream, Bytes into) {
        return loop.replies().followRecords(stream, into);
    }

    @Override
    void streamFailed(Following stream, QueueException failure) {
        Bytes reply = answers.room(ErrorReply.MAX_BYTES);
        reply.to +=
                ErrorReply.encode(
                        reply.segment(),
                        reply.to,
                        Frame.STREAM,
                        stream.queue.number(),
                        stream.tag,
                        failure);
        taken();
    }

    @Override
    void endStream(Following stream, Bytes into) {
        into.to =
                ErrorReply.encode(
                        into.segment(),
                        0,
                        Frame.STREAM,
                        stream.queue.number(),
                        stream.tag,
                        new QueueException.ShuttingDownException(
                                "the server is shutting down: go on at id " + stream.nextId));
    }

    // ---- the rest

    private boolean describe(MemorySegment data, long at, long bytes) {
        boolean byName = (Frame.flags(data, at) & Frame.BY_NAME) != 0;
        ServedQueue queue =
                byName
                        ? loop.queueNamed(
                                Frame.text(
                                        data,
                                        at + Frame.HEAD_BYTES,
                                        (int) bytes - Frame.HEAD_BYTES))
                        : queue(data, at);
        QueueInfo info = queue.info(loop.nanos());
        int length = Frame.HEAD_BYTES + QueueInfoCodec.bytes(info);
        Bytes reply = answers.room(length);
        Frame.encode(
                reply.segment(),
                reply.to,
                length,
                Frame.DESCRIBE,
                0,
                0,
                queue.number(),
                Frame.tag(data, at));
        QueueInfoCodec.encode(info, reply.segment(), reply.to + Frame.HEAD_BYTES);
        reply.to += length;
        return true;
    }

    private boolean ping(MemorySegment data, long at) {
        Status status = queue(data, at).file().ping();
        Bytes reply = begin(data, at, Frame.PONG_BYTES, loop.stopping() ? Frame.SHUTTING_DOWN : 0);
        Frame.u64(reply.segment(), reply.to + Frame.AT_OLDEST, status.oldest());
        Frame.u64(reply.segment(), reply.to + Frame.AT_PING_NEXT, status.next());
        reply.to += Frame.PONG_BYTES;
        return true;
    }

    private boolean list(MemorySegment data, long at) {
        Collection<ServedQueue> queues = loop.queues();
        int from = answers.bytes();
        int length = Frame.HEAD_BYTES + 4;
        answers.room(length).to += length;
        for (ServedQueue queue : queues) {
            QueueInfo info = queue.info(loop.nanos());
            int bytes = QueueInfoCodec.bytes(info);
            Bytes reply = answers.room(bytes);
            QueueInfoCodec.encode(info, reply.segment(), reply.to);
            reply.to += bytes;
            length += bytes;
        }
        Bytes reply = answers.room(0);
        int head = reply.from + from;
        Frame.encode(reply.segment(), head, length, Frame.LIST, 0, 0, 0, Frame.tag(data, at));
        Frame.u32(reply.segment(), head + Frame.HEAD_BYTES, queues.size());
        return true;
    }

    private boolean lastPush(MemorySegment data, long at) {
        Optional<Producer> last = queue(data, at).file().lastPush(producerToken);
        Bytes reply = begin(data, at, Frame.LAST_PUSH_BYTES, 0);
        Frame.u32(reply.segment(), reply.to + Frame.AT_KNOWN, last.isPresent() ? 1 : 0);
        Frame.u32(
                reply.segment(),
                reply.to + Frame.AT_LAST_SEQUENCE,
                last.map(Producer::sequence).orElse(0));
        reply.to += Frame.LAST_PUSH_BYTES;
        return true;
    }

    // ---- changes of queues

    private boolean delete(MemorySegment data, long at, long bytes) {
        return change(data, at, QueueChanges.deletion(meant(data, at, bytes)));
    }

    private boolean rename(MemorySegment data, long at, long bytes) {
        ServedQueue queue = meant(data, at, bytes);
        int nameBytes = (int) bytes - Frame.AT_NAME;
        String name = Frame.text(data, at + Frame.AT_NAME, nameBytes);
        if (name.getBytes(StandardCharsets.UTF_8).length != nameBytes || name.contains("\uFFFD"))
            throw new IllegalArgumentException("the name is not UTF-8");
        return change(data, at, QueueChanges.naming(queue, name));
    }

    /** The queue of this number, if it has the unique id as well. */
    private ServedQueue meant(MemorySegment data, long at, long bytes) {
        if (bytes < Frame.AT_NAME)
            throw new IllegalArgumentException(
                    "a request of %d bytes, %d are needed".formatted(bytes, Frame.AT_NAME));
        ServedQueue queue = queue(data, at);
        if (queue.file().uniqueId().equals(Frame.uniqueId(data, at + Frame.AT_UNIQUE_ID)))
            return queue;
        throw new QueueException.UnknownQueueException(
                "queue %s is another one now, with another unique id: nothing was changed"
                        .formatted(Integer.toUnsignedString(queue.number())));
    }

    private boolean change(MemorySegment data, long at, QueueChanges.Change change) {
        int kind = Frame.kind(data, at);
        int queue = Frame.queue(data, at);
        int tag = Frame.tag(data, at);
        connection.change(change, failure -> changed(kind, queue, tag, failure));
        return true;
    }

    private void changed(int kind, int queue, int tag, @Nullable Throwable failure) {
        Bytes reply = answers.room(ErrorReply.MAX_BYTES);
        if (failure == null) {
            Frame.encode(reply.segment(), reply.to, Frame.HEAD_BYTES, kind, 0, 0, queue, tag);
            reply.to += Frame.HEAD_BYTES;
        } else {
            reply.to += ErrorReply.encode(reply.segment(), reply.to, kind, queue, tag, failure);
        }
        taken();
    }

    private ServedQueue queue(MemorySegment data, long at) {
        int number = Frame.queue(data, at);
        ServedQueue queue = loop.queue(number);
        if (queue != null) return queue;
        throw loop.unknownQueue(number);
    }

    /** The head of a reply to the request that begins here, at the end of the answers. */
    private Bytes begin(MemorySegment data, long at, int bytes, int flags) {
        Bytes reply = answers.room(bytes);
        Frame.encode(
                reply.segment(),
                reply.to,
                bytes,
                Frame.kind(data, at),
                flags,
                0,
                Frame.queue(data, at),
                Frame.tag(data, at));
        return reply;
    }

    private void fail(MemorySegment data, long at, Throwable failure) {
        // A later push must not be kept before the damaged one comes again.
        if (failure instanceof QueueException.ChecksumMismatchException)
            connection.refuse("a push was damaged on the way");
        Bytes reply = answers.room(ErrorReply.MAX_BYTES);
        reply.to +=
                ErrorReply.encode(
                        reply.segment(),
                        reply.to,
                        Frame.kind(data, at),
                        Frame.queue(data, at),
                        Frame.tag(data, at),
                        failure);
    }

    @Override
    void release() {
        answers.release();
    }
}
