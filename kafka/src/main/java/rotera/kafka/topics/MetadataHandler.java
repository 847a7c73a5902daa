package rotera.kafka.topics;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import rotera.kafka.message.Metadata;
import rotera.kafka.records.RecordBatch;
import rotera.kafka.request.Request;
import rotera.kafka.request.RequestContext;
import rotera.kafka.request.Responder;
import rotera.kafka.wire.Errors;

/** Tells clients what there is, and whom to ask: this server, at the address they have reached. */
public final class MetadataHandler implements Responder<Metadata.Request, Metadata.Response> {
    public static final int NODE = 1;

    private static final String CLUSTER = "rotera";
    private static final int NOT_ASKED_FOR = Integer.MIN_VALUE;

    private final Topics topics;
    private final TopicCreation creation;

    public MetadataHandler(Topics topics, TopicCreation creation) {
        this.topics = topics;
        this.creation = creation;
    }

    @Override
    public Metadata.Response respond(Request<Metadata.Request> request) {
        Metadata.Response response =
                Metadata.API
                        .newResponse()
                        .clusterId(CLUSTER)
                        .controllerId(NODE)
                        .clusterAuthorizedOperations(NOT_ASKED_FOR);
        response.addBroker()
                .nodeId(NODE)
                .host(host(request.context()))
                .port(request.context().local().getPort());
        Metadata.Request body = request.body();
        List<Metadata.Request.Topic> asked = body.topics();
        if (!body.hasTopics() || (request.version() == 0 && asked.isEmpty())) {
            for (Map.Entry<String, Topic> topic : topics.all().entrySet())
                describe(response, topic.getKey(), topic.getValue());
        } else {
            for (Metadata.Request.Topic topic : asked)
                describe(response, topic.name(), find(request, topic.name()));
        }
        return response;
    }

    public static String host(RequestContext context) {
        return context.local().getHostString();
    }

    private @Nullable Topic find(Request<Metadata.Request> request, String name) {
        Topic topic = topics.named(name);
        boolean mayCreate = request.version() < 4 || request.body().allowAutoTopicCreation();
        return topic == null && mayCreate ? creation.createWhenAsked(name) : topic;
    }

    private static void describe(Metadata.Response response, String name, @Nullable Topic topic) {
        Metadata.Response.Topic described =
                response.addTopic().name(name).authorizedOperations(NOT_ASKED_FOR);
        if (topic == null) {
            described.errorCode(
                    Topics.isValid(name)
                            ? Errors.UNKNOWN_TOPIC_OR_PARTITION
                            : Errors.INVALID_TOPIC_EXCEPTION);
            return;
        }
        described
                .addPartition()
                .partition(Topic.PARTITION)
                .leaderId(NODE)
                .leaderEpoch(RecordBatch.NO_LEADER_EPOCH)
                .replicaNodes(List.of((long) NODE))
                .isrNodes(List.of((long) NODE));
    }
}
