package rotera.kafka.groups;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import rotera.kafka.message.DeleteGroups;
import rotera.kafka.message.DescribeGroups;
import rotera.kafka.message.ListGroups;
import rotera.kafka.message.OffsetCommit;
import rotera.kafka.message.OffsetDelete;
import rotera.kafka.message.OffsetFetch;
import rotera.kafka.request.Request;
import rotera.kafka.request.RequestRouter;
import rotera.kafka.topics.Partition;
import rotera.kafka.wire.Errors;

/**
 * Requests about offsets that groups have committed, and those of tools about groups. What is asked
 * for twice in a request is answered once, so that an answer is not larger than what there is.
 */
final class OffsetHandlers {
    private static final int NO_OFFSET = -1;
    private static final int NOT_ASKED_FOR = Integer.MIN_VALUE;

    private final GroupCoordinator coordinator;
    private final @Nullable GroupOffsets offsets;

    /** Without offsets, all requests are answered with an error. */
    OffsetHandlers(GroupCoordinator coordinator, @Nullable GroupOffsets offsets) {
        this.coordinator = coordinator;
        this.offsets = offsets;
    }

    void register(RequestRouter router) {
        router.on(OffsetCommit.API, this::commit)
                .on(OffsetFetch.API, this::fetch)
                .on(OffsetDelete.API, this::deleteOffsets)
                .on(ListGroups.API, this::list)
                .on(DescribeGroups.API, this::describe)
                .on(DeleteGroups.API, this::delete);
    }

    private OffsetCommit.Response commit(Request<OffsetCommit.Request> request) {
        OffsetCommit.Request body = request.body();
        boolean hasEpoch = request.version() >= 6;
        List<GroupOffsets.Commit> commits = new ArrayList<>();
        for (OffsetCommit.Request.Topic topic : body.topics()) {
            for (OffsetCommit.Request.Partition each : topic.partitions()) {
                String metadata = each.committedMetadata();
                commits.add(
                        new GroupOffsets.Commit(
                                new Partition(topic.name(), each.partition()),
                                each.committedOffset(),
                                hasEpoch ? each.committedLeaderEpoch() : -1,
                                metadata == null ? "" : metadata));
            }
        }
        MemberIdentity who =
                new MemberIdentity(
                        body.groupId(),
                        body.generationId(),
                        body.memberId(),
                        body.groupInstanceId());
        List<Errors> errors = new ArrayList<>();
        if (offsets != null) errors = offsets.commit(who, commits);
        OffsetCommit.Response response = OffsetCommit.API.newResponse();
        int next = 0;
        for (OffsetCommit.Request.Topic topic : body.topics()) {
            OffsetCommit.Response.Topic results = response.addTopic().name(topic.name());
            for (OffsetCommit.Request.Partition each : topic.partitions())
                results.addPartition()
                        .partition(each.partition())
                        .errorCode(
                                offsets == null
                                        ? Errors.COORDINATOR_NOT_AVAILABLE
                                        : errors.get(next++));
        }
        return response;
    }

    private OffsetFetch.Response fetch(Request<OffsetFetch.Request> request) {
        OffsetFetch.Request body = request.body();
        Set<Partition> asked = new LinkedHashSet<>();
        for (OffsetFetch.Request.Topic topic : body.topics())
            for (long index : topic.partitions())
                asked.add(new Partition(topic.name(), (int) index));
        boolean all = !body.hasTopics();
        Errors error = offsets == null ? Errors.COORDINATOR_NOT_AVAILABLE : Errors.NONE;
        Map<Partition, CommittedOffset> found = Map.of();
        if (offsets != null) found = offsets.fetch(body.groupId(), all ? null : asked);
        OffsetFetch.Response response = OffsetFetch.API.newResponse().errorCode(error);
        Map<String, OffsetFetch.Response.Topic> topics = new LinkedHashMap<>();
        for (Partition partition : all ? found.keySet() : asked) {
            OffsetFetch.Response.Topic topic =
                    topics.computeIfAbsent(
                            partition.topic(), name -> response.addTopic().name(name));
            OffsetFetch.Response.Partition result =
                    topic.addPartition().partition(partition.index()).errorCode(error);
            fill(result, found.get(partition));
        }
        return response;
    }

    private static void fill(
            OffsetFetch.Response.Partition result, @Nullable CommittedOffset offset) {
        if (offset == null)
            result.committedOffset(NO_OFFSET).committedLeaderEpoch(NO_OFFSET).metadata("");
        else
            result.committedOffset(offset.offset())
                    .committedLeaderEpoch(offset.leaderEpoch())
                    .metadata(offset.metadata());
    }

    private OffsetDelete.Response deleteOffsets(Request<OffsetDelete.Request> request) {
        OffsetDelete.Request body = request.body();
        Set<Partition> partitions = new LinkedHashSet<>();
        for (OffsetDelete.Request.Topic topic : body.topics())
            for (OffsetDelete.Request.Partition each : topic.partitions())
                partitions.add(new Partition(topic.name(), each.partition()));
        Errors error = Errors.COORDINATOR_NOT_AVAILABLE;
        if (offsets != null) error = offsets.delete(body.groupId(), partitions);
        OffsetDelete.Response response = OffsetDelete.API.newResponse().errorCode(error);
        if (error != Errors.NONE) return response;
        Map<String, OffsetDelete.Response.Topic> topics = new LinkedHashMap<>();
        for (Partition partition : partitions)
            topics.computeIfAbsent(partition.topic(), name -> response.addTopic().name(name))
                    .addPartition()
                    .partition(partition.index());
        return response;
    }

    private ListGroups.Response list(Request<ListGroups.Request> request) {
        ListGroups.Response response = ListGroups.API.newResponse();
        if (offsets == null) return response.errorCode(Errors.COORDINATOR_NOT_AVAILABLE);
        Map<String, String> groups = offsets.list();
        groups.putAll(coordinator.list());
        groups.forEach((name, type) -> response.addGroup().groupId(name).protocolType(type));
        return response;
    }

    private DescribeGroups.Response describe(Request<DescribeGroups.Request> request) {
        DescribeGroups.Response response = DescribeGroups.API.newResponse();
        for (String name : new LinkedHashSet<>(request.body().groups())) {
            DescribeGroups.Response.Group group =
                    response.addGroup().groupId(name).authorizedOperations(NOT_ASKED_FOR);
            if (offsets == null) group.errorCode(Errors.COORDINATOR_NOT_AVAILABLE);
            else describe(name, offsets.protocolType(name), group);
        }
        return response;
    }

    private void describe(
            String name, @Nullable String storedType, DescribeGroups.Response.Group described) {
        GroupCoordinator.Description group = coordinator.describe(name);
        if (group == null) {
            described
                    .state(storedType == null ? "Dead" : Group.State.EMPTY.kafkaName())
                    .protocolType(storedType == null ? "" : storedType);
            return;
        }
        described
                .state(group.state())
                .protocolType(group.protocolType())
                .protocolName(group.protocol());
        for (MemberDescription member : group.members())
            described
                    .addMember()
                    .memberId(member.memberId())
                    .groupInstanceId(member.instanceId())
                    .clientId(member.clientId())
                    .clientHost(member.clientHost())
                    .metadata(member.metadata())
                    .assignment(member.assignment());
    }

    private DeleteGroups.Response delete(Request<DeleteGroups.Request> request) {
        DeleteGroups.Response response = DeleteGroups.API.newResponse();
        for (String name : new LinkedHashSet<>(request.body().groups())) {
            Errors error = Errors.COORDINATOR_NOT_AVAILABLE;
            if (offsets != null) error = offsets.delete(name);
            response.addResult().groupId(name).errorCode(error);
        }
        return response;
    }
}
