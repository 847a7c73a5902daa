package rotera.kafka.groups;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import rotera.kafka.request.Request;
import rotera.kafka.request.RequestRouter;
import rotera.kafka.topics.Partition;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Struct;

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

    void answerIn(RequestRouter router) {
        router.on("OffsetCommit", this::commit)
                .on("OffsetFetch", this::fetch)
                .on("OffsetDelete", this::deleteOffsets)
                .on("ListGroups", this::list)
                .on("DescribeGroups", this::describe)
                .on("DeleteGroups", this::delete);
    }

    private Struct commit(Request request) {
        Struct body = request.body();
        List<GroupOffsets.Commit> commits = new ArrayList<>();
        for (Struct topic : body.structs("topics")) {
            for (Struct each : topic.structs("partitions")) {
                boolean hasEpoch = request.version() >= 6;
                commits.add(
                        new GroupOffsets.Commit(
                                new Partition(topic.text("name"), each.int32("partition")),
                                each.number("committedOffset"),
                                hasEpoch ? each.int32("committedLeaderEpoch") : -1,
                                each.optionalText("committedMetadata").orElse("")));
            }
        }
        MemberIdentity who = MembershipHandlers.identity(body);
        List<Errors> errors = new ArrayList<>();
        if (offsets != null) errors = offsets.commit(who, commits);
        Struct answer = request.answer();
        int next = 0;
        for (Struct topic : body.structs("topics")) {
            Struct answered = answer.add("topics").set("name", topic.text("name"));
            for (Struct each : topic.structs("partitions"))
                answered.add("partitions")
                        .set("partition", each.number("partition"))
                        .set(
                                "errorCode",
                                offsets == null
                                        ? Errors.COORDINATOR_NOT_AVAILABLE
                                        : errors.get(next++));
        }
        return answer;
    }

    private Struct fetch(Request request) {
        Struct body = request.body();
        boolean all = body.isNull("topics");
        Set<Partition> asked = new LinkedHashSet<>();
        for (Struct topic : body.structs("topics"))
            for (long index : topic.numbers("partitions"))
                asked.add(new Partition(topic.text("name"), (int) index));
        Errors error = offsets == null ? Errors.COORDINATOR_NOT_AVAILABLE : Errors.NONE;
        Map<Partition, CommittedOffset> found = Map.of();
        if (offsets != null) found = offsets.fetch(body.text("groupId"), all ? null : asked);
        Struct answer = request.answer().set("errorCode", error);
        Map<String, Struct> topics = new LinkedHashMap<>();
        for (Partition partition : all ? found.keySet() : asked) {
            Struct topic =
                    topics.computeIfAbsent(
                            partition.topic(), name -> answer.add("topics").set("name", name));
            fill(topic.add("partitions"), partition, found.get(partition), error);
        }
        return answer;
    }

    private static void fill(
            Struct answer, Partition partition, @Nullable CommittedOffset offset, Errors error) {
        answer.set("partition", partition.index()).set("errorCode", error);
        if (offset == null)
            answer.set("committedOffset", NO_OFFSET)
                    .set("committedLeaderEpoch", NO_OFFSET)
                    .set("metadata", "");
        else
            answer.set("committedOffset", offset.offset())
                    .set("committedLeaderEpoch", offset.leaderEpoch())
                    .set("metadata", offset.metadata());
    }

    private Struct deleteOffsets(Request request) {
        Struct body = request.body();
        Set<Partition> partitions = new LinkedHashSet<>();
        for (Struct topic : body.structs("topics"))
            for (Struct each : topic.structs("partitions"))
                partitions.add(new Partition(topic.text("name"), each.int32("partition")));
        Errors error = Errors.COORDINATOR_NOT_AVAILABLE;
        if (offsets != null) error = offsets.delete(body.text("groupId"), partitions);
        Struct answer = request.answer().set("errorCode", error);
        if (error != Errors.NONE) return answer;
        Map<String, Struct> topics = new LinkedHashMap<>();
        for (Partition partition : partitions)
            topics.computeIfAbsent(
                            partition.topic(), name -> answer.add("topics").set("name", name))
                    .add("partitions")
                    .set("partition", partition.index());
        return answer;
    }

    private Struct list(Request request) {
        Struct answer = request.answer();
        if (offsets == null) return answer.set("errorCode", Errors.COORDINATOR_NOT_AVAILABLE);
        Map<String, String> groups = offsets.list();
        groups.putAll(coordinator.list());
        groups.forEach((name, type) ->
                answer.add("groups").set("groupId", name).set("protocolType", type));
        return answer;
    }

    private Struct describe(Request request) {
        Struct answer = request.answer();
        for (String name : new LinkedHashSet<>(request.body().texts("groups"))) {
            Struct group = answer.add("groups").set("groupId", name);
            group.set("authorizedOperations", NOT_ASKED_FOR);
            if (offsets == null) group.set("errorCode", Errors.COORDINATOR_NOT_AVAILABLE);
            else describe(name, offsets.protocolType(name), group);
        }
        return answer;
    }

    private void describe(String name, @Nullable String storedType, Struct answer) {
        GroupCoordinator.Description group = coordinator.describe(name);
        if (group == null) {
            answer.set("state", storedType == null ? "Dead" : Group.State.EMPTY.kafkaName())
                    .set("protocolType", storedType == null ? "" : storedType);
            return;
        }
        answer.set("state", group.state())
                .set("protocolType", group.protocolType())
                .set("protocolName", group.protocol());
        for (MemberDescription member : group.members())
            answer.add("members")
                    .set("memberId", member.memberId())
                    .set("groupInstanceId", member.instanceId())
                    .set("clientId", member.clientId())
                    .set("clientHost", member.clientHost())
                    .set("metadata", member.metadata())
                    .set("assignment", member.assignment());
    }

    private Struct delete(Request request) {
        Struct answer = request.answer();
        Collection<String> names = new LinkedHashSet<>(request.body().texts("groups"));
        for (String name : names) {
            Errors error = Errors.COORDINATOR_NOT_AVAILABLE;
            if (offsets != null) error = offsets.delete(name);
            answer.add("results").set("groupId", name).set("errorCode", error);
        }
        return answer;
    }
}
