package rotera.kafka.topics;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.ApiException;
import rotera.kafka.wire.Errors;
import rotera.queue.QueueException;
import rotera.server.Log;

/** Makes topics, within the limits. Thread-safe. */
public final class TopicCreation {
    private final Topics topics;
    private final TopicSettings settings;
    private final TopicDefaults defaults;
    private final TopicLimits limits;
    private final Log log;

    /** One topic is made after the other, so that each finds what the ones before it have taken. */
    private final Object creating = new Object();

    public TopicCreation(
            Topics topics,
            TopicSettings settings,
            TopicDefaults defaults,
            TopicLimits limits,
            Log log) {
        this.topics = topics;
        this.settings = settings;
        this.defaults = defaults;
        this.limits = limits;
        this.log = log;
    }

    TopicDefaults defaults() {
        return defaults;
    }

    /**
     * Makes a topic, or only checks whether it can be made.
     *
     * @throws ApiException if it cannot
     */
    void create(String name, long bytes, boolean producerTimes, boolean onlyCheck)
            throws IOException {
        Topic topic;
        synchronized (creating) {
            checkNew(name, bytes);
            if (onlyCheck) return;
            topic =
                    topics.create(name, bytes)
                            .orElseThrow(() ->
                                    new ApiException(
                                            Errors.TOPIC_ALREADY_EXISTS,
                                            "topic " + name + " exists"));
        }
        log.info("created topic " + name + " of " + bytes + " bytes: " + topic.file().path());
        if (producerTimes) settings.setProducerTimes(topic, true);
    }

    private void checkNew(String name, long bytes) {
        if (!Topics.isValid(name))
            throw new ApiException(
                    Errors.INVALID_TOPIC_EXCEPTION,
                    "'" + name + "': letters, digits, '.', '_' and '-', up to 249");
        if (topics.named(name) != null)
            throw new ApiException(Errors.TOPIC_ALREADY_EXISTS, "topic " + name + " exists");
        if (bytes < TopicDefaults.MIN_BYTES || bytes > defaults.maxBytes())
            throw new ApiException(
                    Errors.INVALID_CONFIG,
                    "%s=%d: this server takes %d to %d"
                            .formatted(
                                    TopicConfigs.SIZE,
                                    bytes,
                                    TopicDefaults.MIN_BYTES,
                                    defaults.maxBytes()));
        limits.check(topics.all().values(), bytes);
    }

    /**
     * A topic that a client asked for, of the usual size; null if it cannot be made, or if that is
     * left to those who say so.
     */
    @Nullable Topic createWhenAsked(String name) {
        if (!defaults.autoCreate()) return null;
        try {
            create(name, defaults.bytes(), false, false);
        } catch (IOException | ApiException | QueueException e) {
            log.warn("not creating topic " + name + ": " + e.getMessage());
        }
        return topics.named(name);
    }
}
