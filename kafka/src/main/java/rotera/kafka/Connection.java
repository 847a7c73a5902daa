package rotera.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import rotera.kafka.message.ApiRegistry;
import rotera.kafka.message.ApiVersions;
import rotera.kafka.request.ClientDisconnectedException;
import rotera.kafka.request.ConnectionBuffers;
import rotera.kafka.request.Deferred;
import rotera.kafka.request.Handler;
import rotera.kafka.request.Outcome;
import rotera.kafka.request.Request;
import rotera.kafka.request.RequestContext;
import rotera.kafka.request.Response;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.MalformedRequestException;
import rotera.kafka.wire.QuotaExceededException;
import rotera.kafka.wire.RequestReader;
import rotera.kafka.wire.Struct;
import rotera.server.ConnectionLimit;

/**
 * One client, on a thread of its own: requests are answered one after the other, so answers have
 * their order. Pushes that have come together are committed together, before the first of them is
 * answered. A slow client holds up this thread only.
 */
final class Connection implements RequestContext, ConnectionLimit.Peer, Runnable {
    /** How long the memory of a busy client is kept for it. */
    private static final long BUSY_NANOS = 1_000_000_000;

    private final SharedResources shared;
    private final ClientSocket socket;

    private final Incoming incoming;
    private final Outgoing outgoing;
    private final HeapShare heap;
    private final ConnectionBuffers buffers;
    private final DeferredResponses waiting = new DeferredResponses();
    private volatile boolean stopping;
    private volatile boolean leaving;
    private volatile boolean asked;

    Connection(SharedResources shared, SocketChannel channel) throws IOException {
        this.shared = shared;
        socket = new ClientSocket(channel);
        incoming = new Incoming(shared.limits(), shared.memory());
        outgoing = new Outgoing(shared.memory());
        heap = new HeapShare(shared.heap());
        buffers = new ConnectionBuffers(shared.memory());
    }

    @Override
    public void run() {
        try {
            serve();
        } catch (IOException | ClientDisconnectedException e) {
            // Clients come and go.
        } catch (MalformedRequestException e) {
            shared.log()
                    .warn("closing the connection of " + socket.remote() + ": " + e.getMessage());
            settleAtTheEnd();
        } catch (QuotaExceededException e) {
            shared.log()
                    .warn("closing the connection of " + socket.remote() + ": " + e.getMessage());
        } catch (RuntimeException | OutOfMemoryError e) {
            shared.log().warn("closing the connection of " + socket.remote() + ": " + e, e);
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
        shared.log().warn("closing the connection of " + socket.remote() + ": " + reason);
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
            boolean isShort = shared.memory().isShort();
            incoming.rest(isShort);
            outgoing.rest(isShort);
            buffers.trim();
            buffers.doIdleWork();
            if (stopping || !receive()) return;
        }
    }

    // ---- requests

    private void handle(ByteBuffer frame) throws IOException {
        RequestReader reader = new RequestReader(frame, shared.limits().heapBytes(), heap::charge);
        short apiKey = reader.int16();
        short version = reader.int16();
        RequestHead head = new RequestHead(version, reader.int32());
        Api<?, ?> api = ApiRegistry.ofKey(apiKey);
        boolean spoken = api != null && api.versions().contains(version);
        if (!spoken && ApiVersions.API.equals(api)) {
            asked = true;
            settle();
            RequestHead first = new RequestHead((short) 0, head.correlation());
            outgoing.write(
                    ApiVersions.API,
                    first,
                    shared.router().apiVersions(Errors.UNSUPPORTED_VERSION));
            flush();
            return;
        }
        if (api == null || !spoken || !handle(api, head, reader))
            throw new MalformedRequestException(
                    "version %d of API %s (%d) is not spoken here"
                            .formatted(version, api == null ? "unknown" : api.name(), apiKey));
    }

    /** False if such requests are not spoken here. */
    private <Q extends Struct> boolean handle(Api<Q, ?> api, RequestHead head, RequestReader reader)
            throws IOException {
        Handler<Q> handler = shared.router().handler(api);
        if (handler == null) return false;
        String client = reader.nullableText();
        Q body = reader.readRequest(api, head.version());
        asked = true;
        if (!handler.defers()) settle();
        Request<Q> request =
                new Request<>(head.version(), client == null ? "" : client, body, this);
        // No reference to the response is left while it is sent, which may take long.
        if (isReady(api, head, handler.handle(request))) {
            flush();
            heap.release();
        } else if (waiting.isFull()) {
            settle();
        }
        return true;
    }

    /** Whether there is a response to be sent; if not, it waits for others. */
    private boolean isReady(Api<?, ?> api, RequestHead head, Outcome outcome) {
        return switch (outcome) {
            case Response response -> {
                outgoing.write(api, head, response.body());
                yield true;
            }
            case Deferred later -> {
                waiting.add(api, head, later);
                yield false;
            }
        };
    }

    /** Completes the outcomes that were deferred, and answers. */
    private void settle() throws IOException {
        if (waiting.newest() == null) return;
        for (DeferredResponses.Waiting each : waiting.takeAll()) {
            Struct response = each.outcome().complete();
            if (response == null) continue;
            outgoing.write(each.api(), each.head(), response);
            flush();
        }
        heap.release();
    }

    /** Completes what came before something that is no request. */
    private void settleAtTheEnd() {
        try {
            settle();
        } catch (IOException | RuntimeException e) {
            // The connection ends all the same.
        }
    }

    // ---- the socket

    /** Waits for more; false if there is none to come. */
    private boolean receive() throws IOException {
        int read = socket.receive(incoming);
        if (read != 0) return read > 0;
        long since = System.nanoTime();
        long patience =
                incoming.hasPart() ? shared.limits().stalledNanos() : shared.limits().idleNanos();
        socket.await(SelectionKey.OP_READ, Math.min(BUSY_NANOS, patience));
        read = socket.receive(incoming);
        if (read == 0) rest();
        while (read == 0 && !stopping) {
            long left = patience - (System.nanoTime() - since);
            if (left <= 0) return false;
            socket.await(SelectionKey.OP_READ, left);
            read = socket.receive(incoming);
        }
        return read > 0;
    }

    private void rest() {
        incoming.rest(true);
        outgoing.rest(true);
        buffers.rest();
    }

    private void flush() throws IOException {
        socket.send(outgoing.content(), shared.limits().stalledNanos(), () -> leaving);
    }

    // ---- for the limit of connections

    @Override
    public InetAddress address() {
        return socket.remote().getAddress();
    }

    @Override
    public boolean hasAsked() {
        return asked;
    }

    @Override
    public long movedNanos() {
        return socket.movedNanos();
    }

    // ---- for handlers

    @Override
    public InetSocketAddress remote() {
        return socket.remote();
    }

    @Override
    public InetSocketAddress local() {
        return shared.advertised().orElse(socket.local());
    }

    @Override
    public ConnectionBuffers buffers() {
        return buffers;
    }

    @Override
    public @Nullable Deferred deferred() {
        return waiting.newest();
    }

    @Override
    public boolean await(BooleanSupplier condition, long nanos) {
        long since = System.nanoTime();
        while (!condition.getAsBoolean()) {
            long left = nanos - (System.nanoTime() - since);
            if (left <= 0 || stopping) return false;
            try {
                // Looks for the end of the connection, unless the next request is there already.
                socket.await(incoming.hasPart() ? 0 : SelectionKey.OP_READ, left);
                if (!incoming.hasPart() && socket.receive(incoming) < 0)
                    throw new ClientDisconnectedException();
            } catch (IOException e) {
                throw new ClientDisconnectedException();
            }
        }
        return true;
    }

    @Override
    public void wake() {
        socket.wake();
    }

    private void close() {
        heap.release();
        try (socket;
                incoming;
                outgoing;
                buffers) {
            stopping = true;
        } catch (IOException e) {
            // It is closed all the same.
        }
    }
}
