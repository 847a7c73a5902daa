package rotera.kafka.groups;

import java.util.Collection;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Whether there is room for what a member wants, beside what the members of all groups take; and
 * what is in the way, in words for the log.
 */
final class GroupQuota {
    private final GroupLimits limits;
    private final Collection<Group> groups;

    /**
     * The room that these limits leave.
     *
     * @param groups all that there are, live
     */
    GroupQuota(GroupLimits limits, Collection<Group> groups) {
        this.limits = limits;
        this.groups = groups;
    }

    /** Why this member cannot join; null if it can. */
    @Nullable String refusal(JoinRequest request, @Nullable Group group) {
        String instanceId = request.instanceId();
        String reason = null;
        if (instanceId != null && !GroupCoordinator.isValidName(instanceId))
            reason =
                    "its group.instance.id is empty or longer than %d bytes"
                            .formatted(GroupLimits.NAME_BYTES);
        if (reason == null)
            reason =
                    beyond(
                            request.protocols().size(),
                            GroupLimits.PROTOCOLS,
                            "protocols of one member");
        if (reason == null)
            reason =
                    beyond(
                            request.metadataBytes(),
                            limits.metadataBytes(),
                            "bytes of metadata of one member");
        if (reason == null) reason = beyond(Member.bytes(request));
        if (reason == null && group == null)
            reason = beyond(groups.size() + 1L, limits.groups(), "groups with members");
        if (reason == null && (group == null || !group.knows(request))) {
            if (group != null)
                reason = beyond(group.size() + 1L, limits.membersOfGroup(), "members of one group");
            if (reason == null)
                reason = beyond(sum(Group::size) + 1, limits.members(), "members of all groups");
        }
        return reason;
    }

    /** Why the leader's assignments, by member, cannot be kept; null if they can. */
    @Nullable String refusal(Map<String, byte[]> assignments) {
        long sum = 0;
        for (byte[] assignment : assignments.values()) {
            String reason =
                    beyond(assignment.length, limits.assignmentBytes(), "bytes of one assignment");
            if (reason != null) return reason;
            sum += assignment.length;
        }
        return sum == 0 ? null : beyond(sum);
    }

    /** So many bytes more. */
    private @Nullable String beyond(long bytes) {
        return beyond(
                sum(Group::bytes) + bytes, limits.bytes(), "bytes of metadata and assignments");
    }

    private static @Nullable String beyond(long amount, long limit, String what) {
        return amount <= limit
                ? null
                : "it would make %d %s, the limit is %d".formatted(amount, what, limit);
    }

    private long sum(ToLongFunction<Group> of) {
        return groups.stream().mapToLong(of).sum();
    }
}
