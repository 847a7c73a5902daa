package rotera.kafka;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells clients what there is, and whom to ask: this server, at the address they have reached. */
final class Metadata implements Handler {
    static final int NODE = 1;

    /** There are no epochs of leaders here. */
    static final int NO_EPOCH = -1;

    private static final String CLUSTER = "rotera";
    private static final int NOT_ASKED_FOR = Integer.MIN_VALUE;

    private final Topics topics;
    private final TopicAdmin admin;
    private final boolean autoCreate;

    Metadata(Topics topics, TopicAdmin admin, boolean autoCreate) {
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
                .set("host", host(request.caller()))
                .set("port", request.caller().local().getPort());
        List<Struct> asked = request.body().structs("topics");
        if (request.body().isNull("topics") || (request.version() == 0 && asked.isEmpty())) {
            for (Map.Entry<String, Topic> topic : topics.all().entrySet())
                tell(answer, topic.getKey(), topic.getValue());
        } else {
            for (Struct topic : asked) tell(answer, topic.text("name"), find(request, topic));
        }
        return answer;
    }

    static String host(Caller caller) {
        return caller.local().getHostString();
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
                .set("leaderEpoch", NO_EPOCH)
                .set("replicaNodes", List.of((long) NODE))
                .set("isrNodes", List.of((long) NODE));
    }
}
