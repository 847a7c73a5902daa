package rotera.kafka.groups;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rotera.kafka.MemoryDisk;
import rotera.kafka.topics.Partition;
import rotera.kafka.wire.Errors;
import rotera.queue.CreateOptions;
import rotera.queue.disk.Disk;
import rotera.queue.engine.QueueAccess;
import rotera.server.Log;

class GroupOffsetsTest {
    private static final Partition ORDERS = new Partition("orders", 0);
    private static final Partition BILLS = new Partition("bills", 0);
    private static final MemberIdentity NOBODY = new MemberIdentity("g", -1, "", null);
    private static final long DAY = 24 * 3_600_000L;

    private final TestClock clock = new TestClock();
    private final GroupCoordinator coordinator =
            new GroupCoordinator(GroupLimits.DEFAULT, clock::nanos, deadline -> {}, line -> {});
    private final Map<Partition, UUID> queues = new HashMap<>();
    private final List<String> told = new ArrayList<>();
    private final FailingDisk disk = new FailingDisk(new MemoryDisk(1 << 20));
    private long millis = 10 * DAY;
    private OffsetsFile file;
    private GroupOffsets offsets;

    /** Syncs fail once it is told to. */
    private static final class FailingDisk implements Disk {
        private final Disk disk;
        private boolean fails;

        FailingDisk(Disk disk) {
            this.disk = disk;
        }

        @Override
        public long size() {
            return disk.size();
        }

        @Override
        public void read(long position, MemorySegment target) throws IOException {
            disk.read(position, target);
        }

        @Override
        public long writeSome(long position, MemorySegment source) throws IOException {
            return disk.writeSome(position, source);
        }

        @Override
        public void force() throws IOException {
            if (fails) throw new IOException("the disk is broken");
            disk.force();
        }

        @Override
        public MemorySegment map() {
            return disk.map();
        }

        @Override
        public void close() {}
    }

    GroupOffsetsTest() throws IOException {
        queues.put(ORDERS, new UUID(0, 1));
        queues.put(BILLS, new UUID(0, 2));
        QueueAccess.format(disk, CreateOptions.ofSize(1 << 20), () -> millis);
        file = openFile();
        offsets = of(file);
    }

    private GroupOffsets open() throws IOException {
        file = openFile();
        return of(file);
    }

    private OffsetsFile openFile() throws IOException {
        return OffsetsFile.open(
                QueueAccess.open(disk, Path.of(OffsetsFile.NAME), () -> millis), told::add);
    }

    private GroupOffsets of(OffsetsFile file) {
        return new GroupOffsets(
                file, coordinator, queues::get, () -> millis, new Log("rotera.kafka"));
    }

    @BeforeEach
    void nothingIsTold() {
        assertThat(told).isEmpty();
    }

    private Errors commit(MemberIdentity who, Partition partition, long offset) {
        return commit(who, partition, offset, "");
    }

    private Errors commit(MemberIdentity who, Partition partition, long offset, String metadata) {
        return offsets.commit(who, List.of(new GroupOffsets.Commit(partition, offset, 3, metadata)))
                .getFirst();
    }

    private long fetched(Partition partition) {
        CommittedOffset offset = offsets.fetch("g", List.of(partition)).get(partition);
        return offset == null ? -1 : offset.offset();
    }

    private TestMember member() {
        TestMember member = new TestMember(coordinator, "a").join();
        clock.advance(coordinator, 1_000);
        assertThat(member.leads()).isTrue();
        member.syncAsLeader().assertAssigned();
        return member;
    }

    @Test
    void committedOffsetsAreFetched() throws IOException {
        assertThat(commit(NOBODY, ORDERS, 5, "said")).isEqualTo(Errors.NONE);
        assertThat(fetched(ORDERS)).isEqualTo(5);
        assertThat(fetched(BILLS)).isEqualTo(-1);
        offsets = open();
        assertThat(offsets.fetch("g", null))
                .isEqualTo(
                        Map.of(ORDERS, new CommittedOffset(new UUID(0, 1), 5, 3, millis, "said")));
        assertThat(offsets.fetch("other", null)).isEmpty();
    }

    /** Clients say so for the end and the beginning. */
    @ParameterizedTest
    @ValueSource(longs = {-1, -2})
    void anOffsetThatStandsForAPlaceIsKept(long offset) throws IOException {
        assertThat(commit(NOBODY, ORDERS, 7)).isEqualTo(Errors.NONE);
        assertThat(commit(NOBODY, ORDERS, offset, "said")).isEqualTo(Errors.NONE);
        CommittedOffset kept = new CommittedOffset(new UUID(0, 1), offset, 3, millis, "said");
        assertThat(offsets.fetch("g", null)).isEqualTo(Map.of(ORDERS, kept));
        offsets = open();
        assertThat(offsets.fetch("g", null)).isEqualTo(Map.of(ORDERS, kept));
    }

    @Test
    void eachPartitionHasItsError() {
        List<Errors> errors =
                offsets.commit(
                        NOBODY,
                        List.of(
                                new GroupOffsets.Commit(new Partition("none", 0), 1, -1, ""),
                                new GroupOffsets.Commit(ORDERS, 2, -1, "ä".repeat(2_049)),
                                new GroupOffsets.Commit(ORDERS, -3, -1, ""),
                                new GroupOffsets.Commit(BILLS, 2, -1, "ä".repeat(2_048))));
        assertThat(errors)
                .containsExactly(
                        Errors.UNKNOWN_TOPIC_OR_PARTITION,
                        Errors.OFFSET_METADATA_TOO_LARGE,
                        Errors.INVALID_REQUEST,
                        Errors.NONE);
        assertThat(fetched(BILLS)).isEqualTo(2);
        assertThat(fetched(ORDERS)).isEqualTo(-1);
        MemberIdentity nameless = new MemberIdentity("", -1, "", null);
        assertThat(commit(nameless, ORDERS, 1)).isEqualTo(Errors.INVALID_GROUP_ID);
        MemberIdentity large = new MemberIdentity("x".repeat(256), -1, "", null);
        assertThat(commit(large, ORDERS, 1)).isEqualTo(Errors.INVALID_GROUP_ID);
    }

    @Test
    void onlyMembersCommitWhileThereAreAny() {
        TestMember member = member();
        assertThat(commit(NOBODY, ORDERS, 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(commit(member.identity(), ORDERS, 2)).isEqualTo(Errors.NONE);
        assertThat(fetched(ORDERS)).isEqualTo(2);
    }

    @Test
    void offsetsOfAnotherQueueAreForgotten() throws IOException {
        commit(NOBODY, ORDERS, 5);
        commit(NOBODY, BILLS, 6);
        queues.put(ORDERS, new UUID(0, 3));
        assertThat(fetched(ORDERS)).isEqualTo(-1);
        assertThat(offsets.fetch("g", null)).containsOnlyKeys(BILLS);
        offsets.expire();
        queues.put(ORDERS, new UUID(0, 1));
        assertThat(fetched(ORDERS)).isEqualTo(-1);
        // A queue that is not served for a while may come back.
        queues.remove(BILLS);
        offsets.expire();
        queues.put(BILLS, new UUID(0, 2));
        assertThat(fetched(BILLS)).isEqualTo(6);
    }

    @Test
    void offsetsOfADeletedQueueAreForgotten() throws IOException {
        commit(NOBODY, ORDERS, 5);
        commit(NOBODY, BILLS, 6);
        assertThat(offsets.forget(new UUID(0, 1))).isEqualTo(Errors.NONE);
        offsets = open();
        assertThat(offsets.fetch("g", null)).containsOnlyKeys(BILLS);
    }

    @Test
    void noRoomIsAnErrorThatIsNotRetried() {
        for (int i = 0; i < 100; i++) {
            MemberIdentity who = new MemberIdentity("group" + i, -1, "", null);
            Errors error = commit(who, ORDERS, 1, "x".repeat(4_000));
            if (error == Errors.NONE) continue;
            assertThat(error).isEqualTo(Errors.INVALID_COMMIT_OFFSET_SIZE);
            assertThat(i).isBetween(10, 20);
            return;
        }
        throw new AssertionError("everything was kept");
    }

    @Test
    void groupsAreDeleted() {
        commit(NOBODY, ORDERS, 5);
        commit(NOBODY, BILLS, 6);
        assertThat(offsets.delete("g", List.of(ORDERS))).isEqualTo(Errors.NONE);
        assertThat(fetched(ORDERS)).isEqualTo(-1);
        assertThat(fetched(BILLS)).isEqualTo(6);
        assertThat(offsets.delete("g")).isEqualTo(Errors.NONE);
        assertThat(offsets.list()).isEmpty();
        assertThat(offsets.delete("g")).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        assertThat(offsets.delete("g", List.of(ORDERS))).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
    }

    @Test
    void groupsWithMembersAreNotDeleted() {
        commit(member().identity(), ORDERS, 5);
        assertThat(offsets.delete("g")).isEqualTo(Errors.NON_EMPTY_GROUP);
        assertThat(offsets.delete("g", List.of(ORDERS))).isEqualTo(Errors.NON_EMPTY_GROUP);
        assertThat(fetched(ORDERS)).isEqualTo(5);
    }

    @Test
    @Timeout(60)
    void aMemberThatJoinsWhileItsGroupIsDeletedKeepsTheOffsets() throws Exception {
        assertMemberKeepsOffsetsBeside(() -> offsets.delete("g"));
    }

    @Test
    @Timeout(60)
    void aMemberThatJoinsWhileOffsetsAreDeletedKeepsThem() throws Exception {
        assertMemberKeepsOffsetsBeside(() -> offsets.delete("g", List.of(ORDERS)));
    }

    /** The deletion finds no member at first, and waits for another change then. */
    private void assertMemberKeepsOffsetsBeside(Supplier<Errors> deletion) throws Exception {
        commit(NOBODY, ORDERS, 5);
        CountDownLatch changing = new CountDownLatch(1);
        CountDownLatch joined = new CountDownLatch(1);
        Thread other =
                Thread.ofPlatform()
                        .start(() ->
                                file.change(before -> {
                                    changing.countDown();
                                    await(joined);
                                    return List.of();
                                }));
        changing.await();
        AtomicReference<Errors> answer = new AtomicReference<>();
        Thread deleting = Thread.ofPlatform().start(() -> answer.set(deletion.get()));
        while (deleting.getState() != Thread.State.WAITING) Thread.sleep(1);
        TestMember member = member();
        joined.countDown();
        other.join();
        deleting.join();
        assertThat(answer.get()).isEqualTo(Errors.NON_EMPTY_GROUP);
        assertThat(fetched(ORDERS)).isEqualTo(5);
        assertThat(commit(member.identity(), ORDERS, 6)).isEqualTo(Errors.NONE);
        assertThat(fetched(ORDERS)).isEqualTo(6);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void offsetsOfNobodyExpireSevenDaysAfterTheirCommit() {
        commit(NOBODY, ORDERS, 5);
        millis += DAY;
        commit(NOBODY, BILLS, 6);
        millis += 6 * DAY - 1;
        offsets.expire();
        assertThat(fetched(ORDERS)).isEqualTo(5);
        millis++;
        offsets.expire();
        assertThat(fetched(ORDERS)).isEqualTo(-1);
        assertThat(fetched(BILLS)).isEqualTo(6);
        millis += DAY;
        offsets.expire();
        assertThat(offsets.list()).isEmpty();
    }

    @Test
    void offsetsOfAGroupExpireSevenDaysAfterItsLastMember() throws IOException {
        TestMember member = member();
        commit(member.identity(), ORDERS, 5);
        millis += 30 * DAY;
        offsets.expire();
        assertThat(fetched(ORDERS)).isEqualTo(5);
        assertThat(offsets.list()).isEqualTo(Map.of("g", "consumer"));
        member.leave();
        millis += 3_600_000;
        offsets.expire();
        offsets = open();
        millis += 7 * DAY - 1;
        offsets.expire();
        assertThat(fetched(ORDERS)).isEqualTo(5);
        millis++;
        offsets.expire();
        assertThat(fetched(ORDERS)).isEqualTo(-1);
        assertThat(offsets.list()).isEmpty();
    }

    @Test
    void membersLostWithTheServerCountFromTheFirstLookAfterIt() throws IOException {
        commit(member().identity(), ORDERS, 5);
        clock.advance(coordinator, 100_000);
        millis += 30 * DAY;
        offsets = open();
        offsets.expire();
        assertThat(fetched(ORDERS)).isEqualTo(5);
        millis += 7 * DAY;
        offsets.expire();
        assertThat(fetched(ORDERS)).isEqualTo(-1);
    }

    @Test
    void afterAFailedSyncCommitsAreRefusedAndFetchesGoOn() throws IOException {
        commit(NOBODY, ORDERS, 5);
        disk.fails = true;
        assertThat(commit(NOBODY, ORDERS, 6)).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        disk.fails = false;
        assertThat(commit(NOBODY, ORDERS, 7)).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        assertThat(offsets.delete("g")).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        assertThat(fetched(ORDERS)).isEqualTo(5);
    }
}
