package rotera.queue.buffer;

/** Arithmetic of a producer's sequence: after 2,147,483,647 comes 0 again. */
public final class SequenceNumber {
    private static final int MASK = 0x7fffffff;

    private SequenceNumber() {}

    /** The number without what does not belong to a sequence. */
    public static int of(int number) {
        return number & MASK;
    }

    /** A sequence moved on by this many messages, which may be negative. */
    public static int plus(int sequence, int messages) {
        return (sequence + messages) & MASK;
    }

    /** Whether a sequence lies before another one on the shorter way round. */
    public static boolean isBefore(int sequence, int other) {
        return (sequence - other) << 1 < 0;
    }
}
