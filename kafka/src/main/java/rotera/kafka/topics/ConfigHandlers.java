package rotera.kafka.topics;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import rotera.kafka.message.DescribeConfigs;
import rotera.kafka.message.DescribeLogDirs;
import rotera.kafka.message.IncrementalAlterConfigs;
import rotera.kafka.request.Request;
import rotera.kafka.request.RequestRouter;
import rotera.kafka.wire.ApiException;
import rotera.kafka.wire.Errors;
import rotera.server.Log;

/** Requests about the settings of topics and of this server, and about the disk. Thread-safe. */
public final class ConfigHandlers {
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
    private final boolean autoCreate;
    private final String directory;
    private final Log log;

    public ConfigHandlers(
            Topics topics,
            TopicSettings settings,
            TopicDefaults defaults,
            Path directory,
            Log log) {
        this.topics = topics;
        this.settings = settings;
        this.autoCreate = defaults.autoCreate();
        this.directory = directory.toString();
        this.log = log;
    }

    public void register(RequestRouter router) {
        router.on(DescribeConfigs.API, this::describeConfigs)
                .on(IncrementalAlterConfigs.API, this::alterConfigs)
                .on(DescribeLogDirs.API, this::describeLogDirs);
    }

    private DescribeConfigs.Response describeConfigs(Request<DescribeConfigs.Request> request) {
        DescribeConfigs.Response response = DescribeConfigs.API.newResponse();
        for (DescribeConfigs.Request.Resource resource : request.body().resources()) {
            DescribeConfigs.Response.Resource described =
                    response.addResource().type(resource.type()).name(resource.name());
            Attempt.of(() -> describe(resource, described), log)
                    .ifPresent(why -> described.errorCode(why.error()).errorMessage(why.message()));
        }
        return response;
    }

    private void describe(
            DescribeConfigs.Request.Resource resource,
            DescribeConfigs.Response.Resource described) {
        if (resource.type() == BROKER) {
            add(described, resource, "auto.create.topics.enable", setting(autoCreate));
            add(described, resource, "log.dirs", setting(directory));
            add(described, resource, "num.partitions", setting(1));
            return;
        }
        Topic topic = topicOf(resource.type(), resource.name());
        TopicConfigs.of(topic.file().info(), settings.producerTimes(topic))
                .forEach((name, setting) -> add(described, resource, name, setting));
    }

    private static TopicConfigs.Setting setting(Object value) {
        return new TopicConfigs.Setting(String.valueOf(value), true, false);
    }

    private static void add(
            DescribeConfigs.Response.Resource described,
            DescribeConfigs.Request.Resource resource,
            String name,
            TopicConfigs.Setting setting) {
        if (resource.hasKeys() && !resource.keys().contains(name)) return;
        described
                .addConfig()
                .name(name)
                .value(setting.value())
                .readOnly(setting.readOnly())
                .source(setting.ofTopic() ? OF_TOPIC : DEFAULT)
                .type(TEXT);
    }

    private Topic topicOf(int type, String name) {
        if (type != TOPIC)
            throw new ApiException(
                    Errors.INVALID_REQUEST, "resources of type " + type + " have no settings here");
        Topic topic = topics.named(name);
        if (topic == null)
            throw new ApiException(Errors.UNKNOWN_TOPIC_OR_PARTITION, "there is no topic " + name);
        return topic;
    }

    private IncrementalAlterConfigs.Response alterConfigs(
            Request<IncrementalAlterConfigs.Request> request) {
        IncrementalAlterConfigs.Response response = IncrementalAlterConfigs.API.newResponse();
        boolean onlyCheck = request.body().validateOnly();
        for (IncrementalAlterConfigs.Request.Resource resource : request.body().resources()) {
            IncrementalAlterConfigs.Response.Resource result =
                    response.addResource().type(resource.type()).name(resource.name());
            Attempt.of(() -> alter(resource, onlyCheck), log)
                    .ifPresent(why -> result.errorCode(why.error()).errorMessage(why.message()));
        }
        return response;
    }

    private void alter(IncrementalAlterConfigs.Request.Resource resource, boolean onlyCheck)
            throws IOException {
        Topic topic = topicOf(resource.type(), resource.name());
        boolean producerTimes = settings.producerTimes(topic);
        for (IncrementalAlterConfigs.Request.Config config : resource.configs()) {
            int operation = config.operation();
            String name = config.name();
            if (operation != SET && operation != DELETE)
                throw new ApiException(
                        Errors.INVALID_CONFIG, name + " is no list: it can be set or deleted");
            String value = config.value() == null ? "" : config.value();
            if (name.equals(TopicConfigs.SIZE) || name.equals(TopicConfigs.RETENTION))
                throw new ApiException(
                        Errors.INVALID_CONFIG, name + ": the size of a queue never changes");
            if (name.equals(TopicConfigs.TIMES))
                producerTimes = operation == SET && TopicConfigs.producerTimes(value);
            else if (operation == SET) TopicConfigs.checkFixed(name, value);
        }
        if (!onlyCheck) settings.setProducerTimes(topic, producerTimes);
    }

    private DescribeLogDirs.Response describeLogDirs(Request<DescribeLogDirs.Request> request) {
        DescribeLogDirs.Response response = DescribeLogDirs.API.newResponse();
        DescribeLogDirs.Response.Directory described = response.addDirectory().path(directory);
        for (Map.Entry<String, Topic> topic : topics.all().entrySet()) {
            if (!isAsked(request.body(), topic.getKey())) continue;
            described
                    .addTopic()
                    .name(topic.getKey())
                    .addPartition()
                    .partition(Topic.PARTITION)
                    .sizeBytes(topic.getValue().file().info().fileBytes());
        }
        return response;
    }

    private static boolean isAsked(DescribeLogDirs.Request body, String name) {
        return !body.hasTopics()
                || body.topics().stream()
                        .anyMatch(topic ->
                                topic.name().equals(name)
                                        && topic.partitions().contains((long) Topic.PARTITION));
    }
}
