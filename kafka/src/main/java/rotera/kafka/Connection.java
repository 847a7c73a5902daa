package rotera.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import rotera.server.ConnectionLimit;
import rotera.server.Log;

/**
 * One client, on a thread of its own: requests are answered one after the other, so answers have
 * their order. Pushes that have come together are committed together, before the first of them is
 * answered. A slow client holds up this thread only.
 */
final class Connection implements Caller, ConnectionLimit.Peer, Runnable {
    /** Pushes that may wait for their commit together. */
    private static final int MOST_PUSHES = 32;

    /** What requests may take of the heap without being counted, and in which steps it is. */
    private static final int FREE_HEAP_BYTES = 4 << 10;

    private static final int HEAP_STEP_BYTES = 16 << 10;

    /** How long the memory of a busy client is kept for it. */
    private static final long BUSY_NANOS = 1_000_000_000;

    /** Answers are sent in pieces, so that it is seen how they go. */
    private static final int PIECE_BYTES = 256 << 10;

    private final Shared shared;
    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final InetSocketAddress remote;
    private final InetSocketAddress local;

    private final Incoming incoming;
    private final Bytes output;
    private final Workspace workspace;
    private final Producing producing;
    private volatile boolean stopping;
    private volatile boolean leaving;
    private volatile boolean asked;
    private volatile long movedNanos = System.nanoTime();

    /** What the objects of requests take, until they are answered. */
    private long heapBytes;

    private long heapTaken;

    /**
     * What all connections have in common.
     *
     * @param advertised what clients are told to connect to, if that was said
     * @param memory for requests and answers
     * @param heap for the objects that requests are made of
     */
    record Shared(
            Dispatch dispatch,
            Topics topics,
            TopicSettings settings,
            Optional<InetSocketAddress> advertised,
            Limits limits,
            Budget memory,
            Budget heap,
            Log log) {}

    Connection(Shared shared, SocketChannel channel) throws IOException {
        this.shared = shared;
        this.channel = channel;
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        remote = (InetSocketAddress) channel.getRemoteAddress();
        local = shared.advertised.orElse((InetSocketAddress) channel.getLocalAddress());
        selector = Selector.open();
        key = channel.register(selector, 0);
        incoming = new Incoming(shared.limits, shared.memory);
        output = new Bytes(Limits.SMALL_BYTES, shared.memory);
        workspace = new Workspace(shared.memory);
        producing = new Producing(shared.topics, shared.settings, workspace, shared.log);
    }

    @Override
    public void run() {
        try {
            serve();
        } catch (IOException | ClientGone e) {
            // Clients come and go.
        } catch (MalformedRequest e) {
            shared.log.warn("closing the connection of " + remote + ": " + e.getMessage());
            answerPushes();
        } catch (MemoryShort e) {
            shared.log.warn("closing the connection of " + remote + ": " + e.getMessage());
        } catch (RuntimeException | OutOfMemoryError e) {
            shared.log.warn("closing the connection of " + remote + ": " + e, e);
        } finally {
            close();
        }
    }

    /** Lets the thread end after what it is doing. From any thread. */
    void stop() {
        stopping = true;
        wake();
    }

    /** Gives its place to another client. From any thread. */
    void leave(String reason) {
        if (leaving) return;
        leaving = true;
        shared.log.warn("closing the connection of " + remote + ": " + reason);
        stop();
    }

    boolean isLeaving() {
        return leaving;
    }

    private void serve() throws IOException {
        while (true) {
            ByteBuffer request = incoming.next();
            if (request != null) {
                handle(request);
                continue;
            }
            settle();
            boolean isShort = shared.memory.isShort();
            incoming.rest(isShort);
            output.length(0);
            output.shrink(isShort ? Limits.SMALL_BYTES : Limits.KEPT_BYTES);
            workspace.trim();
            workspace.doIdleWork();
            if (stopping || !receive()) return;
        }
    }

    // ---- requests

    private void handle(ByteBuffer frame) throws IOException {
        RequestReader reader = new RequestReader(frame, shared.limits.heapBytes(), this::charge);
        short apiKey = reader.int16();
        short version = reader.int16();
        int correlation = reader.int32();
        Api api = Apis.ofKey(apiKey);
        Handler handler = api == null ? null : shared.dispatch.handler(api);
        if (api != null && api.equals(Dispatch.API_VERSIONS) && !api.versions().contains(version)) {
            asked = true;
            settle();
            write(api, 0, correlation, shared.dispatch.apiVersions(Errors.UNSUPPORTED_VERSION));
            flush();
            return;
        }
        if (api == null || handler == null || !api.versions().contains(version))
            throw new MalformedRequest(
                    "version %d of API %s (%d) is not spoken here"
                            .formatted(version, api == null ? "unknown" : api.name(), apiKey));
        String client = reader.nullableText();
        Struct body = reader.read(api.request(), version);
        asked = true;
        Request request = new Request(api, version, client == null ? "" : client, body, this);
        if (producing.takes(request)) {
            producing.push(request, correlation);
            if (producing.waiting() == MOST_PUSHES) settle();
            return;
        }
        settle();
        // No reference to the answer is left while it is sent, which may take long.
        if (write(api, version, correlation, handler.handle(request))) flush();
        release();
    }

    private void charge(int bytes) {
        heapBytes += bytes;
        if (heapBytes <= heapTaken + FREE_HEAP_BYTES) return;
        shared.heap.take(HEAP_STEP_BYTES, Bytes.PATIENCE_NANOS);
        heapTaken += HEAP_STEP_BYTES;
    }

    private void release() {
        if (heapTaken > 0) shared.heap.give(heapTaken);
        heapTaken = 0;
        heapBytes = 0;
    }

    /** Commits what was pushed, and answers. */
    private void settle() throws IOException {
        if (producing.waiting() == 0) return;
        for (Producing.Pushed pushed : producing.commit()) {
            Request request = pushed.request();
            if (pushed.silent()) {
                checkKept(pushed);
                continue;
            }
            write(request.api(), request.version(), pushed.correlation(), pushed.answer());
            flush();
        }
        release();
    }

    /** What was pushed before something that is no request. */
    private void answerPushes() {
        try {
            settle();
        } catch (IOException | RuntimeException e) {
            // The connection ends all the same.
        }
    }

    /** Who expects no answer is told of a failure by the end of the connection. */
    private static void checkKept(Producing.Pushed pushed) {
        pushed.failure()
                .ifPresent(why -> {
                    throw new MalformedRequest("a push with acks=0 was not kept: " + why);
                });
    }

    /** Makes the answer what is to be sent; false if there is none. */
    private boolean write(Api api, int version, int correlation, @Nullable Struct answer) {
        if (answer == null) return false;
        output.length(0);
        output.put32(0).put32(correlation);
        try {
            AnswerWriter.write(answer, version, output);
        } catch (IllegalStateException e) {
            throw new IllegalStateException("the answer to " + api + ": " + e.getMessage(), e);
        }
        output.view().putInt(0, output.length() - 4);
        return true;
    }

    // ---- the socket

    /** Waits for more; false if there is none to come. */
    private boolean receive() throws IOException {
        int read = take();
        if (read != 0) return read > 0;
        long since = System.nanoTime();
        long patience =
                incoming.hasPart() ? shared.limits.stalledNanos() : shared.limits.idleNanos();
        select(SelectionKey.OP_READ, Math.min(BUSY_NANOS, patience));
        read = take();
        if (read == 0) rest();
        while (read == 0 && !stopping) {
            long left = patience - (System.nanoTime() - since);
            if (left <= 0) return false;
            select(SelectionKey.OP_READ, left);
            read = take();
        }
        return read > 0;
    }

    /** What has come, as {@link Incoming#receive} does. */
    private int take() throws IOException {
        int read = incoming.receive(channel);
        if (read > 0) movedNanos = System.nanoTime();
        return read;
    }

    private void rest() {
        incoming.rest(true);
        output.length(0);
        output.shrink(Limits.SMALL_BYTES);
        workspace.rest();
    }

    private void flush() throws IOException {
        ByteBuffer content = output.view().duplicate().flip();
        int end = content.limit();
        while (content.position() < end) {
            content.limit(Math.min(end, content.position() + PIECE_BYTES));
            if (channel.write(content) > 0) continue;
            long since = System.nanoTime();
            movedNanos = since;
            while (channel.write(content) == 0) {
                if (leaving) throw new ClientGone();
                long left = shared.limits.stalledNanos() - (System.nanoTime() - since);
                if (left <= 0) throw new MemoryShort("it takes no answer");
                select(SelectionKey.OP_WRITE, left);
            }
        }
    }

    private void select(int operations, long nanos) throws IOException {
        key.interestOps(operations);
        selector.select(ready -> {}, 1 + nanos / 1_000_000);
    }

    // ---- for the limit of connections

    @Override
    public InetAddress address() {
        return remote.getAddress();
    }

    @Override
    public boolean hasAsked() {
        return asked;
    }

    @Override
    public long movedNanos() {
        return movedNanos;
    }

    // ---- for handlers

    @Override
    public InetSocketAddress remote() {
        return remote;
    }

    @Override
    public InetSocketAddress local() {
        return local;
    }

    @Override
    public Workspace workspace() {
        return workspace;
    }

    @Override
    public boolean await(BooleanSupplier condition, long nanos) {
        long since = System.nanoTime();
        while (!condition.getAsBoolean()) {
            long left = nanos - (System.nanoTime() - since);
            if (left <= 0 || stopping) return false;
            try {
                // Looks for the end of the connection, unless the next request is there already.
                select(incoming.hasPart() ? 0 : SelectionKey.OP_READ, left);
                if (!incoming.hasPart() && take() < 0) throw new ClientGone();
            } catch (IOException e) {
                throw new ClientGone();
            }
        }
        return true;
    }

    @Override
    public void wake() {
        selector.wakeup();
    }

    private void close() {
        release();
        try (selector;
                channel;
                incoming;
                output;
                workspace) {
            stopping = true;
        } catch (IOException e) {
            // It is closed all the same.
        }
    }

    @Override
    public String toString() {
        return remote.toString();
    }
}
