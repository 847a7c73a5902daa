package rotera.kafka.groups;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.Errors;

/**
 * The members of a group, and how they agree on who reads what: Kafka's classic protocol.
 *
 * <p>EMPTY: no members. PREPARING_REBALANCE: waits until all members have joined (again), or their
 * time is over. COMPLETING_REBALANCE: a new generation; waits until the leader has assigned.
 * STABLE: every member that asks gets what was assigned to it.
 *
 * <p>Nothing here waits: who has to gets a future, and {@link #expire} ends what lasts too long.
 * Guarded by {@link GroupCoordinator}.
 */
final class Group {
    static final long NEVER = Long.MAX_VALUE;

    /**
     * How long the first members of an empty group wait for others: consumers that are started
     * together then share one rebalance. Who comes later is noticed with the next heartbeat of the
     * others only, 3 s by default, so it is worth some waiting; Kafka waits 3 s.
     */
    static final long FIRST_JOIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    enum State {
        EMPTY("Empty"),
        PREPARING_REBALANCE("PreparingRebalance"),
        COMPLETING_REBALANCE("CompletingRebalance"),
        STABLE("Stable");

        private final String kafkaName;

        State(String kafkaName) {
            this.kafkaName = kafkaName;
        }

        /** As tools show it. */
        String kafkaName() {
            return kafkaName;
        }
    }

    private final String name;
    private final Members members = new Members();

    /** Who was given an id and has to join with it, and until when. */
    private final Map<String, Long> announced = new HashMap<>();

    private final Set<String> notSynced = new HashSet<>();
    private State state = State.EMPTY;
    private int generation;
    private String protocolType = "";
    private String protocol = "";
    private String leaderId = "";

    private long joinDeadline = NEVER;
    private long syncDeadline = NEVER;

    // While the first members of an empty group wait for others.
    private boolean firstJoin;
    private boolean joinedMeanwhile;
    private long firstJoinLeftNanos;

    Group(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    State state() {
        return state;
    }

    int generation() {
        return generation;
    }

    String protocolType() {
        return protocolType;
    }

    String protocol() {
        return protocol;
    }

    String leaderId() {
        return leaderId;
    }

    Collection<Member> members() {
        return members.all();
    }

    /** Members, and those that were given an id. */
    int size() {
        return members.size() + announced.size();
    }

    /** Whether it is somebody's place already: it needs no room of its own. */
    boolean knows(JoinRequest request) {
        return members.contains(request.memberId())
                || announced.containsKey(request.memberId())
                || members.idOf(request.instanceId()) != null;
    }

    long bytes() {
        return members.bytes();
    }

    CompletableFuture<JoinResult> join(JoinRequest request, long now) {
        if (!compatible(request))
            return failed(Errors.INCONSISTENT_GROUP_PROTOCOL, request.memberId());
        return request.memberId().isEmpty() ? joinNew(request, now) : joinKnown(request, now);
    }

    private boolean compatible(JoinRequest request) {
        if (request.protocolType().isEmpty() || request.protocols().isEmpty()) return false;
        if (members.isEmpty()) return true;
        return request.protocolType().equals(protocolType) && members.share(request.protocols());
    }

    private CompletableFuture<JoinResult> joinNew(JoinRequest request, long now) {
        String id = newId(request);
        String before = members.idOf(request.instanceId());
        if (before != null) return replace(members.get(before), id, request, now);
        if (request.instanceId() != null || !request.idRequired()) return add(id, request, now);
        announced.put(id, now + TimeUnit.MILLISECONDS.toNanos(request.sessionMillis()));
        return failed(Errors.MEMBER_ID_REQUIRED, id);
    }

    private static String newId(JoinRequest request) {
        String instanceId = request.instanceId();
        return (instanceId == null ? request.clientId() : instanceId) + "-" + UUID.randomUUID();
    }

    private CompletableFuture<JoinResult> joinKnown(JoinRequest request, long now) {
        String id = request.memberId();
        if (announced.containsKey(id)) {
            announced.remove(id);
            return add(id, request, now);
        }
        Errors error = members.check(id, request.instanceId());
        if (error != Errors.NONE) return failed(error, id);
        Member member = members.get(id);
        boolean same = member.matches(request);
        boolean again =
                switch (state) {
                    case EMPTY, PREPARING_REBALANCE -> true;
                    // The answer was lost.
                    case COMPLETING_REBALANCE -> !same;
                    // A leader that joins again wants to assign again.
                    case STABLE -> !same || id.equals(leaderId);
                };
        CompletableFuture<JoinResult> result = member.join(request);
        if (again) rebalance(now);
        else answer(member, now);
        return result;
    }

    private CompletableFuture<JoinResult> add(String id, JoinRequest request, long now) {
        if (members.isEmpty()) {
            leaderId = id;
            protocolType = request.protocolType();
        }
        Member member = new Member(id, request, now);
        members.add(member);
        joinedMeanwhile = true;
        CompletableFuture<JoinResult> result = member.join(request);
        rebalance(now);
        return result;
    }

    /** A static member was started again: it gets the place and the assignment that it had. */
    private CompletableFuture<JoinResult> replace(
            Member member, String id, JoinRequest request, long now) {
        String leaderBefore = leaderId;
        if (leaderId.equals(member.id())) leaderId = id;
        if (notSynced.remove(member.id())) notSynced.add(id);
        members.remove(member);
        member.replace(id, request);
        members.add(member);
        CompletableFuture<JoinResult> result = member.join(request);
        member.heard(now);
        if (state == State.STABLE && members.selectProtocol(leaderId).equals(protocol))
            // The leader of before is named, so that a leader that was started again does not
            // assign anew: nothing has changed.
            member.answerJoin(joined(id, leaderBefore, List.of()));
        else rebalance(now);
        return result;
    }

    /** Begins a rebalance, or goes on with the one that is under way. */
    private void rebalance(long now) {
        if (state == State.PREPARING_REBALANCE) {
            completeJoinIfAllAreThere(now);
            return;
        }
        if (state == State.COMPLETING_REBALANCE) {
            for (Member member : members.all()) {
                member.assign(new byte[0]);
                if (!member.isSyncing()) continue;
                member.answerSync(SyncResult.failed(Errors.REBALANCE_IN_PROGRESS));
                member.heard(now);
            }
        }
        syncDeadline = NEVER;
        notSynced.clear();
        firstJoin = state == State.EMPTY;
        state = State.PREPARING_REBALANCE;
        long rebalance = members.longestRebalanceNanos();
        if (firstJoin) {
            joinedMeanwhile = false;
            firstJoinLeftNanos = Math.max(0, rebalance - FIRST_JOIN_NANOS);
            joinDeadline = now + FIRST_JOIN_NANOS;
        } else {
            joinDeadline = now + rebalance;
            completeJoinIfAllAreThere(now);
        }
    }

    private void completeJoinIfAllAreThere(long now) {
        if (state == State.PREPARING_REBALANCE
                && !firstJoin
                && announced.isEmpty()
                && members.allJoin()) completeJoin(now);
    }

    /** The next generation begins, with those that have joined. */
    private void completeJoin(long now) {
        for (Member member : members.copy())
            if (!member.isJoining() && member.instanceId() == null) forget(member);
        if (!members.isEmpty() && !electLeader()) {
            // Only static members that are away: they have until their sessions end.
            firstJoin = false;
            joinDeadline = now + members.longestRebalanceNanos();
            return;
        }
        joinDeadline = NEVER;
        firstJoin = false;
        generation++;
        if (members.isEmpty()) {
            becomeEmpty();
            return;
        }
        protocol = members.selectProtocol(leaderId);
        state = State.COMPLETING_REBALANCE;
        syncDeadline = now + members.longestRebalanceNanos();
        for (Member member : members.all()) {
            notSynced.add(member.id());
            if (member.isJoining()) answer(member, now);
        }
    }

    private void becomeEmpty() {
        state = State.EMPTY;
        protocol = "";
        leaderId = "";
        joinDeadline = NEVER;
        syncDeadline = NEVER;
        notSynced.clear();
    }

    /** The leader has to be one that has joined. False if nobody has. */
    private boolean electLeader() {
        Member leader = members.find(leaderId);
        if (leader != null && leader.isJoining()) return true;
        for (Member member : members.all()) {
            if (!member.isJoining()) continue;
            leaderId = member.id();
            return true;
        }
        return false;
    }

    /** Tells a member of the generation. */
    private void answer(Member member, long now) {
        List<JoinResult.Joined> list = new ArrayList<>();
        if (member.id().equals(leaderId)) {
            for (Member each : members.all()) {
                byte[] metadata = each.metadata(protocol);
                list.add(
                        new JoinResult.Joined(
                                each.id(),
                                each.instanceId(),
                                metadata == null ? new byte[0] : metadata));
            }
        }
        member.answerJoin(joined(member.id(), leaderId, list));
        member.heard(now);
    }

    private JoinResult joined(String id, String leader, List<JoinResult.Joined> list) {
        return new JoinResult(Errors.NONE, generation, protocol, leader, id, list);
    }

    CompletableFuture<SyncResult> sync(
            MemberIdentity who, Map<String, byte[]> assignments, long now) {
        Errors error = check(who);
        if (error == Errors.NONE && state == State.PREPARING_REBALANCE)
            error = Errors.REBALANCE_IN_PROGRESS;
        if (error != Errors.NONE)
            return CompletableFuture.completedFuture(SyncResult.failed(error));
        Member member = members.get(who.memberId());
        CompletableFuture<SyncResult> result = member.sync();
        synced(member.id());
        if (state == State.STABLE) answerSync(member, now);
        else if (member.id().equals(leaderId)) assign(assignments, now);
        return result;
    }

    private void assign(Map<String, byte[]> assignments, long now) {
        state = State.STABLE;
        for (Member member : members.all()) {
            member.assign(assignments.getOrDefault(member.id(), new byte[0]));
            if (!notSynced.contains(member.id())) answerSync(member, now);
        }
    }

    private void answerSync(Member member, long now) {
        member.answerSync(new SyncResult(Errors.NONE, member.assignment()));
        member.heard(now);
    }

    private void synced(String id) {
        notSynced.remove(id);
        if (notSynced.isEmpty()) syncDeadline = NEVER;
    }

    Errors heartbeat(MemberIdentity who, long now) {
        Errors error = check(who);
        if (error != Errors.NONE) return error;
        members.get(who.memberId()).heard(now);
        return state == State.PREPARING_REBALANCE ? Errors.REBALANCE_IN_PROGRESS : Errors.NONE;
    }

    /** Whether this member, or nobody's in particular, may commit offsets now. */
    Errors commit(MemberIdentity who, long now) {
        if (who.none()) return members.isEmpty() ? Errors.NONE : Errors.UNKNOWN_MEMBER_ID;
        Errors error = check(who);
        if (error != Errors.NONE) return error;
        if (state == State.COMPLETING_REBALANCE) return Errors.REBALANCE_IN_PROGRESS;
        members.get(who.memberId()).heard(now);
        return Errors.NONE;
    }

    Errors leave(String memberId, @Nullable String instanceId, long now) {
        if (memberId.isEmpty() && instanceId != null) {
            String id = members.idOf(instanceId);
            if (id == null) return Errors.UNKNOWN_MEMBER_ID;
            remove(members.get(id), now);
            return Errors.NONE;
        }
        if (announced.remove(memberId) != null) {
            completeJoinIfAllAreThere(now);
            return Errors.NONE;
        }
        Errors error = members.check(memberId, instanceId);
        if (error == Errors.NONE) remove(members.get(memberId), now);
        return error;
    }

    private void remove(Member member, long now) {
        forget(member);
        switch (state) {
            case EMPTY -> {}
            case PREPARING_REBALANCE -> completeJoinIfAllAreThere(now);
            case COMPLETING_REBALANCE, STABLE -> rebalance(now);
        }
    }

    private void forget(Member member) {
        members.remove(member);
        notSynced.remove(member.id());
        member.answerJoin(JoinResult.failed(Errors.UNKNOWN_MEMBER_ID, member.id()));
        member.answerSync(SyncResult.failed(Errors.UNKNOWN_MEMBER_ID));
    }

    private Errors check(MemberIdentity who) {
        Errors error = members.check(who.memberId(), who.instanceId());
        if (error != Errors.NONE) return error;
        return who.generation() == generation ? Errors.NONE : Errors.ILLEGAL_GENERATION;
    }

    /** Ends what has lasted too long; returns when the next thing does. */
    long expire(long now) {
        if (announced.values().removeIf(until -> until <= now)) completeJoinIfAllAreThere(now);
        for (Member member : members.copy()) {
            // The one before may have taken it along.
            boolean there = members.contains(member.id());
            if (there && member.expiresNanos() <= now) remove(member, now);
        }
        if (joinDeadline <= now) joinIsOver(now);
        if (syncDeadline <= now) {
            for (String id : List.copyOf(notSynced)) forget(members.get(id));
            rebalance(now);
        }
        return nextDeadline();
    }

    private void joinIsOver(long now) {
        if (firstJoin && joinedMeanwhile && firstJoinLeftNanos > 0) {
            joinedMeanwhile = false;
            long wait = Math.min(FIRST_JOIN_NANOS, firstJoinLeftNanos);
            firstJoinLeftNanos -= wait;
            joinDeadline = now + wait;
        } else completeJoin(now);
    }

    long nextDeadline() {
        long next = Math.min(joinDeadline, syncDeadline);
        for (long until : announced.values()) next = Math.min(next, until);
        return Math.min(next, members.expiresNanos());
    }

    /** The server ends: who waits is told to look for its coordinator again. */
    void close() {
        for (Member member : members.all()) {
            member.answerJoin(JoinResult.failed(Errors.COORDINATOR_NOT_AVAILABLE, member.id()));
            member.answerSync(SyncResult.failed(Errors.COORDINATOR_NOT_AVAILABLE));
        }
    }

    private static CompletableFuture<JoinResult> failed(Errors error, String memberId) {
        return CompletableFuture.completedFuture(JoinResult.failed(error, memberId));
    }
}
