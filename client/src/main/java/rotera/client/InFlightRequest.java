package rotera.client;

import java.util.List;
import java.util.function.Supplier;
import rotera.queue.QueueException;

/** A request without a reply yet. Not thread-safe. */
abstract sealed class InFlightRequest permits PushBatch, Request {
    /** How the outcome of a request reaches those that wait. */
    interface Outcome {
        void settle(ReplyFuture future, long value);

        /** Fails with a fresh exception for each that waits. */
        void fail(ReplyFuture future, Supplier<QueueException> failure);

        /** There is room for pushes again. */
        void roomMade();

        /** Pushes that wait for room get none, for this reason. */
        void noRoom(Supplier<QueueException> reason);
    }

    /** Since when the caller waits. */
    long since;

    /** Of this connection; another one gives another. */
    int tag;

    /** Whether all of it was written to the connection. */
    boolean written;

    /** The kind of its frame, and of its reply. */
    abstract int kind();

    /** The shortest reply. */
    abstract int minReplyBytes();

    /** Of those that wait for it. */
    abstract List<ReplyFuture> futures();

    void fail(Outcome outcome, Supplier<QueueException> failure) {
        for (ReplyFuture future : futures()) outcome.fail(future, failure);
        futures().clear();
    }
}
