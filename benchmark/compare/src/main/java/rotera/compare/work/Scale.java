package rotera.compare.work;

/**
 * How long a measurement takes.
 *
 * @param warmUpSeconds before each
 * @param seconds of each, unless {@code bytes} of messages are sent before
 * @param bytes most that is sent
 */
public record Scale(double warmUpSeconds, double seconds, long bytes) {
    public static final Scale CORE = new Scale(3, 3, 512L << 20);
    public static final Scale SHORT = new Scale(0.6, 1, 128L << 20);

    long warmUpNanos() {
        return (long) (warmUpSeconds * 1e9);
    }

    long nanos() {
        return (long) (seconds * 1e9);
    }
}
