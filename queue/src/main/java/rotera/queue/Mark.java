package rotera.queue;

/**
 * A boundary between messages: the id of the first one behind it, and the position where its record
 * begins.
 */
record Mark(long id, long position) {
    /** No queue gets there: a larger id, position or sequence is damage, and sums stay positive. */
    static final long MOST = 1L << 62;
}
