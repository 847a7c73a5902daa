package rotera.kafka;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import rotera.server.ConnectionLimit;
import rotera.server.WaitingClients;

/**
 * The clients that are connected, each on a thread of its own. When all places are taken, {@link
 * ConnectionLimit} says which connections make room for a client that waits.
 */
final class Connections {
    private static final long LOOK_AGAIN_MILLIS = 100;
    private static final long END_MILLIS = 3_000;

    private final SharedResources shared;
    private final ServerSocketChannel listener;
    private final Selector selector;
    private final Thread acceptor;
    private final Map<Connection, Thread> open = new ConcurrentHashMap<>();
    private final AtomicInteger taken = new AtomicInteger();
    private volatile boolean closed;

    // The acceptor's.
    private final WaitingClients waiting;
    private boolean told;

    Connections(ServerSocketChannel listener, SharedResources shared) throws IOException {
        this.shared = shared;
        this.listener = listener;
        waiting = new WaitingClients(shared.limits().connections());
        listener.configureBlocking(false);
        selector = Selector.open();
        listener.register(selector, SelectionKey.OP_ACCEPT);
        acceptor = Thread.ofPlatform().daemon().name("rotera-kafka").unstarted(this::accept);
    }

    void start() {
        acceptor.start();
    }

    /** How many clients have a place. */
    int count() {
        return taken.get();
    }

    private boolean isFull() {
        return taken.get() >= shared.limits().connections();
    }

    private void accept() {
        while (!closed) {
            try {
                selector.select(key -> {}, waiting.isEmpty() ? 0 : LOOK_AGAIN_MILLIS);
                acceptAll();
            } catch (ClosedChannelException | ClosedSelectorException e) {
                return;
            } catch (IOException | RuntimeException | Error e) {
                if (closed) return;
                // Mostly too many open files. No error may end this thread.
                shared.log().warn("cannot accept a connection: " + e.getMessage());
                closeUnused();
                pause();
            }
        }
    }

    private void acceptAll() throws IOException {
        if (isFull() && !waiting.isEmpty() && !closeUnused()) makeRoomForOne();
        while (!isFull() && !waiting.isEmpty()) serve(waiting.remove());
        if (!isFull()) told = false;
        for (SocketChannel channel = listener.accept();
                channel != null;
                channel = listener.accept()) {
            if (!isFull() || makeRoom(channel)) serve(channel);
            else waiting.add(channel);
        }
    }

    /** A client that came when the threads of the others had not begun to count asks again here. */
    private void makeRoomForOne() throws IOException {
        SocketChannel next = waiting.removeIf(this::makeRoom);
        if (next != null) serve(next);
    }

    /** Whether another connection gives its place to this client at once. */
    private boolean makeRoom(SocketChannel channel) {
        if (closeUnused()) return false; // places will be free
        Optional<Connection> least =
                ConnectionLimit.beyondShare(staying(), channel.socket().getInetAddress());
        least.ifPresent(connection ->
                connection.leave("its address has the most while others wait to be accepted"));
        if (least.isEmpty() && !told) {
            told = true;
            shared.log().warn(taken + " connections are open: others have to wait");
        }
        return least.isPresent();
    }

    /** Whether there were any. */
    private boolean closeUnused() {
        List<Connection> unused =
                ConnectionLimit.unused(
                        open.keySet(), System.nanoTime() - shared.limits().stalledNanos());
        for (Connection connection : unused)
            connection.leave("no request while others wait to be accepted");
        return !unused.isEmpty();
    }

    private List<Connection> staying() {
        return open.keySet().stream().filter(connection -> !connection.isLeaving()).toList();
    }

    /** So that what cannot be helped is not tried all the time. */
    private static void pause() {
        try {
            Thread.sleep(LOOK_AGAIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(SocketChannel channel) {
        taken.incrementAndGet();
        try {
            Thread.ofPlatform()
                    .daemon()
                    .name("rotera-kafka-" + channel.socket().getPort())
                    .start(() -> serveHere(channel));
        } catch (OutOfMemoryError e) {
            release(channel); // no more threads
            throw e;
        }
    }

    /** The memory of a connection belongs to the thread that makes it. */
    private void serveHere(SocketChannel channel) {
        try {
            Connection connection = new Connection(shared, channel);
            open.put(connection, Thread.currentThread());
            try {
                if (closed) connection.stop();
                connection.run();
            } finally {
                open.remove(connection);
            }
        } catch (IOException | RuntimeException | Error e) {
            shared.log().warn("cannot serve a connection: " + e);
        } finally {
            release(channel);
        }
    }

    private void release(SocketChannel channel) {
        closeQuietly(channel);
        taken.decrementAndGet();
        selector.wakeup();
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }

    /** Accepts no more. */
    void stopAccepting() throws IOException, InterruptedException {
        closed = true;
        listener.close();
        selector.close();
        acceptor.join(END_MILLIS);
        waiting.close();
    }

    /** Lets the clients go after what is under way; how many do not end. */
    int stop() throws InterruptedException {
        long endNanos = System.nanoTime() + END_MILLIS * 1_000_000;
        for (Connection connection : open.keySet()) connection.stop();
        for (Thread thread : open.values()) {
            long leftMillis = (endNanos - System.nanoTime()) / 1_000_000;
            thread.join(Math.max(1, leftMillis));
        }
        return open.size();
    }
}
