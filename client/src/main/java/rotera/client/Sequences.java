package rotera.client;

/** A producer's numbers of its messages: they count to 2^31 and begin again. */
final class Sequences {
    private static final int MASK = Integer.MAX_VALUE;

    private Sequences() {}

    static int plus(int sequence, int count) {
        return (sequence + count) & MASK;
    }

    /** Whether one is the other or comes before it, less than half the circle away. */
    static boolean reached(int sequence, int last) {
        return ((last - sequence) & MASK) < 1 << 30;
    }
}
