package rotera.server;

/**
 * What another listener of the same process does with a queue, told by it: counted in what clients
 * are told of the queue. Thread-safe.
 */
public final class Traffic {
    private final Activity pushed = new Activity();
    private final Activity pushedBytes = new Activity();
    private final Activity read = new Activity();
    private final Activity commitsAsked = new Activity();

    Traffic() {}

    /** A push of this many messages, with {@link rotera.queue.Batch#bytes()}. */
    public synchronized void pushed(long messages, long bytes) {
        long nanos = System.nanoTime();
        pushed.add(messages, nanos);
        pushedBytes.add(bytes, nanos);
    }

    /** This many messages were read, once for each who reads them. */
    public synchronized void read(long messages) {
        read.add(messages, System.nanoTime());
    }

    /** A commit was asked for. */
    public synchronized void commitAsked() {
        commitsAsked.add(1, System.nanoTime());
    }

    synchronized double pushedPerSecond(long nanos) {
        return pushed.perSecond(nanos);
    }

    synchronized double pushedBytesPerSecond(long nanos) {
        return pushedBytes.perSecond(nanos);
    }

    synchronized double readPerSecond(long nanos) {
        return read.perSecond(nanos);
    }

    synchronized double commitsPerSecond(long nanos) {
        return commitsAsked.perSecond(nanos);
    }
}
