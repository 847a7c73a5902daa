package rotera.kafka;

import java.net.InetSocketAddress;
import java.util.Optional;
import rotera.kafka.topics.TopicDefaults;

/**
 * Where Kafka programs are served, and what they may do.
 *
 * @param host name or address to listen on
 * @param port 0 for any free one
 * @param advertised where clients are told to connect to; empty for the address that they have
 *     reached
 * @param topicBytes size of the file of a topic that clients create without saying one
 * @param mostTopicBytes the largest size that they may ask for
 * @param autoCreate whether a topic is created when a client asks about it
 */
public record KafkaOptions(
        String host,
        int port,
        Optional<InetSocketAddress> advertised,
        long topicBytes,
        long mostTopicBytes,
        boolean autoCreate) {

    /** Where Kafka listens. */
    public static final int DEFAULT_PORT = 9092;

    /** Size of a topic for which none is said. */
    public static final long DEFAULT_TOPIC_BYTES = 64 << 20;

    /** The largest topic that clients may create, unless more is allowed. */
    public static final long DEFAULT_MOST_TOPIC_BYTES = 1L << 30;

    public KafkaOptions {
        if (port < 0 || port > 65_535)
            throw new IllegalArgumentException("port=" + port + " is not within 0 and 65535");
        if (topicBytes < TopicDefaults.MIN_BYTES || topicBytes > mostTopicBytes)
            throw new IllegalArgumentException(
                    "topicBytes=%d is not within %d and mostTopicBytes=%d"
                            .formatted(topicBytes, TopicDefaults.MIN_BYTES, mostTopicBytes));
    }

    /** With the usual sizes, and topics that are created only by those who say so. */
    public static KafkaOptions of(String host, int port) {
        return new KafkaOptions(
                host, port, Optional.empty(), DEFAULT_TOPIC_BYTES, DEFAULT_MOST_TOPIC_BYTES, false);
    }

    public KafkaOptions withTopicBytes(long topicBytes, long mostTopicBytes) {
        return new KafkaOptions(host, port, advertised, topicBytes, mostTopicBytes, autoCreate);
    }

    public KafkaOptions withAutoCreate() {
        return new KafkaOptions(host, port, advertised, topicBytes, mostTopicBytes, true);
    }

    TopicDefaults topicDefaults() {
        return new TopicDefaults(topicBytes, mostTopicBytes, autoCreate);
    }

    /** The name is not looked up here, but by the clients. */
    public KafkaOptions withAdvertised(String host, int port) {
        return new KafkaOptions(
                this.host,
                this.port,
                Optional.of(InetSocketAddress.createUnresolved(host, port)),
                topicBytes,
                mostTopicBytes,
                autoCreate);
    }
}
