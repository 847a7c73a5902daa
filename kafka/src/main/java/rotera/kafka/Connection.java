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
import rotera.kafka.request.ClientDisconnectedException;
import rotera.kafka.request.ConnectionBuffers;
import rotera.kafka.request.Handler;
import rotera.kafka.request.Request;
import rotera.kafka.request.RequestContext;
import rotera.kafka.request.RequestRouter;
import rotera.kafka.topics.TopicSettings;
import rotera.kafka.topics.Topics;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.ApiRegistry;
import rotera.kafka.wire.Budget;
import rotera.kafka.wire.Bytes;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.MalformedRequestException;
import rotera.kafka.wire.QuotaExceededException;
import rotera.kafka.wire.RequestReader;
import rotera.kafka.wire.ResponseWriter;
import rotera.kafka.wire.Struct;
import rotera.server.ConnectionLimit;
import rotera.server.Log;

/**
 * One client, on a thread of its own: requests are answered one after the other, so answers have
 * their order. Pushes that have come together are committed together, before the first of them is
 * answered. A slow client holds up this thread only.
 */
final class Connection implements RequestContext, ConnectionLimit.Peer, Runnable {
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
    private final ConnectionBuffers buffers;
    private final ProduceHandler producing;
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
            RequestRouter router,
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
        output = new Bytes(ConnectionBuffers.SMALL_BYTES, shared.memory);
        buffers = new ConnectionBuffers(shared.memory);
        producing = new ProduceHandler(shared.topics, shared.settings, buffers, shared.log);
    }

    @Override
    public void run() {
        try {
            serve();
        } catch (IOException | ClientDisconnectedException e) {
            // Clients come and go.
        } catch (MalformedRequestException e) {
            shared.log.warn("closing the connection of " + remote + ": " + e.getMessage());
            answerPushes();
        } catch (QuotaExceededException e) {
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
            output.shrink(isShort ? ConnectionBuffers.SMALL_BYTES : ConnectionBuffers.KEPT_BYTES);
            buffers.trim();
            buffers.doIdleWork();
            if (stopping || !receive()) return;
        }
    }

    // ---- requests

    private void handle(ByteBuffer frame) throws IOException {
        RequestReader reader = new RequestReader(frame, shared.limits.heapBytes(), this::charge);
        short apiKey = reader.int16();
        short version = reader.int16();
        int correlation = reader.int32();
        Api api = ApiRegistry.ofKey(apiKey);
        Handler handler = api == null ? null : shared.router.handler(api);
        if (api != null
                && api.equals(RequestRouter.API_VERSIONS)
                && !api.versions().contains(version)) {
            asked = true;
            settle();
            write(api, 0, correlation, shared.router.apiVersions(Errors.UNSUPPORTED_VERSION));
            flush();
            return;
        }
        if (api == null || handler == null || !api.versions().contains(version))
            throw new MalformedRequestException(
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
        for (ProduceHandler.Pushed pushed : producing.commit()) {
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
    private static void checkKept(ProduceHandler.Pushed pushed) {
        pushed.failure()
                .ifPresent(why -> {
                    throw new MalformedRequestException("a push with acks=0 was not kept: " + why);
                });
    }

    /** Makes the answer what is to be sent; false if there is none. */
    private boolean write(Api api, int version, int correlation, @Nullable Struct answer) {
        if (answer == null) return false;
        output.length(0);
        output.put32(0).put32(correlation);
        try {
            ResponseWriter.write(answer, version, output);
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
        output.shrink(ConnectionBuffers.SMALL_BYTES);
        buffers.rest();
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
                if (leaving) throw new ClientDisconnectedException();
                long left = shared.limits.stalledNanos() - (System.nanoTime() - since);
                if (left <= 0) throw new QuotaExceededException("it takes no answer");
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
    public ConnectionBuffers buffers() {
        return buffers;
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
                if (!incoming.hasPart() && take() < 0) throw new ClientDisconnectedException();
            } catch (IOException e) {
                throw new ClientDisconnectedException();
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
                buffers) {
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
