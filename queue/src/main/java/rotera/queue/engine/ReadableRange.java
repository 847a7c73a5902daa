package rotera.queue.engine;

import rotera.queue.format.LogPosition;

/**
 * Where the queue begins and ends for readers. The writer moves {@code committed} forward after a
 * sync has finished (I1), and {@code oldest} before it makes the header durable that lets it
 * overwrite what lies before.
 */
public final class ReadableRange {
    private final long entries;
    private volatile LogPosition oldest;
    private volatile LogPosition committed;

    public ReadableRange(LogPosition oldest, LogPosition committed, long entries) {
        this.oldest = oldest;
        this.committed = committed;
        this.entries = entries;
    }

    public LogPosition oldest() {
        return oldest;
    }

    public LogPosition committed() {
        return committed;
    }

    public void moveOldest(LogPosition to) {
        assert to.position() >= oldest.position() && to.id() >= oldest.id()
                : to + " lies before " + oldest;
        oldest = to;
    }

    public void moveCommitted(LogPosition to) {
        assert to.position() >= committed.position() && to.id() >= committed.id()
                : to + " lies before " + committed;
        committed = to;
    }

    /** The oldest id to show, which a limit of messages may put above the oldest that is kept. */
    public long oldestId(LogPosition oldestKept, LogPosition committedEnd) {
        return entries == 0
                ? oldestKept.id()
                : Math.max(oldestKept.id(), committedEnd.id() - entries);
    }
}
