package rotera.benchmark;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import rotera.protocol.Reply;
import rotera.protocol.Request;

/** Speaks the original protocol, in which one connection is for all queues. */
final class OriginalConnection implements AutoCloseable {
    private final SocketChannel channel;

    OriginalConnection(int port) throws IOException {
        channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** Pushes one message and waits for its commit. */
    void commitOne(int queue, byte[] message) throws IOException {
        int head = Request.BYTES + Request.LENGTH_BYTES;
        byte[] bytes = new byte[head + message.length + Request.BYTES];
        MemorySegment segment = MemorySegment.ofArray(bytes);
        new Request.Push(queue, 1).encode(segment, 0);
        segment.set(Request.U32, Request.BYTES, message.length);
        System.arraycopy(message, 0, bytes, head, message.length);
        new Request.Commit(queue).encode(segment, head + message.length);
        send(bytes);
        ByteBuffer reply = ByteBuffer.allocate(Reply.STATUS_BYTES);
        while (reply.hasRemaining()) {
            if (channel.read(reply) < 0) throw new EOFException("the server closed the connection");
        }
    }

    /** Begins to follow a queue from an id that it will not reach. */
    void waitForNothing(int queue) throws IOException {
        byte[] bytes = new byte[Request.BYTES];
        new Request.Stream(queue, 64, 1L << 62, 1).encode(MemorySegment.ofArray(bytes), 0);
        send(bytes);
    }

    private void send(byte[] bytes) throws IOException {
        for (ByteBuffer left = ByteBuffer.wrap(bytes); left.hasRemaining(); ) channel.write(left);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
