package rotera.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import rotera.protocol.Frame;
import rotera.protocol.Hello;
import rotera.protocol.Request;
import rotera.queue.Batch;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.QueueException;
import rotera.queue.Start;

/**
 * A server whose replies are damaged at random, {@code -Drotera.seeds} times: every call returns or
 * throws a {@link QueueException}, in time and with bounded memory, and no message is handed out
 * that was not stored so.
 */
@Timeout(300)
final class DamagedRepliesPropertyTest {
    private static final int SEEDS = Integer.getInteger("rotera.seeds", 150);
    private static final int FIRST_SEED = Integer.getInteger("rotera.firstSeed", 0);
    private static final int AT_ONCE = 16;
    private static final Duration TIMEOUT = Duration.ofMillis(300);

    /** A read is tried three times; the rest is for busy machines. */
    private static final long MAX_CALL_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Replies of 80 MiB are the largest that are taken; memory may grow by doubling. */
    private static final long MAX_MEMORY_BYTES = 160L << 20;

    private static final long MAX_SEED_SECONDS = 40;

    private final Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();

    @Test
    void everyCallEndsAsItShould() throws Exception {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> uncaught.add(e));
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<?>> runs = new ArrayList<>();
            List<Run> all = new ArrayList<>();
            for (int i = 0; i < SEEDS; i++) {
                Run run = new Run(FIRST_SEED + i);
                all.add(run);
                runs.add(threads.submit(run::run));
            }
            for (int i = 0; i < SEEDS; i++) awaitRun(all.get(i), runs.get(i));
            assertThat(uncaught).isEmpty();
            // The damage is not so bad that nothing is seen of what is asserted.
            assertThat(all.stream().filter(run -> run.messages > 0).count())
                    .isGreaterThan(SEEDS / 4);
            assertThat(all.stream().filter(run -> run.failures > 0).count())
                    .isGreaterThan(SEEDS / 4);
        } finally {
            threads.shutdownNow();
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    private static void awaitRun(Run run, Future<?> outcome) throws InterruptedException {
        try {
            outcome.get(MAX_SEED_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("seed " + run.seed + ", " + run.doing, e.getCause());
        } catch (TimeoutException e) {
            AssertionError hung = new AssertionError("seed " + run.seed + " hangs in " + run.doing);
            Thread thread = run.thread;
            if (thread != null) hung.setStackTrace(thread.getStackTrace());
            throw hung;
        }
    }

    /** What one client does, and what it sees. */
    private static final class Run {
        private final int seed;
        private final Random random;
        private final List<CompletableFuture<Long>> futures = new ArrayList<>();
        private volatile String doing = "nothing";
        private volatile @Nullable Thread thread;
        private int messages;
        private int failures;

        Run(int seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run() {
            thread = Thread.currentThread();
            try (DamagingServer server = new DamagingServer(seed)) {
                ConnectOptions options =
                        ConnectOptions.of("5")
                                .withPort(server.port())
                                .withTimeout(TIMEOUT)
                                .withReconnect(random.nextBoolean());
                call("queues", () -> Rotera.queues("127.0.0.1", server.port(), TIMEOUT));
                List<RemoteQueue> connected = new ArrayList<>();
                for (int i = 0; i < 5 && connected.isEmpty(); i++)
                    call("connect", () -> connected.add(Rotera.connect(options)));
                for (RemoteQueue queue : connected) {
                    use(queue);
                    call("close", queue::close);
                }
                long begin = System.nanoTime();
                for (CompletableFuture<Long> future : futures) awaitEnd(future);
                assertThat(System.nanoTime() - begin).isLessThan(MAX_CALL_NANOS);
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            } finally {
                thread = null;
            }
        }

        private void use(RemoteQueue queue) throws InterruptedException {
            List<MessageStream> streams = new ArrayList<>();
            try (Messages into = new Messages();
                    Batch batch = new Batch()) {
                for (int i = 0; i < 12; i++) {
                    switch (random.nextInt(8)) {
                        case 0, 1 -> {
                            batch.clear().add("pushed").add("x".repeat(random.nextInt(3000)));
                            call("pushAsync", () -> futures.add(queue.pushAsync(batch)));
                        }
                        case 2 -> call("commit", queue::commit);
                        case 3 -> call("ping", queue::ping);
                        case 4 -> call("info", queue::info);
                        case 5 -> {
                            long id = random.nextInt(DamagingServer.STORED + 5);
                            int most = random.nextInt(100);
                            call(
                                    "read",
                                    () -> {
                                        queue.read(id, most, into);
                                        assertThat(into.count()).isLessThanOrEqualTo(most);
                                        check(into, id);
                                    });
                        }
                        default -> follow(queue, streams);
                    }
                    assertThat(into.data().byteSize()).isLessThanOrEqualTo(MAX_MEMORY_BYTES);
                }
            }
            for (MessageStream stream : streams) call("stream.close", stream::close);
        }

        private void follow(RemoteQueue queue, List<MessageStream> streams)
                throws InterruptedException {
            if (streams.isEmpty()) {
                Start start =
                        random.nextBoolean()
                                ? Start.oldest()
                                : Start.id(random.nextInt(DamagingServer.STORED));
                call("stream", () -> streams.add(queue.stream(start, Long.MAX_VALUE)));
            }
            for (MessageStream stream : streams) {
                long from = stream.nextId();
                for (int i = 0; i < 3; i++) {
                    call("stream.poll", () -> check(stream.poll(Duration.ofMillis(50)), from));
                }
                assertThat(((RemoteStream) stream).messages().data().byteSize())
                        .isLessThanOrEqualTo(MAX_MEMORY_BYTES);
            }
        }

        /** Every message is what was stored under its id, one behind the other. */
        private void check(Messages read, long from) {
            long id = read.firstId();
            if (read.count() > 0) assertThat(id).isGreaterThanOrEqualTo(from);
            for (; read.next(); id++) {
                assertThat(read.id()).isEqualTo(id);
                assertThat(id).isBetween(0L, DamagingServer.STORED - 1L);
                assertThat(new String(read.toByteArray(), UTF_8))
                        .isEqualTo(DamagingServer.message((int) id));
                messages++;
            }
            assertThat(id).isEqualTo(read.nextId());
        }

        interface Call {
            void run() throws InterruptedException;
        }

        private void call(String what, Call call) throws InterruptedException {
            doing = what;
            long begin = System.nanoTime();
            try {
                call.run();
            } catch (QueueException e) {
                failures++;
            }
            assertThat(System.nanoTime() - begin).as(what).isLessThan(MAX_CALL_NANOS);
        }

        private void awaitEnd(CompletableFuture<Long> future) throws InterruptedException {
            doing = "waiting for a push";
            try {
                long _ = future.get(MAX_SEED_SECONDS / 2, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                assertThat(e.getCause()).isInstanceOf(QueueException.class);
                failures++;
            } catch (TimeoutException e) {
                throw new AssertionError("a push has no outcome", e);
            }
        }
    }

    /** Keeps some messages, and tells of them not quite as it should. */
    private static final class DamagingServer implements AutoCloseable {
        static final int STORED = 700;
        private static final int RECORD_HEAD_BYTES = 32;

        /** Behind them begin the lengths and messages, which have a checksum. */
        private static final int HEADS_BYTES = Frame.BATCH_HEAD_BYTES + RECORD_HEAD_BYTES;

        /** Where the records begin; behind the last one, where they end. */
        private final List<Integer> firsts = new ArrayList<>();

        private final int seed;
        private final double damages;
        private final ServerSocket listener;
        private final List<Socket> sockets = new CopyOnWriteArrayList<>();
        private final AtomicLong next = new AtomicLong(STORED);

        DamagingServer(int seed) throws IOException {
            this.seed = seed;
            Random random = new Random(seed + 1_000_000_007L);
            damages = 0.4 * random.nextDouble();
            for (int id = 0; id < STORED; id += 1 + random.nextInt(40)) firsts.add(id);
            firsts.add(STORED);
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Thread.ofPlatform().daemon().start(this::accept);
        }

        int port() {
            return listener.getLocalPort();
        }

        static String message(int id) {
            return "message " + id + "x".repeat(id * 31 % 200);
        }

        private void accept() {
            try {
                for (int connections = 0; true; connections++) {
                    Socket socket = listener.accept();
                    sockets.add(socket);
                    Random random = new Random(31L * seed + connections);
                    Thread.ofPlatform().daemon().start(() -> serve(socket, random));
                }
            } catch (IOException e) {
                // closed
            }
        }

        private void serve(Socket socket, Random random) {
            try (socket) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                OutputStream out = socket.getOutputStream();
                in.readFully(new byte[Request.BYTES]);
                byte[] hello = new byte[64];
                int bytes =
                        new Hello.Reply(1, 0, 1 << 26, 77, 1 << 20, 5, "fake")
                                .encode(MemorySegment.ofArray(hello), 0);
                send(Arrays.copyOf(hello, bytes), List.of(), random, out);
                while (true) answer(FakeServer.readFrame(in), random, out);
            } catch (IOException e) {
                // the client went, or this was the damage
            }
        }

        private void answer(byte[] request, Random random, OutputStream out) throws IOException {
            MemorySegment frame = MemorySegment.ofArray(request);
            byte[] description = FakeServer.description(new UUID(1, 2));
            switch (Frame.kind(frame, 0)) {
                case Frame.DESCRIBE -> send(FakeServer.reply(request, description), random, out);
                case Frame.LIST -> {
                    byte[] list = new byte[4 + description.length];
                    list[0] = 1;
                    System.arraycopy(description, 0, list, 4, description.length);
                    send(FakeServer.reply(request, list), random, out);
                }
                case Frame.PING -> send(FakeServer.reply(request, 0, next.get()), random, out);
                case Frame.PUSH -> {
                    int count = Frame.u32(frame, Frame.AT_PUSH_MESSAGES);
                    send(FakeServer.reply(request, next.getAndAdd(count), 0), random, out);
                }
                case Frame.COMMIT -> send(FakeServer.reply(request, next.get()), random, out);
                case Frame.LAST_PUSH -> send(FakeServer.reply(request, 0), random, out);
                case Frame.READ ->
                        sendRecords(request, Frame.u64(frame, Frame.AT_START), random, out);
                case Frame.STREAM -> {
                    boolean oldest = (Frame.flags(frame, 0) & Frame.FROM_MASK) != Frame.FROM_ID;
                    long id = oldest ? 0 : Frame.u64(frame, Frame.AT_START);
                    send(FakeServer.reply(request, 0, STORED, id, 0), random, out);
                    while (id < STORED) id = sendRecords(request, id, random, out);
                }
                default -> throw new IOException("kind " + Frame.kind(frame, 0));
            }
        }

        /** Sends some records from the one on that a message is in; returns where to go on. */
        private long sendRecords(byte[] request, long from, Random random, OutputStream out)
                throws IOException {
            ByteBuffer body = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
            body.putLong(0).putLong(STORED).putLong(from).putLong(0);
            List<Integer> heads = new ArrayList<>();
            int records = 1 + random.nextInt(4);
            long end = from;
            for (int i = 0; i < firsts.size() - 1 && records > 0; i++) {
                if (firsts.get(i + 1) <= from) continue;
                heads.add(Frame.HEAD_BYTES + body.position());
                record(firsts.get(i), firsts.get(i + 1), body);
                end = firsts.get(i + 1);
                records--;
            }
            send(
                    FakeServer.reply(request, Arrays.copyOf(body.array(), body.position())),
                    heads,
                    random,
                    out);
            return end;
        }

        private static void record(int first, int end, ByteBuffer target) {
            int head = target.position();
            int body = head + RECORD_HEAD_BYTES;
            target.position(body);
            for (int id = first; id < end; id++) target.putInt(message(id).length());
            for (int id = first; id < end; id++) target.put(message(id).getBytes(UTF_8));
            CRC32C crc = new CRC32C();
            crc.update(target.duplicate().flip().position(body));
            target.putLong(head, first)
                    .putLong(head + 8, 1000)
                    .putInt(head + 16, end - first)
                    .putInt(head + 20, target.position() - body)
                    .putInt(head + 24, (int) crc.getValue())
                    .putInt(head + 28, 0);
        }

        private void send(byte[] frame, Random random, OutputStream out) throws IOException {
            send(frame, List.of(), random, out);
        }

        private void send(byte[] frame, List<Integer> recordHeads, Random random, OutputStream out)
                throws IOException {
            if (random.nextDouble() >= damages) {
                out.write(frame);
                return;
            }
            switch (random.nextInt(12)) {
                case 0 -> {} // lost
                case 1 -> {
                    out.write(frame);
                    out.write(frame);
                }
                case 2 -> {
                    byte[] garbage = new byte[1 + random.nextInt(100)];
                    random.nextBytes(garbage);
                    out.write(garbage);
                    out.write(frame);
                }
                case 3 -> out.write(frame, 0, random.nextInt(frame.length));
                case 4 -> {
                    out.write(frame, 0, random.nextInt(frame.length));
                    throw new IOException("closed early");
                }
                case 5 -> { // another length
                    ByteBuffer.wrap(frame)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putInt(0, random.nextInt() >>> random.nextInt(32));
                    out.write(frame);
                }
                case 6 -> { // anywhere
                    flip(random.nextInt(frame.length), frame, recordHeads, random);
                    out.write(frame);
                }
                default -> {
                    int flips = 1 + random.nextInt(3);
                    for (int i = 0; i < flips; i++)
                        flip(
                                random.nextInt(Math.min(frame.length, HEADS_BYTES)),
                                frame,
                                recordHeads,
                                random);
                    out.write(frame);
                }
            }
        }

        /** No checksum is made of the ids, times and flags of records: these stay as they are. */
        private static void flip(int at, byte[] frame, List<Integer> recordHeads, Random random) {
            for (int head : recordHeads) {
                if (at >= head && at < head + 16) return;
                if (at >= head + 28 && at < head + RECORD_HEAD_BYTES) return;
            }
            frame[at] ^= (byte) (1 << random.nextInt(8));
        }

        @Override
        public void close() throws IOException {
            listener.close();
            for (Socket socket : sockets) socket.close();
        }
    }
}
