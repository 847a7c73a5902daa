package rotera.kafka.groups;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import rotera.kafka.message.FindCoordinator;
import rotera.kafka.message.Heartbeat;
import rotera.kafka.message.JoinGroup;
import rotera.kafka.message.LeaveGroup;
import rotera.kafka.message.SyncGroup;
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

    void register(RequestRouter router) {
        router.on(FindCoordinator.API, this::findCoordinator)
                .on(JoinGroup.API, this::join)
                .on(SyncGroup.API, this::sync)
                .on(Heartbeat.API, this::heartbeat)
                .on(LeaveGroup.API, this::leave);
    }

    private FindCoordinator.Response findCoordinator(Request<FindCoordinator.Request> request) {
        if (request.body().keyType() != GROUP_KEY)
            return noCoordinator(
                    Errors.INVALID_REQUEST,
                    "transactions are not supported: remove transactional.id from the producer");
        if (!available)
            return noCoordinator(
                    Errors.COORDINATOR_NOT_AVAILABLE,
                    "committed offsets cannot be read: see the server's log");
        return FindCoordinator.API
                .newResponse()
                .nodeId(MetadataHandler.NODE)
                .host(MetadataHandler.host(request.context()))
                .port(request.context().local().getPort());
    }

    private static FindCoordinator.Response noCoordinator(Errors error, String message) {
        return FindCoordinator.API
                .newResponse()
                .errorCode(error)
                .errorMessage(message)
                .nodeId(-1)
                .port(-1);
    }

    private JoinGroup.Response join(Request<JoinGroup.Request> request) {
        CompletableFuture<JoinResult> future = coordinator.join(joinRequest(request));
        JoinResult result =
                await(request.context(), future)
                        ? future.join()
                        : JoinResult.failed(
                                Errors.COORDINATOR_NOT_AVAILABLE, request.body().memberId());
        JoinGroup.Response response =
                JoinGroup.API
                        .newResponse()
                        .errorCode(result.error())
                        .generationId(result.generation())
                        .protocolName(result.protocol())
                        .leader(result.leaderId())
                        .memberId(result.memberId());
        for (JoinResult.Joined member : result.members())
            response.addMember()
                    .memberId(member.memberId())
                    .groupInstanceId(member.instanceId())
                    .metadata(member.metadata());
        return response;
    }

    private static JoinRequest joinRequest(Request<JoinGroup.Request> request) {
        JoinGroup.Request body = request.body();
        List<JoinRequest.Protocol> protocols = new ArrayList<>();
        for (JoinGroup.Request.Protocol each : body.protocols())
            protocols.add(new JoinRequest.Protocol(each.name(), Struct.copy(each.metadata())));
        String client = request.clientId();
        int sessionMillis = body.sessionTimeoutMillis();
        int rebalanceMillis = body.rebalanceTimeoutMillis();
        boolean hasRebalance = request.version() >= 1 && rebalanceMillis >= 0;
        return new JoinRequest(
                body.groupId(),
                body.memberId(),
                body.groupInstanceId(),
                client.substring(0, Math.min(client.length(), CLIENT_ID_CHARS)),
                "/" + request.context().remote().getAddress().getHostAddress(),
                request.version() >= 4,
                sessionMillis,
                hasRebalance ? rebalanceMillis : sessionMillis,
                body.protocolType(),
                protocols);
    }

    /** False if the server stops meanwhile. */
    private static boolean await(RequestContext context, CompletableFuture<?> future) {
        var _ = future.whenComplete((result, error) -> context.wake());
        return context.await(future::isDone, WAIT_NANOS);
    }

    private SyncGroup.Response sync(Request<SyncGroup.Request> request) {
        SyncGroup.Request body = request.body();
        Map<String, byte[]> assignments = new HashMap<>();
        for (SyncGroup.Request.Assignment each : body.assignments())
            assignments.put(each.memberId(), Struct.copy(each.assignment()));
        MemberIdentity who =
                new MemberIdentity(
                        body.groupId(),
                        body.generationId(),
                        body.memberId(),
                        body.groupInstanceId());
        CompletableFuture<SyncResult> future = coordinator.sync(who, assignments);
        SyncResult result =
                await(request.context(), future)
                        ? future.join()
                        : SyncResult.failed(Errors.COORDINATOR_NOT_AVAILABLE);
        return SyncGroup.API
                .newResponse()
                .errorCode(result.error())
                .assignment(result.assignment());
    }

    private Heartbeat.Response heartbeat(Request<Heartbeat.Request> request) {
        Heartbeat.Request body = request.body();
        MemberIdentity who =
                new MemberIdentity(
                        body.groupId(),
                        body.generationId(),
                        body.memberId(),
                        body.groupInstanceId());
        return Heartbeat.API.newResponse().errorCode(coordinator.heartbeat(who));
    }

    private LeaveGroup.Response leave(Request<LeaveGroup.Request> request) {
        LeaveGroup.Request body = request.body();
        LeaveGroup.Response response = LeaveGroup.API.newResponse();
        String group = body.groupId();
        if (request.version() < 3)
            return response.errorCode(coordinator.leave(group, body.memberId(), null));
        for (LeaveGroup.Request.Member each : body.members()) {
            @Nullable String instanceId = each.groupInstanceId();
            response.addMember()
                    .memberId(each.memberId())
                    .groupInstanceId(instanceId)
                    .errorCode(coordinator.leave(group, each.memberId(), instanceId));
        }
        return response;
    }
}
