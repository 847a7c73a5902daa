package rotera.queue;

/**
 * Where the queue begins and ends for readers. The writer moves {@code committed} forward after a
 * sync has finished (I1), and {@code oldest} before it makes the header durable that lets it
 * overwrite what lies before.
 */
final class Bounds {
    private final long entries;
    private volatile Mark oldest;
    private volatile Mark committed;

    Bounds(Mark oldest, Mark committed, long entries) {
        this.oldest = oldest;
        this.committed = committed;
        this.entries = entries;
    }

    Mark oldest() {
        return oldest;
    }

    Mark committed() {
        return committed;
    }

    void moveOldest(Mark to) {
        assert to.position() >= oldest.position() && to.id() >= oldest.id()
                : to + " lies before " + oldest;
        oldest = to;
    }

    void moveCommitted(Mark to) {
        assert to.position() >= committed.position() && to.id() >= committed.id()
                : to + " lies before " + committed;
        committed = to;
    }

    /** The oldest id to show, which a limit of messages may put above the oldest that is kept. */
    long oldestId(Mark oldestKept, Mark committedEnd) {
        return entries == 0
                ? oldestKept.id()
                : Math.max(oldestKept.id(), committedEnd.id() - entries);
    }
}
