package rotera.queue;

import java.util.Objects;

/** What a ping tells. */
public final class Status {
    private final long oldest;
    private final long next;
    private final boolean alive;
    private final int maxMessageBytes;
    private final long maxPushBytes;

    private Status(long oldest, long next, boolean alive, int maxMessageBytes, long maxPushBytes) {
        this.oldest = oldest;
        this.next = next;
        this.alive = alive;
        this.maxMessageBytes = maxMessageBytes;
        this.maxPushBytes = maxPushBytes;
    }

    /** For implementations of {@link Queue}. */
    public static Status of(
            long oldest, long next, boolean alive, int maxMessageBytes, long maxPushBytes) {
        return new Status(oldest, next, alive, maxMessageBytes, maxPushBytes);
    }

    /** Id of the oldest readable message; equal to {@link #next} if there is none. */
    public long oldest() {
        return oldest;
    }

    /** The next committed id: one more than the last readable message's. */
    public long next() {
        return next;
    }

    /** False while the queue is shutting down. */
    public boolean alive() {
        return alive;
    }

    /** Size of the largest message. */
    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    /** Size of the largest push, counted as 4 + length for each message. */
    public long maxPushBytes() {
        return maxPushBytes;
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof Status other
                && oldest == other.oldest
                && next == other.next
                && alive == other.alive
                && maxMessageBytes == other.maxMessageBytes
                && maxPushBytes == other.maxPushBytes;
    }

    @Override
    public int hashCode() {
        return Objects.hash(oldest, next, alive, maxMessageBytes, maxPushBytes);
    }

    @Override
    public String toString() {
        return "Status[oldest="
                + oldest
                + ", next="
                + next
                + ", alive="
                + alive
                + ", maxMessageBytes="
                + maxMessageBytes
                + ", maxPushBytes="
                + maxPushBytes
                + "]";
    }
}
