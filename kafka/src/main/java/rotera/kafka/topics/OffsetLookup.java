package rotera.kafka.topics;

import java.time.Instant;
import rotera.kafka.message.ListOffsets;
import rotera.kafka.message.OffsetForLeaderEpoch;
import rotera.kafka.records.RecordBatch;
import rotera.kafka.request.Request;
import rotera.kafka.request.RequestContext;
import rotera.kafka.request.RequestRouter;
import rotera.kafka.wire.Errors;
import rotera.queue.QueueException;
import rotera.queue.Start;
import rotera.queue.Status;

/** Answers where a topic begins and ends, and which message came first after a time. */
public final class OffsetLookup {
    private static final long LATEST = -1;
    private static final long EARLIEST = -2;
    private static final long NONE = -1;

    private final Topics topics;

    public OffsetLookup(Topics topics) {
        this.topics = topics;
    }

    public void register(RequestRouter router) {
        router.on(ListOffsets.API, this::listOffsets)
                .on(OffsetForLeaderEpoch.API, this::offsetForLeaderEpoch);
    }

    private ListOffsets.Response listOffsets(Request<ListOffsets.Request> request) {
        ListOffsets.Response response = ListOffsets.API.newResponse();
        for (ListOffsets.Request.Topic topic : request.body().topics()) {
            ListOffsets.Response.Topic results = response.addTopic().name(topic.name());
            for (ListOffsets.Request.Partition partition : topic.partitions()) {
                ListOffsets.Response.Partition result =
                        results.addPartition()
                                .partition(partition.partition())
                                .timestamp(NONE)
                                .offset(NONE)
                                .leaderEpoch(RecordBatch.NO_LEADER_EPOCH);
                Topic found = topics.partition(topic.name(), partition.partition());
                if (found == null) result.errorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION);
                else find(found, partition.timestamp(), request.context(), result);
            }
        }
        return response;
    }

    private static void find(
            Topic topic, long time, RequestContext context, ListOffsets.Response.Partition result) {
        try {
            Status status = topic.file().ping();
            if (time == LATEST) result.offset(status.next());
            else if (time == EARLIEST) result.offset(status.oldest());
            else if (time >= 0) findTime(topic, time, context, result);
            else result.errorCode(Errors.INVALID_REQUEST);
        } catch (QueueException e) {
            result.errorCode(Errors.of(e));
        }
    }

    /** By the time of the push, which never decreases; nothing if no message is so young. */
    private static void findTime(
            Topic topic, long time, RequestContext context, ListOffsets.Response.Partition result) {
        long id = topic.file().idOf(Start.time(Instant.ofEpochMilli(time)));
        context.buffers()
                .readOne(
                        topic.file(),
                        id,
                        message -> result.offset(message.id()).timestamp(message.timeMillis()));
    }

    /** There is one epoch, which ends where the topic does. */
    private OffsetForLeaderEpoch.Response offsetForLeaderEpoch(
            Request<OffsetForLeaderEpoch.Request> request) {
        OffsetForLeaderEpoch.Response response = OffsetForLeaderEpoch.API.newResponse();
        for (OffsetForLeaderEpoch.Request.Topic topic : request.body().topics()) {
            OffsetForLeaderEpoch.Response.Topic results = response.addTopic().name(topic.name());
            for (OffsetForLeaderEpoch.Request.Partition partition : topic.partitions()) {
                OffsetForLeaderEpoch.Response.Partition result =
                        results.addPartition()
                                .partition(partition.partition())
                                .leaderEpoch((int) NONE)
                                .endOffset(NONE);
                Topic found = topics.partition(topic.name(), partition.partition());
                if (found == null) result.errorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION);
                else end(found, partition.leaderEpoch(), result);
            }
        }
        return response;
    }

    private static void end(
            Topic topic, int epoch, OffsetForLeaderEpoch.Response.Partition result) {
        try {
            result.endOffset(topic.file().ping().next()).leaderEpoch(epoch);
        } catch (QueueException e) {
            result.errorCode(Errors.of(e));
        }
    }
}
