package rotera.kafka.topics;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import rotera.kafka.records.RecordBatch;
import rotera.kafka.request.Handler;
import rotera.kafka.request.Request;
import rotera.kafka.request.RequestContext;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Struct;

/** Tells clients what there is, and whom to ask: this server, at the address they have reached. */
public final class MetadataHandler implements Handler {
    public static final int NODE = 1;

    private static final String CLUSTER = "rotera";
    private static final int NOT_ASKED_FOR = Integer.MIN_VALUE;

    private final Topics topics;
    private final TopicAdmin admin;
    private final boolean autoCreate;

    public MetadataHandler(Topics topics, TopicAdmin admin, boolean autoCreate) {
        this.topics = topics;
        this.admin = admin;
        this.autoCreate = autoCreate;
    }

    @Override
    public Struct handle(Request request) {
        Struct answer =
                request.answer()
                        .set("clusterId", CLUSTER)
                        .set("controllerId", NODE)
                        .set("clusterAuthorizedOperations", NOT_ASKED_FOR);
        answer.add("brokers")
                .set("nodeId", NODE)
                .set("host", host(request.context()))
                .set("port", request.context().local().getPort());
        List<Struct> asked = request.body().structs("topics");
        if (request.body().isNull("topics") || (request.version() == 0 && asked.isEmpty())) {
            for (Map.Entry<String, Topic> topic : topics.all().entrySet())
                tell(answer, topic.getKey(), topic.getValue());
        } else {
            for (Struct topic : asked) tell(answer, topic.text("name"), find(request, topic));
        }
        return answer;
    }

    public static String host(RequestContext context) {
        return context.local().getHostString();
    }

    private @Nullable Topic find(Request request, Struct asked) {
        String name = asked.text("name");
        Topic topic = topics.named(name);
        boolean mayCreate = request.version() < 4 || request.body().bool("allowAutoTopicCreation");
        if (topic != null || !autoCreate || !mayCreate) return topic;
        return admin.createWhenAsked(name);
    }

    private static void tell(Struct answer, String name, @Nullable Topic topic) {
        Struct told =
                answer.add("topics").set("name", name).set("authorizedOperations", NOT_ASKED_FOR);
        if (topic == null) {
            told.set(
                    "errorCode",
                    Topics.isValid(name)
                            ? Errors.UNKNOWN_TOPIC_OR_PARTITION
                            : Errors.INVALID_TOPIC_EXCEPTION);
            return;
        }
        told.add("partitions")
                .set("partition", Topic.PARTITION)
                .set("leaderId", NODE)
                .set("leaderEpoch", RecordBatch.NO_LEADER_EPOCH)
                .set("replicaNodes", List.of((long) NODE))
                .set("isrNodes", List.of((long) NODE));
    }
}
