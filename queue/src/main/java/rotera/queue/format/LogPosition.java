package rotera.queue.format;

/**
 * A boundary between messages: the id of the first one behind it, and the position where its record
 * begins.
 */
public record LogPosition(long id, long position) {
    /** No queue gets there: a larger id, position or sequence is damage, and sums stay positive. */
    public static final long MAX = 1L << 62;
}
