package rotera.server;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that connections share. One may have an eighth of what is free, so that a few never take
 * all from the others; what is larger waits in line, and one at a time goes beyond its share. Only
 * the leader's.
 */
final class Budget {
    private static final int SHARES = 8;

    private final long limitBytes;
    private final Map<Connection, Long> held = new LinkedHashMap<>();
    private final LinkedHashMap<Connection, Long> line = new LinkedHashMap<>();
    private long usedBytes;

    /** The one that holds more than its share. */
    private @Nullable Connection greedy;

    Budget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Reserves this much in all, or queues up. */
    boolean reserve(Connection connection, long bytes) {
        if (!admit(connection, bytes)) return false;
        hold(connection, bytes);
        return true;
    }

    /** Whether the connection may hold this much in all; if not, it queues up. */
    boolean admit(Connection connection, long bytes) {
        if (!fits(connection, bytes)) {
            line.put(connection, bytes);
            return false;
        }
        if (isShort()) line.remove(connection);
        return true;
    }

    private boolean fits(Connection connection, long bytes) {
        long own = held(connection);
        long free = limitBytes - usedBytes + own;
        if (bytes <= own || bytes <= free / SHARES) return true;
        if (greedy != null && greedy != connection) return false;
        if (isShort() && !line.firstEntry().getKey().equals(connection)) return false;
        return bytes <= free || usedBytes == own;
    }

    /** What somebody who holds nothing may have. */
    long shareBytes() {
        return Math.max(0, freeBytes() / SHARES);
    }

    long freeBytes() {
        return limitBytes - usedBytes;
    }

    /** Counts this much, even beyond the limit: the bytes are there already. */
    void hold(Connection connection, long bytes) {
        line.remove(connection);
        Long before = bytes == 0 ? held.remove(connection) : held.put(connection, bytes);
        usedBytes -= before == null ? 0 : before;
        if (greedy == connection) greedy = null;
        if (greedy == null && bytes > shareBytes()) greedy = connection;
        usedBytes += bytes;
    }

    void release(Connection connection) {
        hold(connection, 0);
    }

    long held(Connection connection) {
        return held.getOrDefault(connection, 0L);
    }

    boolean isWaiting(Connection connection) {
        return line.containsKey(connection);
    }

    /** Whether it waits, and has to wait on. */
    boolean isStillWaiting(Connection connection) {
        Long bytes = line.get(connection);
        return bytes != null && !fits(connection, bytes);
    }

    /** Whether somebody waits. */
    boolean isShort() {
        return !line.isEmpty();
    }

    long usedBytes() {
        return usedBytes;
    }

    /** Tells those in line for whom there is enough, so that they ask again. */
    void serve(Consumer<Connection> told) {
        for (Connection connection : List.copyOf(line.keySet())) {
            if (isWaiting(connection) && !isStillWaiting(connection)) told.accept(connection);
        }
    }

    /** Those who keep others waiting and have not moved since then. */
    List<Connection> stalledSince(long nanos) {
        if (!isShort()) return List.of();
        return held.keySet().stream()
                .filter(connection -> connection.isStalledSince(nanos))
                .toList();
    }
}
