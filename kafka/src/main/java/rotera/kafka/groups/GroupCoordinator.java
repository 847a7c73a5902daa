package rotera.kafka.groups;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.Errors;

/**
 * The groups that have members. What they take of memory is bounded, and who would go beyond it is
 * refused with an error that clients do not retry.
 *
 * <p>A group without members is not kept here: the next member finds a new one, with generation 1.
 * That holds for a restart of the server too; members of before are told UNKNOWN_MEMBER_ID and join
 * again. Nothing here waits. Thread-safe.
 */
final class GroupCoordinator {
    private final GroupLimits limits;
    private final LongSupplier nanos;
    private final LongConsumer deadlines;
    private final Consumer<String> log;
    private final GroupQuota room;
    private final Map<String, Group> groups = new LinkedHashMap<>();
    private boolean closed;

    /** What tools are shown of a group. */
    record Description(
            String group,
            String state,
            String protocolType,
            String protocol,
            List<MemberDescription> members) {}

    /** Who is asked to commit offsets, and for whom. */
    record Committer(Errors error, String protocolType, boolean hasMembers) {}

    /**
     * A coordinator without groups.
     *
     * @param nanos the time, never decreasing, from 0 on
     * @param deadlines is told when {@link #expire} has to be called at the latest; quick
     * @param log is told which limit refused a member
     */
    GroupCoordinator(
            GroupLimits limits, LongSupplier nanos, LongConsumer deadlines, Consumer<String> log) {
        this.limits = limits;
        this.nanos = nanos;
        this.deadlines = deadlines;
        this.log = log;
        this.room = new GroupQuota(limits, groups.values());
    }

    static boolean isValidName(String name) {
        return !name.isEmpty()
                && name.getBytes(StandardCharsets.UTF_8).length <= GroupLimits.NAME_BYTES;
    }

    /** The future is done when the next generation begins, or at once if the answer is an error. */
    CompletableFuture<JoinResult> join(JoinRequest request) {
        List<String> refusals = new ArrayList<>(1);
        CompletableFuture<JoinResult> result = join(request, refusals);
        refusals.forEach(log); // Outside of the lock: a log may wait.
        return result;
    }

    private synchronized CompletableFuture<JoinResult> join(
            JoinRequest request, List<String> refusals) {
        Group group = groups.get(request.group());
        Errors error = admit(request, group, refusals);
        if (error != Errors.NONE)
            return CompletableFuture.completedFuture(JoinResult.failed(error, request.memberId()));
        Group joined = group == null ? new Group(request.group()) : group;
        CompletableFuture<JoinResult> result = joined.join(request, nanos.getAsLong());
        groups.put(joined.name(), joined);
        changed(joined);
        return result;
    }

    private Errors admit(JoinRequest request, @Nullable Group group, List<String> refusals) {
        if (closed) return Errors.COORDINATOR_NOT_AVAILABLE;
        if (!isValidName(request.group())) return Errors.INVALID_GROUP_ID;
        if (request.sessionMillis() < limits.minSessionMillis()
                || request.sessionMillis() > limits.maxSessionMillis())
            return Errors.INVALID_SESSION_TIMEOUT;
        if (group == null && !request.memberId().isEmpty()) return Errors.UNKNOWN_MEMBER_ID;
        String reason = room.refusal(request, group);
        if (reason == null) return Errors.NONE;
        refusals.add(refused(request.group(), reason));
        return Errors.GROUP_MAX_SIZE_REACHED;
    }

    /**
     * The future is done when the leader has assigned.
     *
     * @param assignments of the leader, by member id; empty from the others
     */
    CompletableFuture<SyncResult> sync(MemberIdentity who, Map<String, byte[]> assignments) {
        List<String> refusals = new ArrayList<>(1);
        CompletableFuture<SyncResult> result = sync(who, assignments, refusals);
        refusals.forEach(log);
        return result;
    }

    private synchronized CompletableFuture<SyncResult> sync(
            MemberIdentity who, Map<String, byte[]> assignments, List<String> refusals) {
        Group group = groups.get(who.group());
        Errors error = Errors.NONE;
        if (closed) error = Errors.COORDINATOR_NOT_AVAILABLE;
        else if (group == null) error = Errors.UNKNOWN_MEMBER_ID;
        String reason = error == Errors.NONE ? room.refusal(assignments) : null;
        if (reason != null) {
            refusals.add(refused(who.group(), reason));
            error = Errors.GROUP_MAX_SIZE_REACHED;
        }
        if (group == null || error != Errors.NONE)
            return CompletableFuture.completedFuture(SyncResult.failed(error));
        CompletableFuture<SyncResult> result = group.sync(who, assignments, nanos.getAsLong());
        changed(group);
        return result;
    }

    private static String refused(String group, String reason) {
        return "a member of group " + group + " is refused: " + reason;
    }

    synchronized Errors heartbeat(MemberIdentity who) {
        if (closed) return Errors.COORDINATOR_NOT_AVAILABLE;
        Group group = groups.get(who.group());
        if (group == null) return Errors.UNKNOWN_MEMBER_ID;
        Errors error = group.heartbeat(who, nanos.getAsLong());
        changed(group);
        return error;
    }

    synchronized Errors leave(String name, String memberId, @Nullable String instanceId) {
        if (closed) return Errors.COORDINATOR_NOT_AVAILABLE;
        Group group = groups.get(name);
        if (group == null) return Errors.UNKNOWN_MEMBER_ID;
        Errors error = group.leave(memberId, instanceId, nanos.getAsLong());
        changed(group);
        return error;
    }

    /** Whether who asks may commit offsets now. A member is heard from by this. */
    synchronized Committer committer(MemberIdentity who) {
        if (closed) return new Committer(Errors.COORDINATOR_NOT_AVAILABLE, "", false);
        if (!isValidName(who.group())) return new Committer(Errors.INVALID_GROUP_ID, "", false);
        Group group = groups.get(who.group());
        if (group == null) {
            // Told from a member that has to join again by its generation alone.
            Errors error = who.generation() < 0 ? Errors.NONE : Errors.UNKNOWN_MEMBER_ID;
            return new Committer(error, "", false);
        }
        Errors error = group.commit(who, nanos.getAsLong());
        changed(group);
        return new Committer(error, group.protocolType(), !group.members().isEmpty());
    }

    synchronized boolean hasMembers(String name) {
        Group group = groups.get(name);
        return group != null && !group.members().isEmpty();
    }

    /** Names of the groups, with their protocol types. */
    synchronized Map<String, String> list() {
        Map<String, String> list = new LinkedHashMap<>();
        for (Group group : groups.values()) list.put(group.name(), group.protocolType());
        return list;
    }

    /** Null if it has no members. */
    synchronized @Nullable Description describe(String name) {
        Group group = groups.get(name);
        if (group == null) return null;
        boolean stable = group.state() == Group.State.STABLE;
        List<MemberDescription> members = new ArrayList<>();
        for (Member member : group.members())
            members.add(new MemberDescription(member, stable ? group.protocol() : ""));
        return new Description(
                name,
                group.state().kafkaName(),
                group.protocolType(),
                stable ? group.protocol() : "",
                members);
    }

    /** Ends what has lasted too long; returns when this has to be called again. */
    synchronized long expire() {
        long now = nanos.getAsLong();
        long next = Group.NEVER;
        for (Group group : List.copyOf(groups.values())) {
            next = Math.min(next, group.expire(now));
            removeIfEmpty(group);
        }
        return next;
    }

    private void changed(Group group) {
        removeIfEmpty(group);
        deadlines.accept(group.nextDeadline());
    }

    private void removeIfEmpty(Group group) {
        if (group.size() == 0 && group.state() == Group.State.EMPTY) groups.remove(group.name());
    }

    /** Whoever waits is told to look for its coordinator again, and nothing is taken any more. */
    synchronized void close() {
        closed = true;
        for (Group group : groups.values()) group.close();
    }
}
