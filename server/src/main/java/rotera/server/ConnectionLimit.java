package rotera.server;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which connections make room when a listener has as many as it may have and another client waits:
 * first those that never asked for anything, then those of the address that has the most, if the
 * client that waits has another address.
 */
public final class ConnectionLimit {

    /** A connection of a listener. */
    public interface Peer {
        InetAddress address();

        /** Whether a whole request has come. */
        boolean hasAsked();

        /** When it sent or took something last ({@link System#nanoTime}). */
        long movedNanos();
    }

    private ConnectionLimit() {}

    /** Those that never asked for anything and have not moved since that time. */
    public static <P extends Peer> List<P> unused(Collection<P> open, long sinceNanos) {
        return open.stream()
                .filter(peer -> !peer.hasAsked() && peer.movedNanos() - sinceNanos < 0)
                .toList();
    }

    /**
     * The connection that has not moved for the longest time, of the address that has the most;
     * empty if a client of {@code newcomer} would have as many then.
     */
    public static <P extends Peer> Optional<P> beyondShare(
            Collection<P> open, InetAddress newcomer) {
        Map<Object, Integer> counts = new HashMap<>();
        for (P peer : open) counts.merge(host(peer.address()), 1, Integer::sum);
        int own = counts.getOrDefault(host(newcomer), 0);
        return counts.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .filter(largest -> largest.getValue() > own + 1)
                .flatMap(largest -> stillest(open, largest.getKey()));
    }

    private static <P extends Peer> Optional<P> stillest(Collection<P> open, Object host) {
        long now = System.nanoTime();
        return open.stream()
                .filter(peer -> host(peer.address()).equals(host))
                .min(
                        Comparator.comparing(Peer::hasAsked)
                                .thenComparingLong(peer -> peer.movedNanos() - now));
    }

    /** A machine has all addresses of a prefix of 64 bits. */
    private static Object host(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == 4 ? address : List.of(Arrays.hashCode(Arrays.copyOf(bytes, 8)));
    }
}
