package rotera.server;

/** What one connection has of the memory that all share. Only the leader's. */
final class Admission {
    final Runnable admitted;
    long inputBytes;
    long outputBytes;
    long askedBytes;
    boolean waitingToReply;
    long progressNanos;

    Admission(Runnable admitted) {
        this.admitted = admitted;
    }

    /** Waits for memory for its input. */
    boolean waits() {
        return askedBytes > 0;
    }

    boolean waitsToReply() {
        return waitingToReply;
    }

    /** The client has taken something of a reply, or sent something. */
    void progress() {
        progressNanos = System.nanoTime();
    }
}
