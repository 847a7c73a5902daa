package rotera.client;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import rotera.protocol.ErrorReply;
import rotera.protocol.Frame;
import rotera.protocol.Hello;
import rotera.protocol.QueueInfo;
import rotera.protocol.QueueInfoCodec;
import rotera.protocol.Request;
import rotera.queue.QueueException;

/** The first words on a connection, one after the other. */
final class Handshake {
    /** More queues than this takes are no list that a person reads. */
    private static final int MAX_LIST_BYTES = 16 << 20;

    private final Connection connection;
    private final long deadline;

    Handshake(Connection connection, long deadline) {
        this.connection = connection;
        this.deadline = deadline;
    }

    /** Says hello and asks for a description of the queue, in one segment. */
    Introduction introduce(long producerToken, String queue) throws IOException {
        boolean byNumber = isNumber(queue);
        byte[] name = byNumber ? new byte[0] : queue.getBytes(StandardCharsets.UTF_8);
        int describeBytes = Frame.HEAD_BYTES + name.length;
        ByteBuffer request = ByteBuffer.allocate(Request.BYTES + describeBytes);
        MemorySegment segment = MemorySegment.ofBuffer(request);
        Hello.of(producerToken).encode(segment, 0);
        Frame.encode(
                segment,
                Request.BYTES,
                describeBytes,
                Frame.DESCRIBE,
                byNumber ? 0 : Frame.BY_NAME,
                0,
                byNumber ? number(queue) : 0,
                0);
        request.put(Request.BYTES + Frame.HEAD_BYTES, name);
        connection.send(request, deadline);
        Hello.Reply hello = hello();
        receive(Frame.DESCRIBE);
        ReceiveBuffer in = connection.received();
        int bytes = (int) in.frameBytes();
        QueueInfo info = in.description(bytes);
        in.take(bytes);
        return new Introduction(hello, info);
    }

    record Introduction(Hello.Reply hello, QueueInfo info) {}

    private Hello.Reply hello() throws IOException {
        receive(Frame.HELLO);
        ReceiveBuffer in = connection.received();
        int bytes = (int) in.frameBytes();
        try {
            Hello.Reply reply = Hello.Reply.decode(in.segment(), in.at(), bytes);
            in.take(bytes);
            if (reply.version() != Hello.VERSION)
                throw new MalformedReply("a hello of version " + reply.version());
            return reply;
        } catch (IllegalArgumentException e) {
            throw new MalformedReply(String.valueOf(e.getMessage()));
        }
    }

    /** Sequence of the last message that the server knows of this producer, if any. */
    OptionalInt lastPush(int queue) throws IOException {
        request(Frame.LAST_PUSH, queue);
        receive(Frame.LAST_PUSH);
        ReceiveBuffer in = connection.received();
        int bytes = (int) in.frameBytes();
        if (bytes < Frame.LAST_PUSH_BYTES)
            throw new MalformedReply("a last push of " + bytes + " bytes");
        boolean known = Frame.u32(in.segment(), in.at() + Frame.AT_KNOWN) == 1;
        int sequence = Frame.u32(in.segment(), in.at() + Frame.AT_LAST_SEQUENCE);
        in.take(bytes);
        return known ? OptionalInt.of(sequence) : OptionalInt.empty();
    }

    /** Says hello and asks for all queues. */
    List<QueueInfo> list() throws IOException {
        ByteBuffer request = ByteBuffer.allocate(Request.BYTES);
        Hello.of(0).encode(MemorySegment.ofBuffer(request), 0);
        connection.send(request, deadline);
        Hello.Reply _ = hello();
        request(Frame.LIST, 0);
        ReceiveBuffer in = connection.received();
        while (!in.hasHead()) connection.receiveMore(deadline);
        if (Frame.code(in.segment(), in.at()) != 0) receive(Frame.LIST);
        long bytes = in.frameBytes();
        if (bytes < Frame.HEAD_BYTES + 4 || bytes > MAX_LIST_BYTES)
            throw new MalformedReply("a list of " + bytes + " bytes");
        MemorySegment list = MemorySegment.ofArray(new byte[(int) bytes]);
        in.startBody(list, (int) bytes);
        while (in.inBody()) connection.receiveMore(deadline);
        int count = Frame.u32(list, Frame.HEAD_BYTES);
        List<QueueInfo> queues = new ArrayList<>();
        try {
            long at = Frame.HEAD_BYTES + 4;
            for (int i = 0; i < count; i++) {
                queues.add(QueueInfoCodec.decode(list, at, bytes));
                at += QueueInfoCodec.bytes(list, at, bytes);
            }
        } catch (IllegalArgumentException e) {
            throw new MalformedReply("a list of " + count + " queues that is cut short");
        }
        return queues;
    }

    /**
     * Has the queue that was introduced changed.
     *
     * @param kind to delete or rename it
     * @param name the new one, or empty
     */
    void change(int kind, Introduction queue, String name) throws IOException {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        int bytes = Frame.AT_NAME + text.length;
        ByteBuffer request = ByteBuffer.allocate(bytes);
        MemorySegment segment = MemorySegment.ofBuffer(request);
        Frame.encode(segment, 0, bytes, kind, 0, 0, (int) queue.info.number(), 0);
        Frame.uniqueId(segment, Frame.AT_UNIQUE_ID, queue.info.file().uniqueId());
        request.put(Frame.AT_NAME, text);
        connection.send(request, deadline);
        receive(kind);
        ReceiveBuffer in = connection.received();
        in.take((int) in.frameBytes());
    }

    private void request(int kind, int queue) throws IOException {
        ByteBuffer request = ByteBuffer.allocate(Frame.HEAD_BYTES);
        MemorySegment segment = MemorySegment.ofBuffer(request);
        Frame.encode(segment, 0, Frame.HEAD_BYTES, kind, 0, 0, queue, 0);
        connection.send(request, deadline);
    }

    private void receive(int kind) throws IOException {
        connection.receiveFrame(deadline);
        ReceiveBuffer in = connection.received();
        MemorySegment segment = in.segment();
        if (Frame.kind(segment, in.at()) != kind)
            throw new MalformedReply(
                    "a reply of kind " + Frame.kind(segment, in.at()) + " instead of " + kind);
        if (Frame.code(segment, in.at()) != 0) {
            QueueException error = ErrorReply.decode(segment, in.at(), (int) in.frameBytes());
            in.take((int) in.frameBytes());
            throw error;
        }
        if (Frame.tag(segment, in.at()) != 0)
            throw new MalformedReply("a tag that nobody has asked for");
    }

    /** All digits are a number. */
    static boolean isNumber(String queue) {
        return !queue.isEmpty() && queue.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static int number(String queue) {
        try {
            return Integer.parseUnsignedInt(queue);
        } catch (NumberFormatException e) {
            throw new QueueException.UnknownQueueException(
                    "queue " + queue + " is not within 0 and 4294967295");
        }
    }
}
