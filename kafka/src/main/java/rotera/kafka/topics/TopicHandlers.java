package rotera.kafka.topics;

import java.io.IOException;
import rotera.kafka.message.CreatePartitions;
import rotera.kafka.message.CreateTopics;
import rotera.kafka.message.DeleteRecords;
import rotera.kafka.message.DeleteTopics;
import rotera.kafka.request.Request;
import rotera.kafka.request.RequestRouter;
import rotera.kafka.wire.ApiException;
import rotera.kafka.wire.Errors;
import rotera.queue.QueueException;
import rotera.server.Log;

/** Requests that make and delete topics, and those that would change one. Thread-safe. */
public final class TopicHandlers {
    private final Topics topics;
    private final TopicCreation creation;
    private final Log log;

    public TopicHandlers(Topics topics, TopicCreation creation, Log log) {
        this.topics = topics;
        this.creation = creation;
        this.log = log;
    }

    public void register(RequestRouter router) {
        router.on(CreateTopics.API, this::create)
                .on(DeleteTopics.API, this::delete)
                .on(DeleteRecords.API, TopicHandlers::deleteRecords)
                .on(CreatePartitions.API, TopicHandlers::createPartitions);
    }

    private CreateTopics.Response create(Request<CreateTopics.Request> request) {
        CreateTopics.Response response = CreateTopics.API.newResponse();
        boolean onlyCheck = request.body().validateOnly();
        for (CreateTopics.Request.Topic wanted : request.body().topics()) {
            CreateTopics.Response.Topic result = response.addTopic().name(wanted.name());
            Attempt.of(() -> create(wanted, onlyCheck), log)
                    .ifPresent(why -> result.errorCode(why.error()).errorMessage(why.message()));
        }
        return response;
    }

    private void create(CreateTopics.Request.Topic wanted, boolean onlyCheck) throws IOException {
        checkLayout(wanted);
        long bytes = creation.defaults().bytes();
        boolean producerTimes = false;
        for (CreateTopics.Request.Config config : wanted.configs()) {
            String name = config.name();
            String value = config.value() == null ? "" : config.value();
            if (TopicConfigs.isSize(name, value)) bytes = TopicConfigs.bytes(name, value);
            else if (name.equals(TopicConfigs.TIMES))
                producerTimes = TopicConfigs.producerTimes(value);
            else TopicConfigs.checkFixed(name, value);
        }
        creation.create(wanted.name(), bytes, producerTimes, onlyCheck);
    }

    private static void checkLayout(CreateTopics.Request.Topic wanted) {
        int partitions = wanted.partitions();
        if (!wanted.assignments().isEmpty()) {
            if (wanted.assignments().size() > 1)
                throw new ApiException(Errors.INVALID_PARTITIONS, "a topic has one partition here");
        } else if (partitions != -1 && partitions != 1) {
            throw new ApiException(
                    Errors.INVALID_PARTITIONS,
                    partitions + " partitions: a topic has one partition here");
        }
    }

    private DeleteTopics.Response delete(Request<DeleteTopics.Request> request) {
        DeleteTopics.Response response = DeleteTopics.API.newResponse();
        for (String name : request.body().topics())
            response.addTopic().name(name).errorCode(delete(name));
        return response;
    }

    private Errors delete(String name) {
        try {
            Topic topic = topics.named(name);
            if (topic == null || !topics.delete(topic)) return Errors.UNKNOWN_TOPIC_OR_PARTITION;
            return Errors.NONE;
        } catch (QueueException e) {
            log.warn(String.valueOf(e.getMessage()));
            return Errors.KAFKA_STORAGE_ERROR;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Errors.UNKNOWN_SERVER_ERROR;
        }
    }

    /** A queue gives up its oldest messages by itself, and only for new ones. */
    private static DeleteRecords.Response deleteRecords(Request<DeleteRecords.Request> request) {
        DeleteRecords.Response response = DeleteRecords.API.newResponse();
        for (DeleteRecords.Request.Topic topic : request.body().topics()) {
            DeleteRecords.Response.Topic results = response.addTopic().name(topic.name());
            for (DeleteRecords.Request.Partition partition : topic.partitions())
                results.addPartition()
                        .partition(partition.partition())
                        .lowWatermark(-1)
                        .errorCode(Errors.POLICY_VIOLATION);
        }
        return response;
    }

    private static CreatePartitions.Response createPartitions(
            Request<CreatePartitions.Request> request) {
        CreatePartitions.Response response = CreatePartitions.API.newResponse();
        for (CreatePartitions.Request.Topic topic : request.body().topics())
            response.addTopic()
                    .name(topic.name())
                    .errorCode(Errors.INVALID_PARTITIONS)
                    .errorMessage("a topic has one partition here");
        return response;
    }
}
