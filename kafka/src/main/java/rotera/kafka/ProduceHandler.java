package rotera.kafka;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import rotera.kafka.records.BatchReader;
import rotera.kafka.request.ConnectionBuffers;
import rotera.kafka.request.Request;
import rotera.kafka.topics.Topic;
import rotera.kafka.topics.TopicSettings;
import rotera.kafka.topics.Topics;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.ApiException;
import rotera.kafka.wire.ApiRegistry;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Struct;
import rotera.queue.Batch;
import rotera.queue.QueueException;
import rotera.server.Log;

/**
 * The pushes of one connection: staged as they come, committed together, answered then. One batch
 * of a producer is one push. Belongs to the connection's thread.
 */
final class ProduceHandler {
    private static final Api PRODUCE = ApiRegistry.named("Produce");

    /** Earlier versions carry messages of formats that are not taken. */
    private static final int FIRST_VERSION = 3;

    private static final String APPEND_TIME = "logAppendTimeMillis";
    private static final int ALL = -1;

    private final Topics topics;
    private final TopicSettings settings;
    private final ConnectionBuffers buffers;
    private final Log log;
    private final List<Pushed> pushes = new ArrayList<>();
    private final Set<Topic> uncommitted = new LinkedHashSet<>();

    ProduceHandler(Topics topics, TopicSettings settings, ConnectionBuffers buffers, Log log) {
        this.topics = topics;
        this.settings = settings;
        this.buffers = buffers;
        this.log = log;
    }

    /** A request whose pushes wait for their commit, with its answer. */
    record Pushed(Request request, int correlation, Struct answer, List<Staged> staged) {

        /** Whether the client expects no answer. */
        boolean silent() {
            return request.body().number("acks") == 0;
        }

        /** What went wrong with any of its pushes, if something did. */
        Optional<String> failure() {
            return answer.structs("topics").stream()
                    .flatMap(topic -> topic.structs("partitions").stream())
                    .filter(result -> result.number("errorCode") != Errors.NONE.code)
                    .map(result -> result.text("errorMessage"))
                    .findFirst();
        }
    }

    /** A push and its place in the answer. */
    record Staged(Topic topic, Struct answer) {}

    boolean takes(Request request) {
        return request.api().equals(PRODUCE);
    }

    /** How many requests wait for {@link #commit}. */
    int waiting() {
        return pushes.size();
    }

    /** Stages what a request wants to push. */
    void push(Request request, int correlation) {
        Struct answer = request.answer();
        List<Staged> staged = new ArrayList<>();
        for (Struct topic : request.body().structs("topics")) {
            Struct told = answer.add("topics").set("name", topic.text("name"));
            for (Struct partition : topic.structs("partitions")) {
                Struct result =
                        told.add("partitions")
                                .set("partition", partition.number("partition"))
                                .set(APPEND_TIME, -1)
                                .set("baseOffset", -1)
                                .set("logStartOffset", -1);
                push(request, topic.text("name"), partition, result)
                        .ifPresent(pushed -> staged.add(new Staged(pushed, result)));
            }
        }
        pushes.add(new Pushed(request, correlation, answer, staged));
    }

    /** The topic that was pushed to, if any was. */
    private Optional<Topic> push(Request request, String name, Struct partition, Struct result) {
        try {
            check(request);
            Topic topic = topics.partition(name, partition.number("partition"));
            if (topic == null)
                throw new ApiException(
                        Errors.UNKNOWN_TOPIC_OR_PARTITION,
                        "there is no topic " + name + " with this partition");
            ByteBuffer records = partition.buffer("records");
            if (records == null) throw new ApiException(Errors.INVALID_RECORD, "no records");
            Batch batch = BatchReader.read(records, topic.mostPushBytes(), buffers);
            result.set("baseOffset", push(topic, batch, result));
            result.set(APPEND_TIME, batch.pushedMillis());
            topic.traffic().pushed(batch.count(), batch.bytes());
            uncommitted.add(topic);
            return Optional.of(topic);
        } catch (ApiException e) {
            fail(result, e.error, String.valueOf(e.getMessage()));
        } catch (QueueException e) {
            fail(result, e);
        } finally {
            buffers.batch.clear();
        }
        return Optional.empty();
    }

    /**
     * A batch that is not the next one of its producer waits for those before it, which come again
     * if they were refused: if it were kept, they could not be kept any more.
     */
    private static long push(Topic topic, Batch batch, Struct result) {
        try {
            return topic.file().push(batch.requireConsecutive());
        } catch (QueueException.UnknownProducerException e) {
            // With this a client goes on under a later epoch; without it, it only asks again.
            result.set("logStartOffset", topic.file().ping().oldest());
            throw e;
        }
    }

    private static void check(Request request) {
        Struct body = request.body();
        if (request.version() < FIRST_VERSION)
            throw new ApiException(
                    Errors.UNSUPPORTED_VERSION, "produce requests are taken from version 3 on");
        if (!body.isNull("transactionalId"))
            throw new ApiException(Errors.INVALID_REQUEST, "transactions are not supported");
        long acks = body.number("acks");
        if (acks < ALL || acks > 1)
            throw new ApiException(Errors.INVALID_REQUIRED_ACKS, "acks=" + acks + ": 0, 1 or all");
    }

    /** Commits all that was pushed; the requests that waited for it, with their answers. */
    List<Pushed> commit() {
        for (Topic topic : uncommitted) {
            try {
                topic.traffic().commitAsked();
                topic.file().commit();
                long oldest = topic.file().ping().oldest();
                boolean producerTimes = settings.producerTimes(topic);
                for (Struct result : answersOf(topic)) {
                    result.set("logStartOffset", oldest);
                    if (producerTimes) result.set(APPEND_TIME, -1);
                    else if (result.number(APPEND_TIME) < 0) tellTimeOfDuplicate(topic, result);
                }
            } catch (QueueException e) {
                for (Struct result : answersOf(topic)) fail(result, e);
            }
        }
        uncommitted.clear();
        List<Pushed> done = List.copyOf(pushes);
        pushes.clear();
        return done;
    }

    /** The time of the first push; none if its messages were overwritten or cannot be read. */
    private void tellTimeOfDuplicate(Topic topic, Struct result) {
        long id = result.number("baseOffset");
        try {
            buffers.readOne(
                    topic.file(),
                    id,
                    message -> {
                        if (message.id() == id) result.set(APPEND_TIME, message.timeMillis());
                    });
        } catch (QueueException e) {
            // It is kept, which is what was asked.
        }
    }

    private List<Struct> answersOf(Topic topic) {
        return pushes.stream()
                .flatMap(pushed -> pushed.staged.stream())
                .filter(staged -> staged.topic.equals(topic))
                .map(Staged::answer)
                .toList();
    }

    private void fail(Struct result, QueueException e) {
        Errors error = Errors.of(e);
        if (error == Errors.KAFKA_STORAGE_ERROR || error == Errors.UNKNOWN_SERVER_ERROR)
            log.warn(String.valueOf(e.getMessage()));
        fail(result, error, String.valueOf(e.getMessage()));
    }

    private static void fail(Struct result, Errors error, @Nullable String message) {
        result.set("errorCode", error).set("errorMessage", message);
        result.set("baseOffset", -1).set(APPEND_TIME, -1);
    }
}
