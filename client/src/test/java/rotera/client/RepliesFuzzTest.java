package rotera.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import rotera.protocol.Frame;
import rotera.protocol.Hello;
import rotera.protocol.Request;
import rotera.queue.Batch;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.QueueException;
import rotera.queue.Start;

/**
 * Bytes of a server: every call of a client returns or throws a {@link QueueException}, at once and
 * with bounded memory.
 */
class RepliesFuzzTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final long MAX_CALL_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long MAX_MEMORY_BYTES = 160L << 20;
    private static final int CALLS = 4;
    private static final int PATIENCE_MILLIS = 30;

    private static ServerSocket listener;
    private static volatile byte[] input = new byte[0];

    /** What ended a thread of the client. */
    private static final Queue<Throwable> UNCAUGHT = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void listen() throws IOException {
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> UNCAUGHT.add(e));
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(RepliesFuzzTest::serve);
    }

    @AfterAll
    static void close() throws IOException {
        listener.close();
        Thread.setDefaultUncaughtExceptionHandler(null);
    }

    /**
     * The first byte: bit 0 says that the replies to hello and describe are in the input as well,
     * bit 1 makes the head of each reply fit its request, bit 2 makes the checksums of records fit,
     * bit 3 asks for a list of queues only. Four calls, then replies: u16 length, bytes.
     */
    @FuzzTest
    void replies(byte[] bytes) throws Exception {
        if (bytes.length < 1 + CALLS) return;
        input = bytes;
        if ((bytes[0] & 8) != 0) {
            call(() -> Rotera.queues("127.0.0.1", listener.getLocalPort(), TIMEOUT));
            return;
        }
        List<RemoteQueue> connected = new ArrayList<>();
        call(() ->
                connected.add(
                        Rotera.connect(
                                ConnectOptions.of("5")
                                        .withPort(listener.getLocalPort())
                                        .withTimeout(TIMEOUT)
                                        .withReconnect(false))));
        for (RemoteQueue queue : connected) {
            for (int i = 1; i <= CALLS; i++) use(queue, bytes[i]);
            call(queue::close);
        }
    }

    private interface Call {
        void run() throws Exception;
    }

    private static void call(Call call) throws Exception {
        long begin = System.nanoTime();
        try {
            call.run();
        } catch (QueueException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
        assertThat(System.nanoTime() - begin).isLessThan(MAX_CALL_NANOS);
        assertThat(UNCAUGHT).isEmpty();
    }

    private static void use(RemoteQueue queue, int which) throws Exception {
        try (Messages into = new Messages();
                Batch batch = new Batch().add("pushed").add("")) {
            switch (which & 7) {
                case 0 -> call(() -> queue.push(batch));
                case 1 -> call(queue::commit);
                case 2 -> call(queue::ping);
                case 3 -> call(queue::info);
                case 4, 5 ->
                        call(() -> {
                            long id = (which >> 3) & 15;
                            queue.read(id, 10, into);
                            check(into, id, 10);
                        });
                default -> call(() -> follow(queue));
            }
            assertThat(into.data().byteSize()).isLessThanOrEqualTo(MAX_MEMORY_BYTES);
        }
    }

    private static void follow(RemoteQueue queue) throws InterruptedException {
        try (MessageStream stream = queue.stream(Start.oldest(), 100)) {
            for (int i = 0; i < 3 && !stream.isEnded(); i++) {
                long from = stream.nextId();
                check(stream.poll(Duration.ofMillis(20)), from, 100);
            }
        }
    }

    private static void check(Messages read, long from, int most) {
        assertThat(read.count()).isBetween(0, most);
        long id = read.firstId();
        if (read.count() > 0) assertThat(id).isGreaterThanOrEqualTo(from);
        while (read.next()) {
            assertThat(read.id()).isEqualTo(id++);
            read.toByteArray();
            read.envelope();
        }
        assertThat(id).isEqualTo(read.nextId());
    }

    // ---- the server

    private static void serve() {
        while (true) {
            try (Socket socket = listener.accept()) {
                socket.setTcpNoDelay(true);
                answer(socket, input);
            } catch (IOException e) {
                if (listener.isClosed()) return;
            }
        }
    }

    private static void answer(Socket socket, byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream();
        in.readFully(new byte[Request.BYTES]);
        if ((bytes[0] & 1) == 0) {
            byte[] hello = new byte[64];
            int length =
                    new Hello.Reply(1, 0, 1 << 26, 77, 1 << 20, 5, "fake")
                            .encode(MemorySegment.ofArray(hello), 0);
            out.write(hello, 0, length);
            if ((bytes[0] & 8) == 0)
                out.write(
                        FakeServer.reply(
                                FakeServer.readFrame(in), FakeServer.description(new UUID(1, 2))));
        }
        // A reply that is not whole keeps both waiting: then the server goes.
        socket.setSoTimeout(PATIENCE_MILLIS);
        for (int at = 1 + CALLS; at + 2 <= bytes.length; ) {
            int length = (bytes[at] & 0xff) | ((bytes[at + 1] & 0xff) << 8);
            length = Math.min(length, bytes.length - at - 2);
            byte[] reply = Arrays.copyOfRange(bytes, at + 2, at + 2 + length);
            if ((bytes[0] & 1) == 0) fit(reply, FakeServer.readFrame(in), bytes[0]);
            out.write(reply);
            at += 2 + length;
        }
        // What the client still sends would make the end of the connection a reset.
        socket.shutdownOutput();
        in.skipNBytes(Long.MAX_VALUE);
    }

    private static void fit(byte[] reply, byte[] request, int how) {
        if (reply.length < Frame.HEAD_BYTES) return;
        MemorySegment frame = MemorySegment.ofArray(reply);
        MemorySegment asked = MemorySegment.ofArray(request);
        if ((how & 2) != 0)
            Frame.encode(
                    frame,
                    0,
                    reply.length,
                    Frame.kind(asked, 0),
                    Frame.flags(frame, 0),
                    Frame.code(frame, 0) & 15,
                    Frame.queue(asked, 0),
                    Frame.tag(asked, 0));
        if ((how & 4) != 0) fixChecksums(reply);
    }

    private static void fixChecksums(byte[] reply) {
        MemorySegment all = MemorySegment.ofArray(reply);
        for (int at = Frame.BATCH_HEAD_BYTES; at + 32 <= reply.length; ) {
            int bytes = Frame.u32(all, at + 20);
            if (bytes < 0 || bytes > reply.length - at - 32) return;
            CRC32C crc = new CRC32C();
            crc.update(reply, at + 32, bytes);
            Frame.u32(all, at + 24, (int) crc.getValue());
            at += 32 + bytes;
        }
    }
}
