package rotera.client;

/** A request without a reply yet. Guarded by the session's lock. */
abstract sealed class InFlightRequest permits PushBatch, Request {
    /** Since when the caller waits. */
    long since;

    /** Of this connection; another one gives another. */
    int tag;

    /** Whether all of it was written to the connection. */
    boolean written;

    /** The kind of its frame, and of its reply. */
    abstract int kind();
}
