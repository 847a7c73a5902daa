package rotera.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import rotera.protocol.Reply;
import rotera.protocol.Request;

/** A plain client: sends bytes, reads replies, fails after ten seconds without one. */
final class Client implements AutoCloseable {
    static final int TIMEOUT_MILLIS = 10_000;

    final Socket socket = new Socket();

    Client(Server server) throws IOException {
        this(server, 0);
    }

    /** With a small receive buffer, to be slow. */
    Client(Server server, int receiveBytes) throws IOException {
        this(server, receiveBytes, "127.0.0.1");
    }

    /** With another address of this machine. */
    static Client from(String address, Server server) throws IOException {
        return new Client(server, 0, address);
    }

    private Client(Server server, int receiveBytes, String address) throws IOException {
        if (receiveBytes > 0) socket.setReceiveBufferSize(receiveBytes);
        socket.bind(new InetSocketAddress(address, 0));
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    }

    record Batch(boolean alive, long firstId, List<String> messages) {}

    Client send(byte[]... parts) throws IOException {
        if (parts.length == 1) {
            socket.getOutputStream().write(parts[0]);
            return this;
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) all.writeBytes(part);
        return send(all.toByteArray());
    }

    static byte[] bytes(Request request) {
        byte[] bytes = new byte[Request.BYTES];
        request.encode(MemorySegment.ofArray(bytes), 0);
        return bytes;
    }

    static byte[] ping(int queue) {
        return bytes(new Request.Ping(queue));
    }

    static byte[] commit(int queue) {
        return bytes(new Request.Commit(queue));
    }

    static byte[] read(int queue, int most, long id) {
        return bytes(new Request.Read(queue, most, id));
    }

    static byte[] stream(int queue, int chunk, long id, long total) {
        return bytes(new Request.Stream(queue, chunk, id, total));
    }

    static byte[] push(int queue, String... messages) {
        byte[][] contents = new byte[messages.length][];
        for (int i = 0; i < messages.length; i++)
            contents[i] = messages[i].getBytes(StandardCharsets.UTF_8);
        return push(queue, contents);
    }

    static byte[] push(int queue, byte[]... messages) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(bytes(new Request.Push(queue, messages.length)));
        for (byte[] message : messages) all.writeBytes(u32(message.length));
        for (byte[] message : messages) all.writeBytes(message);
        return all.toByteArray();
    }

    static byte[] u32(int value) {
        byte[] bytes = new byte[4];
        MemorySegment.ofArray(bytes).set(Request.U32, 0, value);
        return bytes;
    }

    /** Receives the reply to a ping or commit; says the next id. */
    long status() throws IOException {
        MemorySegment reply = receive(Reply.STATUS_BYTES);
        assertThat(reply.get(Request.U64, 0)).isEqualTo(Reply.ALIVE);
        return reply.get(Request.U64, Reply.AT_NEXT);
    }

    Batch batch() throws IOException {
        MemorySegment head = receive(Reply.BATCH_BYTES);
        long status = head.get(Request.U64, Reply.AT_STATUS);
        assertThat(status).isIn(Reply.ALIVE, Reply.SHUTTING_DOWN);
        int count = (int) head.get(Request.U64, Reply.AT_MESSAGES);
        MemorySegment lengths = receive(4 * count);
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] message = receiveBytes(lengths.get(Request.U32, 4L * i));
            messages.add(new String(message, StandardCharsets.UTF_8));
        }
        return new Batch(status == Reply.ALIVE, head.get(Request.U64, Reply.AT_FIRST_ID), messages);
    }

    MemorySegment receive(int count) throws IOException {
        return MemorySegment.ofArray(receiveBytes(count));
    }

    byte[] receiveBytes(int count) throws IOException {
        byte[] bytes = socket.getInputStream().readNBytes(count);
        assertThat(bytes).as("bytes before the end of the connection").hasSize(count);
        return bytes;
    }

    /** Receives everything until the server closes. */
    byte[] rest() throws IOException {
        try {
            return socket.getInputStream().readAllBytes();
        } catch (SocketException e) {
            return new byte[0]; // it closed before it had read everything
        }
    }

    /** Receives so many bytes, or fewer if the server closes before. */
    byte[] rest(int most) throws IOException {
        try {
            return socket.getInputStream().readNBytes(most);
        } catch (SocketException e) {
            return new byte[0];
        }
    }

    /** Ends the connection at once, without the usual goodbye. */
    void vanish() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
