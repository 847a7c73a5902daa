package rotera.server;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Clients that a listener has accepted and that wait for a place. One that has sent something goes
 * before those that are silent, and takes the seat of a silent one here when all are taken: so
 * silent clients, however many, hold up those that ask by no more than the places that they have.
 * For one thread.
 */
public final class WaitingClients {
    private static final int MAX_SEATS = 16;

    private final int seats;
    private final ArrayDeque<SocketChannel> waiting = new ArrayDeque<>();

    /** Beside so many places; each seat takes a file. */
    public WaitingClients(int places) {
        seats = Math.min(MAX_SEATS, places);
    }

    public boolean isEmpty() {
        return waiting.isEmpty();
    }

    /**
     * Takes one more; the one that is silent for the longest time is closed if there are too many.
     */
    public void add(SocketChannel channel) throws IOException {
        waiting.add(channel);
        if (waiting.size() <= seats) return;
        for (Iterator<SocketChannel> each = waiting.iterator(); each.hasNext(); ) {
            SocketChannel next = each.next();
            if (hasSpoken(next)) continue;
            each.remove();
            next.close();
            return;
        }
        waiting.removeLast().close();
    }

    /** The next one to get a place; there must be one. */
    public SocketChannel remove() throws IOException {
        for (Iterator<SocketChannel> each = waiting.iterator(); each.hasNext(); ) {
            SocketChannel next = each.next();
            if (!hasSpoken(next)) continue;
            each.remove();
            return next;
        }
        return waiting.remove();
    }

    /** The first one that has sent something and that room is made for; null if there is none. */
    public @Nullable SocketChannel removeIf(Predicate<SocketChannel> roomIsMade)
            throws IOException {
        for (Iterator<SocketChannel> each = waiting.iterator(); each.hasNext(); ) {
            SocketChannel next = each.next();
            if (!hasSpoken(next) || !roomIsMade.test(next)) continue;
            each.remove();
            return next;
        }
        return null;
    }

    public void close() {
        for (SocketChannel channel : waiting) closeQuietly(channel);
        waiting.clear();
    }

    private static boolean hasSpoken(SocketChannel channel) throws IOException {
        return channel.socket().getInputStream().available() > 0;
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }
}
