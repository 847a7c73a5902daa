package rotera.queue.engine;

import org.jspecify.annotations.Nullable;
import rotera.queue.format.LogPosition;
import rotera.queue.format.ProducerTable;
import rotera.queue.format.Superblock;

/**
 * Where in the ring the table of producers can be found again: a walk that begins there, with an
 * empty table, rebuilds it. That is a snapshot whose sync has finished, or, before there is one,
 * the first push that was entered. Not thread-safe: the append lock guards it.
 */
public final class SnapshotSchedule {
    private final ProducerTable producers;
    private final long distance;
    private @Nullable LogPosition begin;
    private @Nullable LogPosition underWay;
    private long underWayEnd;

    SnapshotSchedule(ProducerTable producers, @Nullable LogPosition begin, Superblock superblock) {
        this.producers = producers;
        this.begin = begin;
        this.distance = superblock.checkpointBytes();
    }

    /** Before a push that begins here is entered. */
    void beforePush(LogPosition at) {
        if (producers.isEmpty()) begin = at;
    }

    /** Whether the walk to rebuild the table has become so long that a snapshot is due. */
    public boolean due(LogPosition committed) {
        return canBeTaken()
                && (begin == null || committed.position() - begin.position() > distance);
    }

    /** Whether evicting up to this position has to wait for a snapshot. */
    boolean inTheWay(long position) {
        return canBeTaken() && begin != null && begin.position() < position;
    }

    private boolean canBeTaken() {
        return !producers.isEmpty() && underWay == null;
    }

    public void taken(LogPosition at, LogPosition end) {
        underWay = at;
        underWayEnd = end.position();
    }

    /** A sync that has covered everything before {@code committed} has finished. */
    public void durable(LogPosition committed) {
        if (underWay == null || underWayEnd > committed.position()) return;
        begin = underWay;
        underWay = null;
    }

    /**
     * How far the oldest messages may be evicted, at most to {@code limit}. Only where there was no
     * room for another snapshot, and a push waits, are messages evicted from which the table would
     * be rebuilt: pushes never wait for it in vain.
     */
    LogPosition evictable(LogPosition limit, LogPosition oldest, boolean pushWaits) {
        LogPosition at = begin;
        if (at == null || at.position() >= limit.position()) return limit;
        boolean stuck = at.position() <= oldest.position() && underWay == null;
        return stuck && pushWaits ? limit : at;
    }

    /** What a header with this oldest and checkpoint names; its checkpoint if there is nothing. */
    public long position(LogPosition oldest, LogPosition checkpoint) {
        LogPosition at = begin;
        if (at == null || at.position() >= checkpoint.position()) return checkpoint.position();
        if (at.position() >= oldest.position()) return at.position();
        begin = null;
        return checkpoint.position();
    }
}
