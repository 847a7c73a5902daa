package rotera.kafka.topics;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import rotera.kafka.request.Request;
import rotera.kafka.request.RequestRouter;
import rotera.kafka.wire.ApiException;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Struct;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.server.Log;

/** Makes, deletes and describes topics. Thread-safe. */
public final class TopicAdmin {
    private static final int TOPIC = 2;
    private static final int BROKER = 4;

    // Where a setting comes from, and what may be done to it.
    private static final int OF_TOPIC = 1;
    private static final int DEFAULT = 5;
    private static final int TEXT = 2;
    private static final int SET = 0;
    private static final int DELETE = 1;

    private final Topics topics;
    private final TopicSettings settings;
    private final TopicDefaults defaults;
    private final String directory;
    private final TopicLimits limits;
    private final Log log;

    /** One topic is made after the other, so that each finds what the ones before it have taken. */
    private final Object creating = new Object();

    public TopicAdmin(
            Topics topics,
            TopicSettings settings,
            TopicDefaults defaults,
            Path directory,
            TopicLimits limits,
            Log log) {
        this.topics = topics;
        this.settings = settings;
        this.defaults = defaults;
        this.directory = directory.toString();
        this.limits = limits;
        this.log = log;
    }

    /** Registers what is answered here. */
    public void answerIn(RequestRouter router) {
        router.on("CreateTopics", this::create)
                .on("DeleteTopics", this::delete)
                .on("DeleteRecords", TopicAdmin::deleteRecords)
                .on("CreatePartitions", TopicAdmin::createPartitions)
                .on("DescribeConfigs", this::describeConfigs)
                .on("IncrementalAlterConfigs", this::alterConfigs)
                .on("DescribeLogDirs", this::describeLogDirs);
    }

    // ---- making

    private Struct create(Request request) {
        Struct answer = request.answer();
        for (Struct wanted : request.body().structs("topics")) {
            Struct told = answer.add("topics").set("name", wanted.text("name"));
            attempt(told, () -> create(wanted, request.body().bool("validateOnly")));
        }
        return answer;
    }

    private void create(Struct wanted, boolean onlyCheck) throws IOException {
        checkLayout(wanted);
        long bytes = defaults.bytes();
        boolean producerTimes = false;
        for (Struct config : wanted.structs("configs")) {
            String name = config.text("name");
            String value = config.optionalText("value").orElse("");
            if (TopicConfigs.isSize(name, value)) bytes = TopicConfigs.bytes(name, value);
            else if (name.equals(TopicConfigs.TIMES))
                producerTimes = TopicConfigs.producerTimes(value);
            else TopicConfigs.checkFixed(name, value);
        }
        create(wanted.text("name"), bytes, producerTimes, onlyCheck);
    }

    private static void checkLayout(Struct wanted) {
        long partitions = wanted.number("partitions");
        if (!wanted.structs("assignments").isEmpty()) {
            if (wanted.structs("assignments").size() > 1)
                throw new ApiException(Errors.INVALID_PARTITIONS, "a topic has one partition here");
        } else if (partitions != -1 && partitions != 1) {
            throw new ApiException(
                    Errors.INVALID_PARTITIONS,
                    partitions + " partitions: a topic has one partition here");
        }
    }

    private void create(String name, long bytes, boolean producerTimes, boolean onlyCheck)
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

    /** A topic that was asked for, of the usual size; null if it cannot be made. */
    @Nullable Topic createWhenAsked(String name) {
        try {
            create(name, defaults.bytes(), false, false);
        } catch (IOException | ApiException | QueueException e) {
            log.warn("not creating topic " + name + ": " + e.getMessage());
        }
        return topics.named(name);
    }

    // ---- deleting, and what is refused

    private Struct delete(Request request) {
        Struct answer = request.answer();
        for (String name : request.body().texts("topics")) {
            Struct told = answer.add("topics").set("name", name);
            try {
                Topic topic = topics.named(name);
                if (topic == null || !topics.delete(topic))
                    told.set("errorCode", Errors.UNKNOWN_TOPIC_OR_PARTITION);
            } catch (QueueException e) {
                log.warn(String.valueOf(e.getMessage()));
                told.set("errorCode", Errors.KAFKA_STORAGE_ERROR);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                told.set("errorCode", Errors.UNKNOWN_SERVER_ERROR);
            }
        }
        return answer;
    }

    /** A queue gives up its oldest messages by itself, and only for new ones. */
    private static Struct deleteRecords(Request request) {
        Struct answer = request.answer();
        for (Struct topic : request.body().structs("topics")) {
            Struct told = answer.add("topics").set("name", topic.text("name"));
            for (Struct partition : topic.structs("partitions"))
                told.add("partitions")
                        .set("partition", partition.number("partition"))
                        .set("lowWatermark", -1)
                        .set("errorCode", Errors.POLICY_VIOLATION);
        }
        return answer;
    }

    private static Struct createPartitions(Request request) {
        Struct answer = request.answer();
        for (Struct topic : request.body().structs("topics"))
            answer.add("topics")
                    .set("name", topic.text("name"))
                    .set("errorCode", Errors.INVALID_PARTITIONS)
                    .set("errorMessage", "a topic has one partition here");
        return answer;
    }

    // ---- settings

    private Struct describeConfigs(Request request) {
        Struct answer = request.answer();
        for (Struct resource : request.body().structs("resources")) {
            Struct told =
                    answer.add("resources")
                            .set("type", resource.number("type"))
                            .set("name", resource.text("name"));
            attempt(told, () -> describe(resource, told));
        }
        return answer;
    }

    private void describe(Struct resource, Struct told) {
        if (resource.number("type") == BROKER) {
            tell(told, resource, "auto.create.topics.enable", setting(defaults.autoCreate()));
            tell(told, resource, "log.dirs", setting(directory));
            tell(told, resource, "num.partitions", setting(1));
            return;
        }
        Topic topic = topicOf(resource);
        TopicConfigs.of(topic.file().info(), settings.producerTimes(topic))
                .forEach((name, setting) -> tell(told, resource, name, setting));
    }

    private static TopicConfigs.Setting setting(Object value) {
        return new TopicConfigs.Setting(String.valueOf(value), true, false);
    }

    private static void tell(
            Struct told, Struct resource, String name, TopicConfigs.Setting setting) {
        if (!resource.isNull("keys") && !resource.texts("keys").contains(name)) return;
        told.add("configs")
                .set("name", name)
                .set("value", setting.value())
                .set("readOnly", setting.readOnly())
                .set("source", setting.ofTopic() ? OF_TOPIC : DEFAULT)
                .set("type", TEXT);
    }

    private Topic topicOf(Struct resource) {
        if (resource.number("type") != TOPIC)
            throw new ApiException(
                    Errors.INVALID_REQUEST,
                    "resources of type " + resource.number("type") + " have no settings here");
        Topic topic = topics.named(resource.text("name"));
        if (topic == null)
            throw new ApiException(
                    Errors.UNKNOWN_TOPIC_OR_PARTITION,
                    "there is no topic " + resource.text("name"));
        return topic;
    }

    private Struct alterConfigs(Request request) {
        Struct answer = request.answer();
        boolean onlyCheck = request.body().bool("validateOnly");
        for (Struct resource : request.body().structs("resources")) {
            Struct told =
                    answer.add("resources")
                            .set("type", resource.number("type"))
                            .set("name", resource.text("name"));
            attempt(told, () -> alter(resource, onlyCheck));
        }
        return answer;
    }

    private void alter(Struct resource, boolean onlyCheck) throws IOException {
        Topic topic = topicOf(resource);
        boolean producerTimes = settings.producerTimes(topic);
        for (Struct config : resource.structs("configs")) {
            long operation = config.number("operation");
            String name = config.text("name");
            if (operation != SET && operation != DELETE)
                throw new ApiException(
                        Errors.INVALID_CONFIG, name + " is no list: it can be set or deleted");
            String value = config.optionalText("value").orElse("");
            if (name.equals(TopicConfigs.SIZE) || name.equals(TopicConfigs.RETENTION))
                throw new ApiException(
                        Errors.INVALID_CONFIG, name + ": the size of a queue never changes");
            if (name.equals(TopicConfigs.TIMES))
                producerTimes = operation == SET && TopicConfigs.producerTimes(value);
            else if (operation == SET) TopicConfigs.checkFixed(name, value);
        }
        if (!onlyCheck) settings.setProducerTimes(topic, producerTimes);
    }

    private Struct describeLogDirs(Request request) {
        Struct answer = request.answer();
        Struct told = answer.add("directories").set("path", directory);
        for (Map.Entry<String, Topic> topic : topics.all().entrySet()) {
            if (!isAsked(request.body(), topic.getKey())) continue;
            RotFile file = topic.getValue().file();
            told.add("topics")
                    .set("name", topic.getKey())
                    .add("partitions")
                    .set("partition", Topic.PARTITION)
                    .set("sizeBytes", file.info().fileBytes());
        }
        return answer;
    }

    private static boolean isAsked(Struct body, String name) {
        return body.isNull("topics")
                || body.structs("topics").stream()
                        .anyMatch(topic ->
                                topic.text("name").equals(name)
                                        && topic.numbers("partitions")
                                                .contains((long) Topic.PARTITION));
    }

    /** Something that may fail, and is told to the client then. */
    private interface Attempt {
        void run() throws IOException;
    }

    private void attempt(Struct told, Attempt attempt) {
        try {
            attempt.run();
        } catch (ApiException e) {
            told.set("errorCode", e.error).set("errorMessage", e.getMessage());
        } catch (QueueException | IOException e) {
            log.warn(String.valueOf(e.getMessage()));
            told.set("errorCode", Errors.KAFKA_STORAGE_ERROR).set("errorMessage", e.getMessage());
        }
    }
}
