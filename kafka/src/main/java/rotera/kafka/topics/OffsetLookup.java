package rotera.kafka.topics;

import java.time.Instant;
import rotera.kafka.records.RecordBatch;
import rotera.kafka.request.Request;
import rotera.kafka.request.RequestContext;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Struct;
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

    public Struct listOffsets(Request request) {
        Struct answer = request.answer();
        for (Struct topic : request.body().structs("topics")) {
            Struct told = answer.add("topics").set("name", topic.text("name"));
            for (Struct partition : topic.structs("partitions")) {
                Struct result =
                        told.add("partitions")
                                .set("partition", partition.number("partition"))
                                .set("timestamp", NONE)
                                .set("offset", NONE)
                                .set("leaderEpoch", RecordBatch.NO_LEADER_EPOCH);
                Topic found = topics.partition(topic.text("name"), partition.number("partition"));
                if (found == null) result.set("errorCode", Errors.UNKNOWN_TOPIC_OR_PARTITION);
                else find(found, partition.number("timestamp"), request.context(), result);
            }
        }
        return answer;
    }

    private static void find(Topic topic, long time, RequestContext context, Struct result) {
        try {
            Status status = topic.file().ping();
            if (time == LATEST) result.set("offset", status.next());
            else if (time == EARLIEST) result.set("offset", status.oldest());
            else if (time >= 0) findTime(topic, time, context, result);
            else result.set("errorCode", Errors.INVALID_REQUEST);
        } catch (QueueException e) {
            result.set("errorCode", Errors.of(e));
        }
    }

    /** By the time of the push, which never decreases; nothing if no message is so young. */
    private static void findTime(Topic topic, long time, RequestContext context, Struct result) {
        long id = topic.file().idOf(Start.time(Instant.ofEpochMilli(time)));
        context.buffers()
                .readOne(
                        topic.file(),
                        id,
                        message ->
                                result.set("offset", message.id())
                                        .set("timestamp", message.timeMillis()));
    }

    /** There is one epoch, which ends where the topic does. */
    public Struct offsetForLeaderEpoch(Request request) {
        Struct answer = request.answer();
        for (Struct topic : request.body().structs("topics")) {
            Struct told = answer.add("topics").set("name", topic.text("name"));
            for (Struct partition : topic.structs("partitions")) {
                Struct result =
                        told.add("partitions")
                                .set("partition", partition.number("partition"))
                                .set("leaderEpoch", NONE)
                                .set("endOffset", NONE);
                Topic found = topics.partition(topic.text("name"), partition.number("partition"));
                if (found == null) result.set("errorCode", Errors.UNKNOWN_TOPIC_OR_PARTITION);
                else end(found, partition.number("leaderEpoch"), result);
            }
        }
        return answer;
    }

    private static void end(Topic topic, long epoch, Struct result) {
        try {
            result.set("endOffset", topic.file().ping().next()).set("leaderEpoch", epoch);
        } catch (QueueException e) {
            result.set("errorCode", Errors.of(e));
        }
    }
}
