package rotera.server;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;

/**
 * The connections. When there are as many as may be, {@link ConnectionLimit} says which make room
 * for the clients that wait. A few of those are accepted, so that their addresses are known, and
 * wait here for a place; the others wait in the backlog. Only the leader's.
 */
final class Connections {
    private static final int ACCEPTED_AT_ONCE = 64;
    private static final long ACCEPT_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    // A client that has vanished without a word is noticed after about 60 + 3 * 10 seconds.
    private static final int KEEP_IDLE_SECONDS = 60;
    private static final int KEEP_INTERVAL_SECONDS = 10;
    private static final int KEEP_COUNT = 3;

    private final Loop loop;
    private final ServerSocketChannel listener;
    private final Selector selector;
    private final SelectionKey acceptKey;
    private final int most;
    private final long unusedNanos;
    private final Set<Connection> open = new LinkedHashSet<>();

    /** Accepted, but without a place. */
    private final WaitingClients waiting;

    /** When to look at the listener again; 0 while it is looked at. */
    private long acceptAgainNanos;

    /** Whether the log knows that others wait. */
    private boolean told;

    private boolean stopped;

    Connections(Loop loop, ServerSocketChannel listener, Selector selector, Limits limits)
            throws IOException {
        this.loop = loop;
        this.listener = listener;
        this.selector = selector;
        this.most = limits.connections();
        this.unusedNanos = limits.stalledNanos();
        this.waiting = new WaitingClients(most);
        listener.configureBlocking(false);
        acceptKey = listener.register(selector, SelectionKey.OP_ACCEPT);
    }

    /** Clients want to come in. */
    void accept() {
        try {
            if (open.size() >= most) closeUnused();
            while (open.size() < most && !waiting.isEmpty()) add(waiting.remove());
            if (open.size() < most) told = false;
            for (int i = 0; i < ACCEPTED_AT_ONCE; i++) {
                SocketChannel channel = listener.accept();
                if (channel == null) break;
                if (open.size() < most) add(channel);
                else makeRoom(channel);
            }
            if (open.size() < most) return;
            if (!told) loop.log().warn(most + " connections are open: others have to wait");
            told = true;
        } catch (IOException e) {
            // Mostly too many open files.
            loop.log().warn("cannot accept a connection: " + e.getMessage());
            closeUnused();
        }
        acceptKey.interestOps(0);
        acceptAgainNanos = System.nanoTime() + ACCEPT_AGAIN_NANOS;
    }

    private void closeUnused() {
        long since = System.nanoTime() - unusedNanos;
        for (Connection connection : ConnectionLimit.unused(open, since))
            connection.closeForOthers("no request while others wait to be accepted");
    }

    /** All places are taken: another address gives one up, or the client waits. */
    private void makeRoom(SocketChannel channel) throws IOException {
        Optional<Connection> least =
                ConnectionLimit.beyondShare(open, channel.socket().getInetAddress());
        if (least.isPresent()) {
            least.get().closeForOthers("its address has the most while others wait to be accepted");
            add(channel);
        } else {
            waiting.add(channel);
        }
    }

    private void add(SocketChannel channel) throws IOException {
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            keepAlive(channel, ExtendedSocketOptions.TCP_KEEPIDLE, KEEP_IDLE_SECONDS);
            keepAlive(channel, ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEP_INTERVAL_SECONDS);
            keepAlive(channel, ExtendedSocketOptions.TCP_KEEPCOUNT, KEEP_COUNT);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            Connection connection = new Connection(loop, channel, key);
            key.attach(connection);
            open.add(connection);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static void keepAlive(
            SocketChannel channel, java.net.SocketOption<Integer> option, int value)
            throws IOException {
        if (channel.supportedOptions().contains(option)) channel.setOption(option, value);
    }

    /** Looks at the listener again if it is time for that. */
    void acceptAgain() {
        if (stopped || acceptAgainNanos == 0 || System.nanoTime() - acceptAgainNanos < 0) return;
        acceptAgainNanos = 0;
        acceptKey.interestOps(SelectionKey.OP_ACCEPT);
        if (!waiting.isEmpty()) accept();
    }

    /** How long {@link #acceptAgain} may wait. */
    long timeoutNanos(long now) {
        return stopped || acceptAgainNanos == 0 ? Long.MAX_VALUE : acceptAgainNanos - now;
    }

    void stopAccepting() {
        stopped = true;
        acceptKey.cancel();
        waiting.close();
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
