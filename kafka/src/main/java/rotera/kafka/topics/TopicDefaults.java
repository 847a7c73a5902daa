package rotera.kafka.topics;

/**
 * What a topic is like for which nothing else is asked.
 *
 * @param bytes size of its file
 * @param maxBytes the largest that clients may ask for
 * @param autoCreate whether a topic is created by asking for it
 */
public record TopicDefaults(long bytes, long maxBytes, boolean autoCreate) {
    /** The smallest file of a topic. */
    public static final long MIN_BYTES = 1 << 20;
}
