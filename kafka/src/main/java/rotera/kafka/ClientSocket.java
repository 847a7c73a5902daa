package rotera.kafka;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.function.BooleanSupplier;
import rotera.kafka.request.ClientDisconnectedException;
import rotera.kafka.wire.QuotaExceededException;

/** The socket of a client. Belongs to the connection's thread, but for what is said. */
final class ClientSocket implements AutoCloseable {
    /** Responses are sent in pieces, so that it is seen how they go. */
    private static final int PIECE_BYTES = 256 << 10;

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final InetSocketAddress remote;
    private final InetSocketAddress local;
    private volatile long movedNanos = System.nanoTime();

    ClientSocket(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        remote = (InetSocketAddress) channel.getRemoteAddress();
        local = (InetSocketAddress) channel.getLocalAddress();
        selector = Selector.open();
        key = channel.register(selector, 0);
    }

    InetSocketAddress remote() {
        return remote;
    }

    InetSocketAddress local() {
        return local;
    }

    /** When bytes came or left last. From any thread. */
    long movedNanos() {
        return movedNanos;
    }

    /** What has come, as {@link Incoming#receive} does. */
    int receive(Incoming incoming) throws IOException {
        int read = incoming.receive(channel);
        if (read > 0) movedNanos = System.nanoTime();
        return read;
    }

    /**
     * Sends all of it.
     *
     * @throws QuotaExceededException if the client takes nothing for so long
     * @throws ClientDisconnectedException if the client takes nothing and has to leave
     */
    void send(ByteBuffer content, long stalledNanos, BooleanSupplier leaving) throws IOException {
        int end = content.limit();
        while (content.position() < end) {
            content.limit(Math.min(end, content.position() + PIECE_BYTES));
            if (channel.write(content) > 0) continue;
            long since = System.nanoTime();
            movedNanos = since;
            while (channel.write(content) == 0) {
                if (leaving.getAsBoolean()) throw new ClientDisconnectedException();
                long left = stalledNanos - (System.nanoTime() - since);
                if (left <= 0) throw new QuotaExceededException("it takes no response");
                await(SelectionKey.OP_WRITE, left);
            }
        }
    }

    /** Waits for one of these operations, for {@link #wake}, or until the time is over. */
    void await(int operations, long nanos) throws IOException {
        key.interestOps(operations);
        selector.select(ready -> {}, 1 + nanos / 1_000_000);
    }

    /** Ends an {@link #await}. From any thread. */
    void wake() {
        selector.wakeup();
    }

    @Override
    public void close() throws IOException {
        try (selector) {
            channel.close();
        }
    }
}
