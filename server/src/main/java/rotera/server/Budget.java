package rotera.server;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Bytes that connections share: who finds none left waits in line. Only the leader's. */
final class Budget {
    private final long limitBytes;
    private final Map<Connection, Long> held = new LinkedHashMap<>();
    private final Map<Connection, Long> line = new LinkedHashMap<>();
    private long usedBytes;

    Budget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Reserves this much in all, or queues up; the last in line gets it last. */
    boolean reserve(Connection connection, long bytes) {
        long more = bytes - held(connection);
        if (more > 0 && (usedBytes + more > limitBytes || isShort())) {
            line.put(connection, bytes);
            return false;
        }
        hold(connection, bytes);
        return true;
    }

    /** Counts this much, even beyond the limit: the bytes are there already. */
    void hold(Connection connection, long bytes) {
        line.remove(connection);
        Long before = bytes == 0 ? held.remove(connection) : held.put(connection, bytes);
        usedBytes += bytes - (before == null ? 0 : before);
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

    /** Waits for anything to be left. */
    void await(Connection connection) {
        line.put(connection, 0L);
    }

    boolean isUsedUp() {
        return usedBytes >= limitBytes;
    }

    /** Whether somebody waits. */
    boolean isShort() {
        return !line.isEmpty();
    }

    long usedBytes() {
        return usedBytes;
    }

    /** Gives what is free to the first in line, and tells them. */
    void serve(Consumer<Connection> told) {
        List<Connection> served = new ArrayList<>();
        for (Iterator<Map.Entry<Connection, Long>> i = line.entrySet().iterator(); i.hasNext(); ) {
            Map.Entry<Connection, Long> first = i.next();
            Connection connection = first.getKey();
            long more = Math.max(0, first.getValue() - held(connection));
            if (isUsedUp() || usedBytes + more > limitBytes) break;
            i.remove();
            usedBytes += more;
            if (more > 0) held.merge(connection, more, Long::sum);
            served.add(connection);
        }
        served.forEach(told);
    }

    /** Those who keep others waiting and have not moved since then. */
    List<Connection> stalledSince(long nanos) {
        if (!isShort()) return List.of();
        return held.keySet().stream()
                .filter(connection -> connection.isStalledSince(nanos))
                .toList();
    }
}
