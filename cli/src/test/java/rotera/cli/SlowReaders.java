package rotera.cli;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import rotera.cli.Program.ServerProcess;
import rotera.protocol.Request;

/**
 * Clients of both ports that ask for all that they may and take nothing, or stop in the middle of a
 * large push.
 */
final class SlowReaders implements AutoCloseable {
    private static final int QUEUE = 1;
    private static final int ASKED_BYTES = 16 << 20;
    private static final int PUSH_BYTES = 12 << 20;

    private final List<Socket> sockets = new ArrayList<>();

    /** So many more of each kind, as far as the server lets them in. */
    void begin(ServerProcess server, int ofEachKind) throws IOException {
        for (int i = 0; i < ofEachKind; i++) {
            add(server.port(), read(), read());
            add(server.port(), stream());
            add(server.port(), halfOfAPush());
            byte[] fetch = KafkaWire.fetch(String.valueOf(QUEUE), 0, ASKED_BYTES);
            add(server.kafkaPort(), fetch, fetch);
        }
    }

    /** Fills the queue with so many messages of a mebibyte. */
    static void fill(ServerProcess server, int messages) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            for (int i = 0; i < messages; i++) {
                socket.getOutputStream().write(encoded(new Request.Push(QUEUE, 1)));
                socket.getOutputStream().write(new byte[] {0, 0, 16, 0});
                socket.getOutputStream().write(new byte[1 << 20]);
            }
            ask(socket, encoded(new Request.Commit(QUEUE)));
        }
    }

    /** Whether another client of each port is answered, and how fast in milliseconds. */
    static long witnessMillis(ServerProcess server) throws IOException {
        long begin = System.nanoTime();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            ask(socket, encoded(new Request.Ping(QUEUE)));
        }
        return (System.nanoTime() - begin) / 1_000_000;
    }

    private static void ask(Socket socket, byte[] request) throws IOException {
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write(request);
        InputStream input = socket.getInputStream();
        if (input.read() < 0) throw new IOException("the server closed the connection");
    }

    private void add(int port, byte[]... requests) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        for (byte[] request : requests) socket.getOutputStream().write(request);
                    } catch (IOException e) {
                        // The server has closed it.
                    }
                });
    }

    private static byte[] read() {
        return encoded(new Request.Read(QUEUE, 1_000_000, 0));
    }

    private static byte[] stream() {
        return encoded(new Request.Stream(QUEUE, 1_000_000, 0, Long.MAX_VALUE));
    }

    private static byte[] halfOfAPush() {
        byte[] request = new byte[Request.BYTES + 4 + PUSH_BYTES / 2];
        MemorySegment target = MemorySegment.ofArray(request);
        new Request.Push(QUEUE, 1).encode(target, 0);
        target.set(Request.U32, Request.BYTES, PUSH_BYTES);
        return request;
    }

    private static byte[] encoded(Request request) {
        byte[] bytes = new byte[Request.BYTES];
        request.encode(MemorySegment.ofArray(bytes), 0);
        return bytes;
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) socket.close();
    }
}
