package rotera.kafka.groups;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import rotera.kafka.request.Request;
import rotera.kafka.request.RequestContext;
import rotera.kafka.request.RequestRouter;
import rotera.kafka.topics.MetadataHandler;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Struct;

/** Requests of members of groups. The one server is the coordinator of all groups. */
final class MembershipHandlers {
    private static final byte GROUP_KEY = 0;
    private static final int CLIENT_ID_CHARS = 255;

    /** The group ends the waiting long before. */
    private static final long WAIT_NANOS = TimeUnit.DAYS.toNanos(100);

    private final GroupCoordinator coordinator;
    private final boolean available;

    MembershipHandlers(GroupCoordinator coordinator, boolean available) {
        this.coordinator = coordinator;
        this.available = available;
    }

    void answerIn(RequestRouter router) {
        router.on("FindCoordinator", this::findCoordinator)
                .on("JoinGroup", this::join)
                .on("SyncGroup", this::sync)
                .on("Heartbeat", this::heartbeat)
                .on("LeaveGroup", this::leave);
    }

    private Struct findCoordinator(Request request) {
        if (request.body().number("keyType") != GROUP_KEY)
            return noCoordinator(
                    request,
                    Errors.INVALID_REQUEST,
                    "transactions are not supported: remove transactional.id from the producer");
        if (!available)
            return noCoordinator(
                    request,
                    Errors.COORDINATOR_NOT_AVAILABLE,
                    "committed offsets cannot be read: see the server's log");
        return request.answer()
                .set("nodeId", MetadataHandler.NODE)
                .set("host", MetadataHandler.host(request.context()))
                .set("port", request.context().local().getPort());
    }

    private static Struct noCoordinator(Request request, Errors error, String message) {
        return request.answer()
                .set("errorCode", error)
                .set("errorMessage", message)
                .set("nodeId", -1)
                .set("port", -1);
    }

    private Struct join(Request request) {
        Struct body = request.body();
        String memberId = body.text("memberId");
        CompletableFuture<JoinResult> future = coordinator.join(joinRequest(request, body));
        JoinResult result =
                await(request.context(), future)
                        ? future.join()
                        : JoinResult.failed(Errors.COORDINATOR_NOT_AVAILABLE, memberId);
        Struct answer =
                request.answer()
                        .set("errorCode", result.error())
                        .set("generationId", result.generation())
                        .set("protocolName", result.protocol())
                        .set("leader", result.leaderId())
                        .set("memberId", result.memberId());
        for (JoinResult.Joined member : result.members())
            answer.add("members")
                    .set("memberId", member.memberId())
                    .set("groupInstanceId", member.instanceId())
                    .set("metadata", member.metadata());
        return answer;
    }

    private static JoinRequest joinRequest(Request request, Struct body) {
        List<JoinRequest.Protocol> protocols = new ArrayList<>();
        for (Struct each : body.structs("protocols"))
            protocols.add(new JoinRequest.Protocol(each.text("name"), each.bytes("metadata")));
        String client = request.clientId();
        int sessionMillis = body.int32("sessionTimeoutMillis");
        int rebalanceMillis = body.int32("rebalanceTimeoutMillis");
        boolean hasRebalance = request.version() >= 1 && rebalanceMillis >= 0;
        return new JoinRequest(
                body.text("groupId"),
                body.text("memberId"),
                body.optionalText("groupInstanceId").orElse(null),
                client.substring(0, Math.min(client.length(), CLIENT_ID_CHARS)),
                "/" + request.context().remote().getAddress().getHostAddress(),
                request.version() >= 4,
                sessionMillis,
                hasRebalance ? rebalanceMillis : sessionMillis,
                body.text("protocolType"),
                protocols);
    }

    /** False if the server stops meanwhile. */
    private static boolean await(RequestContext context, CompletableFuture<?> future) {
        var _ = future.whenComplete((result, error) -> context.wake());
        return context.await(future::isDone, WAIT_NANOS);
    }

    private Struct sync(Request request) {
        Map<String, byte[]> assignments = new HashMap<>();
        for (Struct each : request.body().structs("assignments"))
            assignments.put(each.text("memberId"), each.bytes("assignment"));
        CompletableFuture<SyncResult> future =
                coordinator.sync(identity(request.body()), assignments);
        SyncResult result =
                await(request.context(), future)
                        ? future.join()
                        : SyncResult.failed(Errors.COORDINATOR_NOT_AVAILABLE);
        return request.answer()
                .set("errorCode", result.error())
                .set("assignment", result.assignment());
    }

    private Struct heartbeat(Request request) {
        return request.answer().set("errorCode", coordinator.heartbeat(identity(request.body())));
    }

    static MemberIdentity identity(Struct body) {
        return new MemberIdentity(
                body.text("groupId"),
                body.int32("generationId"),
                body.text("memberId"),
                body.optionalText("groupInstanceId").orElse(null));
    }

    private Struct leave(Request request) {
        Struct body = request.body();
        Struct answer = request.answer();
        String group = body.text("groupId");
        if (request.version() < 3)
            return answer.set("errorCode", coordinator.leave(group, body.text("memberId"), null));
        for (Struct each : body.structs("members")) {
            String memberId = each.text("memberId");
            @Nullable String instanceId = each.optionalText("groupInstanceId").orElse(null);
            answer.add("members")
                    .set("memberId", memberId)
                    .set("groupInstanceId", instanceId)
                    .set("errorCode", coordinator.leave(group, memberId, instanceId));
        }
        return answer;
    }
}
