package rotera.kafka.groups;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import rotera.kafka.wire.Errors;

class GroupCoordinatorTest {
    private static final int FIRST_JOIN_MILLIS = (int) (Group.FIRST_JOIN_NANOS / 1_000_000);

    private final TestClock clock = new TestClock();
    private final List<String> logged = new ArrayList<>();
    private final GroupCoordinator coordinator = coordinator(GroupLimits.DEFAULT);
    private final TestMember a = new TestMember(coordinator, "a");
    private final TestMember b = new TestMember(coordinator, "b");
    private final TestMember c = new TestMember(coordinator, "c");

    private GroupCoordinator coordinator(GroupLimits limits) {
        return new GroupCoordinator(limits, clock::nanos, deadline -> {}, logged::add);
    }

    private void advance(long millis) {
        clock.advance(coordinator, millis);
    }

    /** All of them are in one generation, with what was assigned to them; the first one leads. */
    private void stabilize(TestMember leader, TestMember... others) {
        leader.join();
        for (TestMember other : others) other.join();
        advance(FIRST_JOIN_MILLIS * 2L);
        settle(leader, others);
    }

    private void settle(TestMember leader, TestMember... others) {
        assertThat(leader.leads()).isTrue();
        for (TestMember other : others) assertThat(other.leads()).isFalse();
        for (TestMember other : others) other.sync();
        leader.syncAsLeader().assertAssigned();
        for (TestMember other : others) other.assertAssigned();
        assertThat(state()).isEqualTo("Stable");
    }

    private String state() {
        GroupCoordinator.Description description = coordinator.describe("g");
        return description == null ? "none" : description.state();
    }

    @Test
    void oneMemberLeadsAfterTheFirstWait() {
        a.join();
        advance(FIRST_JOIN_MILLIS - 1);
        assertThat(a.isJoining()).isTrue();
        advance(1);
        assertThat(a.leads()).isTrue();
        assertThat(a.joined().generation()).isEqualTo(1);
        assertThat(a.joined().protocol()).isEqualTo("range");
        assertThat(a.joined().members()).hasSize(1);
        assertThat(a.joined().members().getFirst().metadata())
                .isEqualTo(TestMember.bytes("of range"));
        a.syncAsLeader().assertAssigned();
        assertThat(a.heartbeat()).isEqualTo(Errors.NONE);
    }

    @Test
    void membersThatStartTogetherShareAGeneration() {
        a.join();
        advance(FIRST_JOIN_MILLIS - 1);
        b.join();
        advance(FIRST_JOIN_MILLIS - 1);
        assertThat(a.isJoining()).isTrue();
        c.join();
        advance(FIRST_JOIN_MILLIS);
        assertThat(a.isJoining()).isTrue();
        advance(FIRST_JOIN_MILLIS);
        settle(a, b, c);
        assertThat(a.generation).isEqualTo(1);
        assertThat(a.joined().members())
                .extracting(JoinResult.Joined::memberId)
                .containsExactly(a.id, b.id, c.id);
        assertThat(b.joined().members()).isEmpty();
    }

    @Test
    void theFirstWaitEndsWithTheRebalanceTimeout() {
        a.rebalanceMillis = 700;
        a.join();
        advance(FIRST_JOIN_MILLIS - 1);
        b.rebalanceMillis = 700;
        b.join();
        advance(1);
        assertThat(a.isJoining()).isTrue();
        advance(200);
        assertThat(a.isJoining()).isFalse();
    }

    @Test
    void newMemberIsGivenAnIdFirst() {
        a.idRequired().join();
        assertThat(a.joinError()).isEqualTo(Errors.MEMBER_ID_REQUIRED);
        assertThat(a.id).startsWith("a-");
        String given = a.id;
        stabilize(a);
        assertThat(a.id).isEqualTo(given);
    }

    @Test
    void idThatIsNotUsedIsForgotten() {
        a.idRequired().join();
        assertThat(a.joinError()).isEqualTo(Errors.MEMBER_ID_REQUIRED);
        advance(TestMember.SESSION_MILLIS);
        assertThat(state()).isEqualTo("none");
        a.join();
        assertThat(a.joinError()).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void newMemberRebalancesTheOthersAtTheirHeartbeat() {
        stabilize(a);
        b.join();
        assertThat(b.isJoining()).isTrue();
        assertThat(a.heartbeat()).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        a.join();
        assertThat(a.isJoining()).isFalse();
        settle(a, b);
        assertThat(a.generation).isEqualTo(2);
        assertThat(b.generation).isEqualTo(2);
    }

    @Test
    void whoDoesNotJoinAgainWithinTheRebalanceTimeoutIsOut() {
        stabilize(a, b);
        c.join();
        b.join();
        for (int i = 0; i < TestMember.REBALANCE_MILLIS / 5_000 - 1; i++) {
            advance(5_000);
            assertThat(a.heartbeat()).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        }
        assertThat(b.isJoining()).isTrue();
        advance(5_000);
        assertThat(b.leads()).isTrue();
        settle(b, c);
        assertThat(a.heartbeat()).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void leavingRebalances() {
        stabilize(a, b);
        assertThat(b.leave()).isEqualTo(Errors.NONE);
        assertThat(b.leave()).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(a.heartbeat()).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        a.join();
        settle(a);
        assertThat(a.leave()).isEqualTo(Errors.NONE);
        assertThat(state()).isEqualTo("none");
    }

    @Test
    void leaderThatLeavesIsFollowedByAnother() {
        stabilize(a, b, c);
        a.leave();
        c.join();
        b.join();
        settle(b, c);
    }

    @Test
    void silentMemberIsDeadAfterItsSession() {
        stabilize(a, b);
        advance(TestMember.SESSION_MILLIS - 1);
        assertThat(a.heartbeat()).isEqualTo(Errors.NONE);
        advance(1);
        assertThat(a.heartbeat()).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(b.heartbeat()).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        a.join();
        settle(a);
    }

    @Test
    void commitKeepsAMemberAlive() {
        stabilize(a);
        advance(TestMember.SESSION_MILLIS - 1);
        assertThat(coordinator.committer(a.identity()).error()).isEqualTo(Errors.NONE);
        advance(TestMember.SESSION_MILLIS - 1);
        assertThat(a.heartbeat()).isEqualTo(Errors.NONE);
    }

    @Test
    void lateSyncGetsTheAssignment() {
        a.join();
        b.join();
        advance(FIRST_JOIN_MILLIS * 2L);
        assertThat(a.leads()).isTrue();
        assertThat(b.leads()).isFalse();
        a.syncAsLeader().assertAssigned();
        advance(5_000);
        b.sync().assertAssigned();
        assertThat(b.heartbeat()).isEqualTo(Errors.NONE);
    }

    @Test
    void whoDoesNotSyncIsOut() {
        a.sessionMillis = 100_000;
        b.sessionMillis = 100_000;
        a.join();
        b.join();
        advance(FIRST_JOIN_MILLIS * 2L);
        assertThat(a.leads()).isTrue();
        b.joined();
        b.sync();
        advance(TestMember.REBALANCE_MILLIS - 1);
        assertThat(b.isSyncing()).isTrue();
        advance(1);
        assertThat(b.synced().error()).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(a.sync().synced().error()).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        b.join();
        settle(b);
    }

    @Test
    void leaderThatDiesBeforeItAssignsIsReplaced() {
        a.join();
        b.join();
        advance(FIRST_JOIN_MILLIS * 2L);
        assertThat(a.leads()).isTrue();
        b.joined();
        b.sync();
        advance(TestMember.SESSION_MILLIS);
        assertThat(b.synced().error()).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        b.join();
        settle(b);
    }

    @Test
    void newMemberWhileOthersSync() {
        a.join();
        b.join();
        advance(FIRST_JOIN_MILLIS * 2L);
        assertThat(a.leads()).isTrue();
        b.joined();
        b.sync();
        c.join();
        assertThat(b.synced().error()).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(a.syncAsLeader().synced().error()).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        a.join();
        b.join();
        settle(a, b, c);
        assertThat(a.generation).isEqualTo(2);
    }

    @Test
    void earlierGenerationIsIllegal() {
        stabilize(a);
        b.join();
        a.join();
        settle(a, b);
        b.generation = 1;
        assertThat(b.heartbeat()).isEqualTo(Errors.ILLEGAL_GENERATION);
        assertThat(b.sync().synced().error()).isEqualTo(Errors.ILLEGAL_GENERATION);
        assertThat(coordinator.committer(b.identity()).error())
                .isEqualTo(Errors.ILLEGAL_GENERATION);
    }

    @Test
    void theProtocolThatMostPrefer() {
        a.knows("range", "roundrobin", "sticky").join();
        b.knows("roundrobin", "range").join();
        c.knows("sticky", "roundrobin", "range").join();
        TestMember d = new TestMember(coordinator, "d").knows("roundrobin", "range").join();
        advance(FIRST_JOIN_MILLIS * 2L);
        assertThat(d.joined().protocol()).isEqualTo("roundrobin");
        assertThat(a.joined().protocol()).isEqualTo("roundrobin");
    }

    @Test
    void nothingInCommonIsInconsistent() {
        stabilize(a.knows("range", "sticky"));
        assertThat(b.knows("roundrobin").join().joinError())
                .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
        c.protocolType = "connect";
        assertThat(c.join().joinError()).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(a.heartbeat()).isEqualTo(Errors.NONE);
        TestMember none = new TestMember(coordinator, "none").knows();
        assertThat(none.join().joinError()).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void changedSubscriptionRebalancesAndTheSameDoesNot() {
        stabilize(a, b);
        assertThat(b.join().joined().generation()).isEqualTo(1);
        assertThat(a.heartbeat()).isEqualTo(Errors.NONE);
        b.knows("range", "sticky").join();
        assertThat(b.isJoining()).isTrue();
        a.join();
        settle(a, b);
        assertThat(a.generation).isEqualTo(2);
    }

    @Test
    void leaderThatJoinsAgainRebalances() {
        stabilize(a, b);
        a.join();
        assertThat(b.heartbeat()).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        b.join();
        settle(a, b);
    }

    @Test
    void joinOfALostAnswerIsAnsweredAgain() {
        a.join();
        b.join();
        advance(FIRST_JOIN_MILLIS * 2L);
        a.joined();
        b.joined();
        assertThat(a.join().joined().members()).hasSize(2);
        assertThat(b.join().joined().members()).isEmpty();
        assertThat(b.joined().generation()).isEqualTo(1);
        settle(a, b);
    }

    @Test
    void joinOnAnotherConnectionEndsTheFirst() {
        stabilize(a, b);
        c.join();
        b.join();
        var first = new TestMember(coordinator, "same");
        first.id = b.id;
        first.join();
        assertThat(b.joinError()).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        a.join();
        assertThat(first.joined().generation()).isEqualTo(2);
    }

    @Test
    void restartedStaticMemberGetsItsPlaceBack() {
        stabilize(a, b.instance("i"));
        TestMember again = new TestMember(coordinator, "b2").instance("i").join();
        assertThat(again.joined().error()).isEqualTo(Errors.NONE);
        assertThat(again.generation).isEqualTo(b.generation);
        assertThat(again.id).isNotEqualTo(b.id);
        assertThat(again.sync().synced().assignment()).isEqualTo(TestMember.bytes("1 " + b.id));
        assertThat(a.heartbeat()).isEqualTo(Errors.NONE);
        assertThat(b.heartbeat()).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(b.sync().synced().error()).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(b.join().joinError()).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(coordinator.committer(b.identity()).error())
                .isEqualTo(Errors.FENCED_INSTANCE_ID);
    }

    @Test
    void restartedStaticLeaderDoesNotAssignAgain() {
        stabilize(a.instance("i"), b);
        TestMember again = new TestMember(coordinator, "a2").instance("i").join();
        assertThat(again.leads()).isFalse();
        assertThat(again.joined().members()).isEmpty();
        assertThat(again.sync().synced().assignment()).isEqualTo(TestMember.bytes("1 " + a.id));
        assertThat(b.heartbeat()).isEqualTo(Errors.NONE);
        c.join();
        again.join();
        b.join();
        settle(again, b, c);
    }

    @Test
    void restartedStaticMemberWithAnotherProtocolRebalances() {
        stabilize(a.knows("range", "sticky"), b.instance("i").knows("range", "sticky"));
        TestMember again = new TestMember(coordinator, "b2").instance("i").knows("sticky").join();
        assertThat(again.isJoining()).isTrue();
        a.join();
        assertThat(again.joined().protocol()).isEqualTo("sticky");
        settle(a, again);
    }

    @Test
    void staticMemberRestartedWhileOthersSync() {
        a.join();
        b.instance("i").join();
        advance(FIRST_JOIN_MILLIS * 2L);
        a.joined();
        b.joined();
        b.sync();
        TestMember again = new TestMember(coordinator, "b2").instance("i").join();
        assertThat(b.synced().error()).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(again.isJoining()).isTrue();
        a.join();
        settle(a, again);
    }

    @Test
    void staticMemberThatIsAwayStaysUntilItsSessionEnds() {
        stabilize(a, b.instance("i"));
        a.sessionMillis = 1_000_000;
        a.rebalanceMillis = 2_000;
        b.rebalanceMillis = 2_000;
        c.join();
        a.join();
        advance(TestMember.SESSION_MILLIS - 1_100);
        assertThat(a.isJoining()).isTrue();
        advance(1_000);
        assertThat(a.isJoining()).isTrue();
        advance(100);
        settle(a, c);
        assertThat(b.heartbeat()).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void staticMemberIsRemovedByItsInstance() {
        stabilize(a, b.instance("i"));
        assertThat(coordinator.leave("g", "", "i")).isEqualTo(Errors.NONE);
        assertThat(a.heartbeat()).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(coordinator.leave("g", "", "i")).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(coordinator.leave("g", a.id, "i")).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void onlyStaticMembersThatAreAway() {
        stabilize(a.instance("i"), b.instance("j"));
        c.join();
        assertThat(c.leave()).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        advance(TestMember.SESSION_MILLIS);
        assertThat(c.joined().generation()).isEqualTo(2);
    }

    @Test
    void commitBelongsToTheGeneration() {
        assertThat(coordinator.committer(new MemberIdentity("g", -1, "", null)).error())
                .isEqualTo(Errors.NONE);
        assertThat(coordinator.committer(new MemberIdentity("g", 3, "x", null)).error())
                .isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        a.join();
        advance(FIRST_JOIN_MILLIS);
        a.joined();
        assertThat(coordinator.committer(a.identity()).error())
                .isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        a.syncAsLeader();
        assertThat(coordinator.committer(a.identity()).error()).isEqualTo(Errors.NONE);
        assertThat(coordinator.committer(new MemberIdentity("g", -1, "", null)).error())
                .isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void membersAreShownOnceTheyAreStable() {
        a.join();
        advance(FIRST_JOIN_MILLIS);
        a.joined();
        var before = coordinator.describe("g");
        assertThat(before).isNotNull();
        assertThat(before.state()).isEqualTo("CompletingRebalance");
        assertThat(before.members().getFirst().metadata()).isEmpty();
        a.syncAsLeader();
        var after = coordinator.describe("g");
        assertThat(after).isNotNull();
        assertThat(after.protocol()).isEqualTo("range");
        assertThat(after.members().getFirst().clientId()).isEqualTo("a");
        assertThat(after.members().getFirst().assignment())
                .isEqualTo(TestMember.bytes("1 " + a.id));
        assertThat(coordinator.list()).isEqualTo(Map.of("g", "consumer"));
    }

    @Test
    void sessionTimeoutHasBounds() {
        a.sessionMillis = 999;
        assertThat(a.join().joinError()).isEqualTo(Errors.INVALID_SESSION_TIMEOUT);
        a.sessionMillis = 30 * 60_000 + 1;
        assertThat(a.join().joinError()).isEqualTo(Errors.INVALID_SESSION_TIMEOUT);
        assertThat(coordinator.list()).isEmpty();
    }

    @Test
    void membersAndBytesAreLimited() {
        GroupCoordinator small =
                coordinator(new GroupLimits(1, 3, 2, 1_000, 100, 3_000, 1_000, 100_000));
        TestMember first = new TestMember(small, "first").join();
        TestMember second = new TestMember(small, "second").join();
        TestMember third = new TestMember(small, "third").join();
        assertThat(first.isJoining()).isTrue();
        assertThat(second.isJoining()).isTrue();
        assertThat(third.joinError()).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
        assertLogged("it would make 3 members of one group, the limit is 2");
        clock.advance(small, FIRST_JOIN_MILLIS * 2L);
        first.joined();
        second.joined();
        byte[] tooLarge = new byte[101];
        assertThat(first.sync(Map.of(first.id, tooLarge)).synced().error())
                .isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
        assertLogged("it would make 101 bytes of one assignment, the limit is 100");
        second.leave();
        assertThat(new TestMember(small, "x").metadata("range", 1_001).join().joinError())
                .isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
        assertThat(new TestMember(small, "x").metadata("range", 990).join().isJoining()).isTrue();
        first.metadata("range", 990).join();
        assertThat(first.joinError()).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
        assertLogged("bytes of metadata and assignments, the limit is 3000");
        JoinRequest other =
                new JoinRequest(
                        "ot\nher",
                        "",
                        null,
                        "y",
                        "",
                        false,
                        10_000,
                        10_000,
                        "consumer",
                        List.of(new JoinRequest.Protocol("range", new byte[0])));
        assertThat(small.join(other).join().error()).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
        assertLogged("a member of group ot\nher is refused: it would make 2 groups with members");
    }

    private void assertLogged(String text) {
        assertThat(logged.getLast()).contains(text);
    }

    @Test
    void whoeverWaitsIsToldOfTheEnd() {
        stabilize(a);
        b.join();
        coordinator.close();
        assertThat(b.joinError()).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        assertThat(a.heartbeat()).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        assertThat(c.join().joinError()).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
    }
}
