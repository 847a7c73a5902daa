package rotera.client;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import rotera.protocol.ErrorReply;
import rotera.protocol.Frame;
import rotera.protocol.Hello;
import rotera.protocol.QueueInfo;
import rotera.protocol.QueueInfoCodec;
import rotera.protocol.Request;
import rotera.queue.RotFileInfo;

/**
 * A server that takes pushes and commits and keeps nothing, unless the test has it answer in
 * another way.
 */
final class FakeServer implements AutoCloseable {
    /** Answers a request; false to let the server answer as usual. */
    interface Answers {
        boolean answer(byte[] request, OutputStream out) throws Exception;
    }

    private final ServerSocket listener;
    private final Thread acceptor;
    private final Answers answers;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    final AtomicInteger connections = new AtomicInteger();
    final AtomicInteger pushes = new AtomicInteger();
    volatile UUID uniqueId = new UUID(1, 2);
    private final AtomicLong next = new AtomicLong();

    FakeServer(Answers answers) throws IOException {
        this.answers = answers;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        acceptor = Thread.ofPlatform().daemon().start(this::accept);
    }

    ConnectOptions options() {
        return ConnectOptions.of("5")
                .withPort(listener.getLocalPort())
                .withTimeout(Duration.ofSeconds(20));
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                connections.incrementAndGet();
                Thread.ofPlatform().daemon().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            in.readNBytes(Request.BYTES);
            byte[] hello = new byte[64];
            int bytes =
                    new Hello.Reply(1, 0, 1 << 26, 77, 1 << 20, 5, "fake")
                            .encode(MemorySegment.ofArray(hello), 0);
            out.write(Arrays.copyOf(hello, bytes));
            while (true) {
                byte[] request = readFrame(in);
                if (!answers.answer(request, out)) usual(request, out);
            }
        } catch (EOFException | java.net.SocketException e) {
            // the client went
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    static byte[] readFrame(DataInputStream in) throws IOException {
        byte[] head = new byte[Frame.HEAD_BYTES];
        in.readFully(head);
        byte[] frame = Arrays.copyOf(head, (int) Frame.bytes(MemorySegment.ofArray(head), 0));
        in.readFully(frame, head.length, frame.length - head.length);
        return frame;
    }

    /** What a server would answer. */
    void usual(byte[] request, OutputStream out) throws IOException {
        MemorySegment frame = MemorySegment.ofArray(request);
        switch (Frame.kind(frame, 0)) {
            case Frame.DESCRIBE -> out.write(reply(request, description(uniqueId)));
            case Frame.PING -> out.write(reply(request, 0, next.get()));
            case Frame.PUSH -> {
                pushes.incrementAndGet();
                int count = Frame.u32(frame, Frame.AT_PUSH_MESSAGES);
                out.write(reply(request, next.getAndAdd(count), 0));
            }
            case Frame.COMMIT -> out.write(reply(request, next.get()));
            case Frame.LAST_PUSH -> out.write(reply(request, 0));
            default -> throw new IOException("kind " + Frame.kind(frame, 0));
        }
    }

    static byte[] description(UUID uniqueId) {
        // Whatever is sent to a stream was committed.
        RotFileInfo.Place place = new RotFileInfo.Place(1L << 40, 0);
        QueueInfo info =
                new QueueInfo(
                        5,
                        new RotFileInfo(
                                "",
                                uniqueId,
                                uniqueId,
                                Instant.EPOCH,
                                1 << 30,
                                0,
                                1 << 30,
                                0,
                                1 << 18,
                                64 << 20,
                                (64 << 20) + 4,
                                0,
                                1,
                                place,
                                place,
                                place,
                                place,
                                Optional.empty(),
                                Optional.empty()),
                        0,
                        0,
                        0,
                        0,
                        0,
                        Optional.empty());
        byte[] bytes = new byte[QueueInfoCodec.bytes(info)];
        QueueInfoCodec.encode(info, MemorySegment.ofArray(bytes), 0);
        return bytes;
    }

    /** A reply with these numbers of eight bytes. */
    static byte[] reply(byte[] request, long... numbers) {
        byte[] body = new byte[8 * numbers.length];
        for (int i = 0; i < numbers.length; i++)
            Frame.u64(MemorySegment.ofArray(body), 8L * i, numbers[i]);
        return reply(request, body);
    }

    static byte[] reply(byte[] request, byte[] body) {
        MemorySegment asked = MemorySegment.ofArray(request);
        byte[] reply = new byte[Frame.HEAD_BYTES + body.length];
        Frame.encode(
                MemorySegment.ofArray(reply),
                0,
                reply.length,
                Frame.kind(asked, 0),
                0,
                0,
                Frame.queue(asked, 0),
                Frame.tag(asked, 0));
        System.arraycopy(body, 0, reply, Frame.HEAD_BYTES, body.length);
        return reply;
    }

    static byte[] error(byte[] request, int code, long a, long b, long c) {
        MemorySegment asked = MemorySegment.ofArray(request);
        byte[] reply = new byte[ErrorReply.MAX_BYTES];
        int bytes =
                ErrorReply.encode(
                        MemorySegment.ofArray(reply),
                        0,
                        Frame.kind(asked, 0),
                        Frame.queue(asked, 0),
                        Frame.tag(asked, 0),
                        code,
                        a,
                        b,
                        c,
                        "text of " + code);
        return Arrays.copyOf(reply, bytes);
    }

    static int kind(byte[] request) {
        return Frame.kind(MemorySegment.ofArray(request), 0);
    }

    /** Cuts all connections. */
    void cut() throws IOException {
        for (Socket socket : sockets) socket.close();
        sockets.clear();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        try {
            acceptor.join(); // as long as it is in accept, the kernel takes connections
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        cut();
    }
}
