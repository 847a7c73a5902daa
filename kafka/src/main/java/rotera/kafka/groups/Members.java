package rotera.kafka.groups;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.Errors;

/** Who is in a {@link Group}, which guards this: members by id, static ones by instance too. */
final class Members {
    private final Map<String, Member> byId = new LinkedHashMap<>();
    private final Map<String, String> idsOfInstances = new HashMap<>();

    Collection<Member> all() {
        return byId.values();
    }

    /** All of now, while some may come and go. */
    List<Member> copy() {
        return List.copyOf(byId.values());
    }

    boolean isEmpty() {
        return byId.isEmpty();
    }

    int size() {
        return byId.size();
    }

    boolean contains(String id) {
        return byId.containsKey(id);
    }

    @Nullable Member find(String id) {
        return byId.get(id);
    }

    /** One that is there. */
    Member get(String id) {
        Member member = byId.get(id);
        if (member == null) throw new IllegalStateException("member " + id + " is not there");
        return member;
    }

    /** The id of a static member, null if there is none. */
    @Nullable String idOf(@Nullable String instanceId) {
        return instanceId == null ? null : idsOfInstances.get(instanceId);
    }

    void add(Member member) {
        byId.put(member.id(), member);
        String instanceId = member.instanceId();
        if (instanceId != null) idsOfInstances.put(instanceId, member.id());
    }

    void remove(Member member) {
        byId.remove(member.id());
        String instanceId = member.instanceId();
        if (instanceId != null) idsOfInstances.remove(instanceId);
    }

    /** NONE if there is such a member, and it is the last one of its instance. */
    Errors check(String id, @Nullable String instanceId) {
        if (instanceId != null) {
            String last = idsOfInstances.get(instanceId);
            if (last == null) return Errors.UNKNOWN_MEMBER_ID;
            if (!last.equals(id)) return Errors.FENCED_INSTANCE_ID;
        }
        return byId.containsKey(id) ? Errors.NONE : Errors.UNKNOWN_MEMBER_ID;
    }

    boolean allJoin() {
        return byId.values().stream().allMatch(Member::isJoining);
    }

    boolean allKnow(String protocol) {
        return byId.values().stream().allMatch(member -> member.knows(protocol));
    }

    /** Whether all know one of these. */
    boolean share(List<JoinRequest.Protocol> protocols) {
        return protocols.stream().anyMatch(each -> allKnow(each.name()));
    }

    /** What most prefer among the protocols that all know; of equals, what the leader prefers. */
    String selectProtocol(String leaderId) {
        Member leader = byId.get(leaderId);
        Member first = leader != null ? leader : byId.values().iterator().next();
        Map<String, Integer> votes = new LinkedHashMap<>();
        for (JoinRequest.Protocol each : first.request().protocols())
            if (allKnow(each.name())) votes.put(each.name(), 0);
        for (Member member : byId.values()) {
            for (JoinRequest.Protocol each : member.request().protocols()) {
                if (!votes.containsKey(each.name())) continue;
                votes.merge(each.name(), 1, Integer::sum);
                break;
            }
        }
        String best = "";
        int most = -1;
        for (Map.Entry<String, Integer> each : votes.entrySet()) {
            if (each.getValue() <= most) continue;
            best = each.getKey();
            most = each.getValue();
        }
        return best;
    }

    long longestRebalanceNanos() {
        return byId.values().stream().mapToLong(Member::rebalanceNanos).max().orElse(0);
    }

    /** When the first of them counts as dead. */
    long expiresNanos() {
        return byId.values().stream().mapToLong(Member::expiresNanos).min().orElse(Group.NEVER);
    }

    long bytes() {
        return byId.values().stream().mapToLong(Member::bytes).sum();
    }
}
