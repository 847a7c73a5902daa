package rotera.kafka;

import java.net.InetSocketAddress;
import java.util.Optional;
import rotera.kafka.topics.TopicDefaults;

/** Where Kafka programs are served, and what they may do. */
public final class KafkaOptions {

    /** Where Kafka listens. */
    public static final int DEFAULT_PORT = 9092;

    /** Size of a topic for which none is said. */
    public static final long DEFAULT_TOPIC_BYTES = 64 << 20;

    /** The largest topic that clients may create, unless more is allowed. */
    public static final long DEFAULT_MOST_TOPIC_BYTES = 1L << 30;

    private final String host;
    private final int port;
    private final Optional<InetSocketAddress> advertised;
    private final long topicBytes;
    private final long mostTopicBytes;
    private final boolean autoCreate;

    private KafkaOptions(
            String host,
            int port,
            Optional<InetSocketAddress> advertised,
            long topicBytes,
            long mostTopicBytes,
            boolean autoCreate) {
        if (port < 0 || port > 65_535)
            throw new IllegalArgumentException("port=" + port + " is not within 0 and 65535");
        if (topicBytes < TopicDefaults.MIN_BYTES || topicBytes > mostTopicBytes)
            throw new IllegalArgumentException(
                    "topicBytes=%d is not within %d and mostTopicBytes=%d"
                            .formatted(topicBytes, TopicDefaults.MIN_BYTES, mostTopicBytes));
        this.host = host;
        this.port = port;
        this.advertised = advertised;
        this.topicBytes = topicBytes;
        this.mostTopicBytes = mostTopicBytes;
        this.autoCreate = autoCreate;
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

    /** Name or address to listen on. */
    public String host() {
        return host;
    }

    /** 0 for any free one. */
    public int port() {
        return port;
    }

    /** Where clients are told to connect to; empty for the address that they have reached. */
    public Optional<InetSocketAddress> advertised() {
        return advertised;
    }

    /** Size of the file of a topic that clients create without saying one. */
    public long topicBytes() {
        return topicBytes;
    }

    /** The largest size that they may ask for. */
    public long mostTopicBytes() {
        return mostTopicBytes;
    }

    /** Whether a topic is created when a client asks about it. */
    public boolean autoCreate() {
        return autoCreate;
    }
}
