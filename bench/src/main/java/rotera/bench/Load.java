package rotera.bench;

import java.time.Duration;

/**
 * How hard a queue is driven.
 *
 * @param messageBytes size of each message, at least {@link #LEAST_MESSAGE_BYTES}
 * @param batch messages per push, and at most per delivery to a consumer
 * @param connections producers, or readers of {@link Work#READ}; each is a thread, with a
 *     connection of its own
 * @param consumers streams that follow
 * @param outstanding batches that each producer has under way at most
 * @param commits when producers commit
 * @param rate messages per second of all producers together; 0 for as many as they can
 * @param warmUp how long it runs before anything counts
 * @param time how long it is measured
 */
public record Load(
        int messageBytes,
        int batch,
        int connections,
        int consumers,
        int outstanding,
        CommitPolicy commits,
        double rate,
        Duration warmUp,
        Duration time) {

    /** A message says who made it as which, and when it was due. */
    public static final int LEAST_MESSAGE_BYTES = 16;

    public static final int MOST_CONNECTIONS = 64;

    public Load {
        within("messageBytes", messageBytes, LEAST_MESSAGE_BYTES, Integer.MAX_VALUE);
        within("batch", batch, 1, 1 << 20);
        within("connections", connections, 1, MOST_CONNECTIONS);
        within("consumers", consumers, 1, MOST_CONNECTIONS);
        within("outstanding", outstanding, 1, 1024);
        if (rate < 0) throw new IllegalArgumentException("rate=" + rate + " is negative");
    }

    private static void within(String name, int value, int least, int most) {
        if (value < least || value > most)
            throw new IllegalArgumentException(
                    name + "=" + value + " is not within " + least + " and " + most);
    }
}
