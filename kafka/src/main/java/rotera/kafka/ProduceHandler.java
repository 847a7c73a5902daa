package rotera.kafka;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import rotera.kafka.message.Produce;
import rotera.kafka.records.BatchReader;
import rotera.kafka.request.ConnectionBuffers;
import rotera.kafka.request.Deferred;
import rotera.kafka.request.Handler;
import rotera.kafka.request.Request;
import rotera.kafka.topics.Topic;
import rotera.kafka.topics.TopicSettings;
import rotera.kafka.topics.Topics;
import rotera.kafka.wire.ApiException;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.MalformedRequestException;
import rotera.queue.Batch;
import rotera.queue.QueueException;
import rotera.server.Log;

/**
 * Stages pushes as they come, and commits those of a connection together: responses are {@link
 * Deferred}. One batch of a producer is one push. Thread-safe.
 */
final class ProduceHandler implements Handler<Produce.Request> {
    /** Earlier versions carry messages of formats that are not taken. */
    private static final int FIRST_VERSION = 3;

    private static final int ALL = -1;

    private final Topics topics;
    private final TopicSettings settings;
    private final Log log;

    ProduceHandler(Topics topics, TopicSettings settings, Log log) {
        this.topics = topics;
        this.settings = settings;
        this.log = log;
    }

    @Override
    public boolean defers() {
        return true;
    }

    @Override
    public Deferred handle(Request<Produce.Request> request) {
        Pushes pushes =
                request.context().deferred() instanceof Pushed pushed
                        ? pushed.pushes
                        : new Pushes(request.context().buffers());
        Produce.Response response = Produce.API.newResponse();
        List<Staged> staged = new ArrayList<>();
        for (Produce.Request.Topic topic : request.body().topics()) {
            Produce.Response.Topic results = response.addTopic().name(topic.name());
            for (Produce.Request.Partition partition : topic.partitions()) {
                Produce.Response.Partition result =
                        results.addPartition()
                                .partition(partition.partition())
                                .logAppendTimeMillis(-1)
                                .baseOffset(-1)
                                .logStartOffset(-1);
                pushes.push(request, topic.name(), partition, result)
                        .ifPresent(pushed -> staged.add(new Staged(pushed, result)));
            }
        }
        Pushed pushed = new Pushed(pushes, request.body().acks(), response, staged);
        pushes.requests.add(pushed);
        return pushed;
    }

    /** A push and its place in the response. */
    private record Staged(Topic topic, Produce.Response.Partition result) {}

    /** A request whose pushes wait for their commit, with its response. */
    private record Pushed(Pushes pushes, int acks, Produce.Response response, List<Staged> staged)
            implements Deferred {

        @Override
        public Produce.@Nullable Response complete() {
            pushes.commit();
            if (acks != 0) return response;
            checkKept();
            return null;
        }

        /** A client that expects no response learns of a failure from the end of the connection. */
        private void checkKept() {
            for (Produce.Response.Topic topic : response.topics()) {
                for (Produce.Response.Partition result : topic.partitions()) {
                    if (result.errorCode() != Errors.NONE.code)
                        throw new MalformedRequestException(
                                "a push with acks=0 was not kept: " + result.errorMessage());
                }
            }
        }
    }

    /** The pushes of a connection that are committed together. */
    private final class Pushes {
        private final ConnectionBuffers buffers;
        private final List<Pushed> requests = new ArrayList<>();
        private final Set<Topic> uncommitted = new LinkedHashSet<>();

        Pushes(ConnectionBuffers buffers) {
            this.buffers = buffers;
        }

        /** The topic that was pushed to, if any was. */
        Optional<Topic> push(
                Request<Produce.Request> request,
                String name,
                Produce.Request.Partition partition,
                Produce.Response.Partition result) {
            try {
                check(request);
                Topic topic = topics.partition(name, partition.partition());
                if (topic == null)
                    throw new ApiException(
                            Errors.UNKNOWN_TOPIC_OR_PARTITION,
                            "there is no topic " + name + " with this partition");
                ByteBuffer records = partition.records();
                if (records == null) throw new ApiException(Errors.INVALID_RECORD, "no records");
                Batch batch = BatchReader.read(records, topic.mostPushBytes(), buffers);
                result.baseOffset(pushTo(topic, batch, result));
                result.logAppendTimeMillis(batch.pushedMillis());
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

        /** Commits all that was pushed; the second time there is nothing left. */
        void commit() {
            for (Topic topic : uncommitted) {
                try {
                    topic.traffic().commitAsked();
                    topic.file().commit();
                    long oldest = topic.file().ping().oldest();
                    boolean producerTimes = settings.producerTimes(topic);
                    for (Produce.Response.Partition result : resultsOf(topic)) {
                        result.logStartOffset(oldest);
                        if (producerTimes) result.logAppendTimeMillis(-1);
                        else if (result.logAppendTimeMillis() < 0) addTime(topic, result);
                    }
                } catch (QueueException e) {
                    for (Produce.Response.Partition result : resultsOf(topic)) fail(result, e);
                }
            }
            uncommitted.clear();
        }

        /** The time of the first push; none if its messages were overwritten or cannot be read. */
        private void addTime(Topic topic, Produce.Response.Partition result) {
            long id = result.baseOffset();
            try {
                buffers.readOne(
                        topic.file(),
                        id,
                        message -> {
                            if (message.id() == id)
                                result.logAppendTimeMillis(message.timeMillis());
                        });
            } catch (QueueException e) {
                // It is kept, which is what was asked.
            }
        }

        private List<Produce.Response.Partition> resultsOf(Topic topic) {
            return requests.stream()
                    .flatMap(pushed -> pushed.staged.stream())
                    .filter(staged -> staged.topic.equals(topic))
                    .map(Staged::result)
                    .toList();
        }
    }

    /**
     * A batch that is not the next one of its producer waits for those before it, which come again
     * if they were refused: if it were kept, they could not be kept any more.
     */
    private static long pushTo(Topic topic, Batch batch, Produce.Response.Partition result) {
        try {
            return topic.file().push(batch.requireConsecutive());
        } catch (QueueException.UnknownProducerException e) {
            // With this a client goes on under a later epoch; without it, it only asks again.
            result.logStartOffset(topic.file().ping().oldest());
            throw e;
        }
    }

    private static void check(Request<Produce.Request> request) {
        if (request.version() < FIRST_VERSION)
            throw new ApiException(
                    Errors.UNSUPPORTED_VERSION, "produce requests are taken from version 3 on");
        if (request.body().transactionalId() != null)
            throw new ApiException(Errors.INVALID_REQUEST, "transactions are not supported");
        int acks = request.body().acks();
        if (acks < ALL || acks > 1)
            throw new ApiException(Errors.INVALID_REQUIRED_ACKS, "acks=" + acks + ": 0, 1 or all");
    }

    private void fail(Produce.Response.Partition result, QueueException e) {
        Errors error = Errors.of(e);
        if (error == Errors.KAFKA_STORAGE_ERROR || error == Errors.UNKNOWN_SERVER_ERROR)
            log.warn(String.valueOf(e.getMessage()));
        fail(result, error, String.valueOf(e.getMessage()));
    }

    private static void fail(Produce.Response.Partition result, Errors error, String message) {
        result.errorCode(error).errorMessage(message);
        result.baseOffset(-1).logAppendTimeMillis(-1);
    }
}
