package rotera.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import rotera.protocol.ErrorReply;
import rotera.protocol.Frame;
import rotera.protocol.Hello;
import rotera.protocol.Request;
import rotera.queue.Batch;
import rotera.queue.Messages;
import rotera.queue.QueueException;

/** A plain client of the own protocol. */
final class OwnClient implements AutoCloseable {
    static final long TOKEN = 77;

    final Client client;
    final Hello.Reply hello;

    OwnClient(Server server) throws IOException {
        this(server, TOKEN);
    }

    OwnClient(Server server, long token) throws IOException {
        client = new Client(server);
        client.send(hello(Hello.of(token)));
        Reply reply = reply();
        hello = Hello.Reply.decode(reply.frame, 0, (int) reply.frame.byteSize());
    }

    /** A frame that came. */
    record Reply(MemorySegment frame) {
        int kind() {
            return Frame.kind(frame, 0);
        }

        int code() {
            return Frame.code(frame, 0);
        }

        int tag() {
            return Frame.tag(frame, 0);
        }

        int flags() {
            return Frame.flags(frame, 0);
        }

        long u64(int at) {
            return Frame.u64(frame, at);
        }

        QueueException error() {
            assertThat(code()).isNotZero();
            return ErrorReply.decode(frame, 0, (int) frame.byteSize());
        }

        Reply ok() {
            if (code() != 0) throw error();
            return this;
        }

        /** The messages of a read or stream, from an id on. */
        List<String> texts() {
            ok();
            List<String> texts = new ArrayList<>();
            try (Messages messages = new Messages()) {
                long bytes = frame.byteSize() - Frame.BATCH_HEAD_BYTES;
                MemorySegment.copy(
                        frame, Frame.BATCH_HEAD_BYTES, messages.receive(bytes), 0, bytes);
                messages.takeRecords(this, bytes, u64(Frame.AT_BATCH_FIRST), Integer.MAX_VALUE, 0);
                while (messages.next())
                    texts.add(new String(messages.toByteArray(), StandardCharsets.UTF_8));
            }
            return texts;
        }
    }

    static byte[] hello(Hello hello) {
        byte[] bytes = new byte[Request.BYTES];
        hello.encode(MemorySegment.ofArray(bytes), 0);
        return bytes;
    }

    static byte[] frame(int kind, int flags, int queue, int tag, byte[] rest) {
        byte[] bytes = new byte[Frame.HEAD_BYTES + rest.length];
        Frame.encode(MemorySegment.ofArray(bytes), 0, bytes.length, kind, flags, 0, queue, tag);
        System.arraycopy(rest, 0, bytes, Frame.HEAD_BYTES, rest.length);
        return bytes;
    }

    static byte[] push(int queue, int tag, String... messages) {
        return push(queue, tag, -1, messages);
    }

    /** With a sequence if that is not negative. */
    static byte[] push(int queue, int tag, int sequence, String... messages) {
        try (Batch batch = new Batch()) {
            for (String message : messages) batch.add(message);
            byte[] bytes = new byte[Frame.PUSH_HEAD_BYTES + (int) batch.bytes()];
            MemorySegment frame = MemorySegment.ofArray(bytes);
            int flags = sequence < 0 ? 0 : Frame.NUMBERED;
            Frame.encode(frame, 0, bytes.length, Frame.PUSH, flags, 0, queue, tag);
            Frame.u32(frame, Frame.AT_PUSH_MESSAGES, messages.length);
            Frame.u32(frame, Frame.AT_PUSH_SEQUENCE, Math.max(0, sequence));
            Frame.u32(frame, Frame.AT_PUSH_CHECKSUM, batch.checksum());
            batch.pack(
                    frame,
                    Frame.PUSH_HEAD_BYTES,
                    frame,
                    Frame.PUSH_HEAD_BYTES + 4L * messages.length);
            return bytes;
        }
    }

    static byte[] commit(int queue, int tag) {
        return frame(Frame.COMMIT, 0, queue, tag, new byte[0]);
    }

    static byte[] ping(int queue, int tag) {
        return frame(Frame.PING, 0, queue, tag, new byte[0]);
    }

    static byte[] read(int queue, int tag, int from, long start, int most) {
        return frame(Frame.READ, from, queue, tag, two(start, most));
    }

    static byte[] stream(int queue, int tag, int from, long start, long total) {
        return frame(Frame.STREAM, from, queue, tag, two(start, total));
    }

    private static byte[] two(long first, long second) {
        byte[] bytes = new byte[16];
        Frame.u64(MemorySegment.ofArray(bytes), 0, first);
        Frame.u64(MemorySegment.ofArray(bytes), 8, second);
        return bytes;
    }

    OwnClient send(byte[]... parts) throws IOException {
        client.send(parts);
        return this;
    }

    Reply reply() throws IOException {
        byte[] head = client.receiveBytes(Frame.HEAD_BYTES);
        int bytes = (int) Frame.bytes(MemorySegment.ofArray(head), 0);
        assertThat(bytes).isBetween(Frame.HEAD_BYTES, 128 << 20);
        byte[] all = new byte[bytes];
        System.arraycopy(head, 0, all, 0, head.length);
        byte[] rest = client.receiveBytes(bytes - head.length);
        System.arraycopy(rest, 0, all, head.length, rest.length);
        return new Reply(MemorySegment.ofArray(all));
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
