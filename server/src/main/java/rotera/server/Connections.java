package rotera.server;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Who is connected. When no more may be, or none can be accepted, the listener is left alone for a
 * while: whoever comes waits in its backlog. Only the leader's.
 */
final class Connections {
    private static final int ACCEPTED_AT_ONCE = 64;
    private static final long ACCEPT_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Loop loop;
    private final ServerSocketChannel listener;
    private final Selector selector;
    private final SelectionKey acceptKey;
    private final int most;
    private final Set<Connection> open = new LinkedHashSet<>();

    /** When to look at the listener again; 0 while it is looked at. */
    private long acceptAgainNanos;

    private boolean stopped;

    Connections(Loop loop, ServerSocketChannel listener, Selector selector, int most)
            throws IOException {
        this.loop = loop;
        this.listener = listener;
        this.selector = selector;
        this.most = most;
        listener.configureBlocking(false);
        acceptKey = listener.register(selector, SelectionKey.OP_ACCEPT);
    }

    boolean isAcceptKey(SelectionKey key) {
        return key.equals(acceptKey);
    }

    void accept() {
        try {
            for (int i = 0; i < ACCEPTED_AT_ONCE && open.size() < most; i++) {
                SocketChannel channel = listener.accept();
                if (channel == null) return;
                add(channel);
            }
            if (open.size() < most) return;
            loop.log().warn(most + " connections are open: others have to wait");
        } catch (IOException e) {
            loop.log().warn("cannot accept a connection: " + e.getMessage());
        }
        acceptKey.interestOps(0);
        acceptAgainNanos = System.nanoTime() + ACCEPT_AGAIN_NANOS;
    }

    private void add(SocketChannel channel) throws IOException {
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            Connection connection = new Connection(loop, channel, key);
            key.attach(connection);
            open.add(connection);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Looks at the listener again if it is time for that. */
    void acceptAgain() {
        if (stopped || acceptAgainNanos == 0 || System.nanoTime() - acceptAgainNanos < 0) return;
        acceptAgainNanos = open.size() < most ? 0 : System.nanoTime() + ACCEPT_AGAIN_NANOS;
        if (acceptAgainNanos == 0) acceptKey.interestOps(SelectionKey.OP_ACCEPT);
    }

    /** How long {@link #acceptAgain} may wait. */
    long timeoutNanos(long now) {
        return stopped || acceptAgainNanos == 0 ? Long.MAX_VALUE : acceptAgainNanos - now;
    }

    void stopAccepting() {
        stopped = true;
        acceptKey.cancel();
        try {
            listener.close();
        } catch (IOException e) {
            loop.log().warn("cannot stop listening: " + e.getMessage());
        }
    }

    void forget(Connection connection) {
        open.remove(connection);
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** As they are now: they may close meanwhile. */
    List<Connection> all() {
        return List.copyOf(open);
    }
}
