package rotera.queue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rotera.queue.buffer.LittleEndian;
import rotera.queue.engine.FileState;
import rotera.queue.format.HeaderSlot;
import rotera.queue.format.ProducerTable;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Superblock;

/** Pushes that come again are not kept again: how long that holds, and what it survives. */
class ProducersTest {
    private static final long ID = 0x1020304050607080L;
    private static final int LAST_SEQUENCE = Integer.MAX_VALUE;
    private static final Path PATH = Path.of("memory.rot");

    private final Batch batch = new Batch();
    private final Messages messages = new Messages();
    private Superblock superblock = layout(Rot.SMALLEST);
    private MemoryDisk disk = new MemoryDisk(Rot.SMALLEST);

    @AfterEach
    void close() {
        batch.close();
        messages.close();
    }

    private static Superblock layout(long bytes) {
        return Superblock.create(bytes, 0, new UUID(1, 2), 77);
    }

    private RotFile create(long bytes) throws IOException {
        superblock = layout(bytes);
        disk = new MemoryDisk(bytes);
        FileState.format(disk, superblock);
        return open(disk);
    }

    private static RotFile open(MemoryDisk disk) throws IOException {
        return RotFile.open(disk, PATH, () -> 5);
    }

    private Batch batch(Producer producer, int count, int bytes) {
        batch.clear().producer(producer);
        for (int i = 0; i < count; i++) batch.add(Rot.message(producer.sequence() + i, bytes));
        return batch;
    }

    private long push(RotFile file, long id, int sequence, int count) {
        return file.push(batch(new Producer(id, 0, sequence), count, 8));
    }

    private long pushOnce(RotFile file, long id, int sequence) {
        long next = file.info().next().id();
        long pushed = push(file, id, sequence, 1);
        assertThat(pushed).as("a new push").isEqualTo(next);
        return pushed;
    }

    private void pushAgain(RotFile file, long id, int sequence, long expected) {
        long next = file.info().next().id();
        assertThat(push(file, id, sequence, 1)).isEqualTo(expected);
        assertThat(file.info().next().id()).as("nothing is kept again").isEqualTo(next);
    }

    /** Positions of the snapshots that are in the ring. */
    private List<Long> snapshots(MemoryDisk of) {
        List<Long> found = new ArrayList<>();
        RecordHeader header = new RecordHeader();
        for (long at = 0; at + 64 <= superblock.ringBytes(); at += 8) {
            long offset = superblock.ringOffset() + at;
            long position = of.bytes().get(LittleEndian.U64, offset + RecordHeader.AT_POSITION);
            if (position >= 0
                    && position % superblock.ringBytes() == at
                    && header.decode(of.bytes(), offset, position, superblock)
                    && header.kind == RecordHeader.PRODUCERS) found.add(position);
        }
        found.sort(null);
        return found;
    }

    private void flip(MemoryDisk of, long position) {
        long at = superblock.ringOffset() + position % superblock.ringBytes();
        of.bytes().set(JAVA_BYTE, at, (byte) (of.bytes().get(JAVA_BYTE, at) ^ 4));
    }

    private void fill(RotFile file, long bytes) {
        long end = file.info().next().position() + bytes;
        while (file.info().next().position() < end) {
            file.push(batch.clear().add(new byte[400]));
            file.commit();
        }
    }

    @Test
    void repeatedPushReturnsItsIdAndKeepsNothing() throws IOException {
        try (RotFile file = create(Rot.SMALLEST)) {
            Rot.push(file, "another");
            assertThat(push(file, ID, 10, 3)).isEqualTo(1);
            assertThat(push(file, ID, 10, 3)).isEqualTo(1);
            assertThat(file.tryPush(batch)).isEqualTo(1);
            assertThat(file.pushAsync(batch).join()).isEqualTo(1);
            assertThat(file.commit()).isEqualTo(4);
            assertThat(push(file, ID, 10, 3)).isEqualTo(1);
            assertThat(file.commit()).isEqualTo(4);
            assertThat(push(file, ID, 13, 1)).isEqualTo(4);
            assertThat(push(file, ID, 100, 1)).as("numbers may be left out").isEqualTo(5);
        }
    }

    @Test
    void pushesWithoutProducerAreNeverRepeated() throws IOException {
        try (RotFile file = create(Rot.SMALLEST)) {
            assertThat(file.push(batch.clear().add("a"))).isZero();
            assertThat(file.push(batch)).isEqualTo(1);
            assertThat(file.lastPush(0)).isEmpty();
        }
    }

    @Test
    void emptyPushIsNotEntered() throws IOException {
        try (RotFile file = create(Rot.SMALLEST)) {
            assertThat(push(file, ID, 5, 0)).isZero();
            assertThat(file.lastPush(ID)).isEmpty();
        }
    }

    @Test
    void fivePushesAreRemembered() throws IOException {
        try (RotFile file = create(Rot.SMALLEST)) {
            for (int i = 0; i < 6; i++) pushOnce(file, ID, i);
            for (int i = 1; i < 6; i++) pushAgain(file, ID, i, i);
            assertThatThrownBy(() -> push(file, ID, 0, 1))
                    .isInstanceOf(QueueException.OutOfOrderException.class)
                    .hasMessageContaining("1161981756646125696")
                    .hasMessageContaining("1 messages with sequence 0")
                    .hasMessageContaining("sequence 6 was expected");
        }
    }

    @Test
    void pushThatOverlapsIsRefused() throws IOException {
        try (RotFile file = create(Rot.SMALLEST)) {
            push(file, ID, 10, 5);
            for (int sequence = 9; sequence < 15; sequence++) {
                int from = sequence;
                assertThatThrownBy(() -> push(file, ID, from, 7))
                        .isInstanceOf(QueueException.OutOfOrderException.class);
            }
            assertThatThrownBy(() -> file.pushAsync(batch).join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(QueueException.OutOfOrderException.class);
            assertThat(push(file, ID, 15, 7)).isEqualTo(5);
            assertThat(file.commit()).isEqualTo(12);
        }
    }

    @Test
    void refusedPushThatComesAgainBehindLaterOnesIsNoRepetition() throws IOException {
        try (RotFile file = create(Rot.SMALLEST)) {
            assertThatThrownBy(() -> file.push(batch(new Producer(ID, 0, 0), 2, 1 << 20)))
                    .isInstanceOf(QueueException.MessageTooLargeException.class);
            assertThat(push(file, ID, 2, 3)).isZero();
            for (int count = 1; count <= 3; count++) {
                int messages = count;
                assertThatThrownBy(() -> push(file, ID, 0, messages))
                        .isInstanceOfSatisfying(
                                QueueException.OutOfOrderException.class,
                                e -> assertThat(e.expectedSequence()).isEqualTo(5));
                assertThatThrownBy(() -> file.tryPush(batch))
                        .isInstanceOf(QueueException.OutOfOrderException.class);
            }
            assertThat(push(file, ID, 2, 3)).isZero();
            assertThat(push(file, ID, 5, 2)).isEqualTo(3);
            assertThat(file.commit()).isEqualTo(5);
        }
    }

    @Test
    void producerThatIsNotRememberedBeginsWithAnySequence() throws IOException {
        try (RotFile file = create(Rot.SMALLEST)) {
            assertThat(push(file, ID, 70, 1)).isZero();
            assertThat(push(file, ID, 70, 1)).isZero();
            for (int id = 1; id <= superblock.producers(); id++) pushOnce(file, id, 0);
            assertThat(file.lastPush(ID)).isEmpty();
            assertThat(push(file, ID, 70, 1)).as("forgotten").isEqualTo(superblock.producers() + 1);
        }
    }

    @Test
    void consecutiveProducerLeavesOutNoSequence() throws IOException {
        try (RotFile file = create(Rot.SMALLEST)) {
            assertThatThrownBy(() -> pushConsecutive(file, 0, 1))
                    .isInstanceOf(QueueException.UnknownProducerException.class)
                    .hasMessageContaining("1161981756646125696")
                    .hasMessageContaining("sequence 1");
            assertThat(pushConsecutive(file, 0, 0)).isZero();
            assertThatThrownBy(() -> pushConsecutive(file, 0, 2))
                    .isInstanceOfSatisfying(
                            QueueException.OutOfOrderException.class,
                            e -> assertThat(e.expectedSequence()).isEqualTo(1));
            assertThat(pushConsecutive(file, 0, 1)).isEqualTo(1);
            assertThat(pushConsecutive(file, 0, 0)).isZero();
            assertThatThrownBy(() -> pushConsecutive(file, 1, 2))
                    .isInstanceOfSatisfying(
                            QueueException.OutOfOrderException.class,
                            e -> assertThat(e.expectedSequence()).isZero());
            assertThat(pushConsecutive(file, 1, 0)).isEqualTo(2);
            assertThat(file.push(batch(new Producer(ID, 1, 9), 1, 8))).as("others").isEqualTo(3);
            assertThat(file.commit()).isEqualTo(4);
        }
    }

    private long pushConsecutive(RotFile file, int epoch, int sequence) {
        return file.push(batch(new Producer(ID, epoch, sequence), 1, 8).requireConsecutive());
    }

    @Test
    void sequencesBeginAgain() throws IOException {
        try (RotFile file = create(Rot.SMALLEST)) {
            assertThat(push(file, ID, LAST_SEQUENCE - 1, 4)).isZero();
            assertThat(push(file, ID, LAST_SEQUENCE - 1, 4)).isZero();
            assertThat(file.lastPush(ID)).contains(new Producer(ID, 0, 1));
            assertThatThrownBy(() -> push(file, ID, 1, 1))
                    .isInstanceOf(QueueException.OutOfOrderException.class);
            assertThatThrownBy(() -> push(file, ID, LAST_SEQUENCE, 1))
                    .isInstanceOf(QueueException.OutOfOrderException.class);
            assertThat(push(file, ID, 2, 1)).isEqualTo(4);
            file.commit();
            file.read(0, 10, messages);
            List<Integer> sequences = new ArrayList<>();
            while (messages.next()) sequences.add(messages.producer().sequence());
            assertThat(sequences).containsExactly(LAST_SEQUENCE - 1, LAST_SEQUENCE, 0, 1, 2);
        }
    }

    @Test
    void partsOfALargePushBeginAgain() throws IOException {
        try (RotFile file = create(Rot.SMALLEST)) {
            file.push(batch(new Producer(ID, 0, LAST_SEQUENCE), 5, 1500));
            file.commit();
            List<Integer> sequences = new ArrayList<>();
            for (long id = 0; id < 5; id = messages.nextId()) {
                file.read(id, 1, messages);
                while (messages.next()) sequences.add(messages.producer().sequence());
            }
            assertThat(sequences).containsExactly(LAST_SEQUENCE, 0, 1, 2, 3);
        }
        try (RotFile file = open(disk)) {
            assertThat(file.lastPush(ID)).contains(new Producer(ID, 0, 3));
            assertThat(file.push(batch(new Producer(ID, 0, LAST_SEQUENCE), 5, 1500))).isZero();
        }
    }

    @Test
    void sequenceIsNotNegative() {
        assertThatThrownBy(() -> new Producer(ID, 0, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sequence=-1");
    }

    @Test
    void laterEpochBeginsAnewAndFencesTheEarlierOne() throws IOException {
        try (RotFile file = create(Rot.SMALLEST)) {
            push(file, ID, 50, 1);
            assertThat(file.push(batch(new Producer(ID, 65_535, 50), 1, 8))).isEqualTo(1);
            assertThat(file.push(batch(new Producer(ID, 65_535, 50), 1, 8))).isEqualTo(1);
            assertThatThrownBy(() -> push(file, ID, 50, 1))
                    .isInstanceOf(QueueException.ProducerFencedException.class)
                    .hasMessageContaining("epoch 0")
                    .hasMessageContaining("epoch 65535");
            assertThat(file.lastPush(ID)).contains(new Producer(ID, 65_535, 50));
            file.commit();
        }
        try (RotFile file = open(disk)) {
            assertThatThrownBy(() -> push(file, ID, 51, 1))
                    .isInstanceOf(QueueException.ProducerFencedException.class);
            assertThat(file.lastPush(ID)).contains(new Producer(ID, 65_535, 50));
        }
    }

    @Test
    void thousandProducersAreRememberedAndTheOneThatPushedLongestAgoGoesFirst() throws IOException {
        try (RotFile file = create(32 << 20)) {
            assertThat(superblock.producers()).isEqualTo(ProducerTable.MAX);
            for (int id = 1; id <= 1000; id++) pushOnce(file, id, 0);
            long again = pushOnce(file, 1, 1);
            pushOnce(file, 1001, 0);
            assertThat(file.lastPush(2)).isEmpty();
            assertThat(file.lastPush(3)).isPresent();
            pushAgain(file, 1, 1, again);
            pushOnce(file, 2, 0);
            assertThat(file.lastPush(3)).isEmpty();
            file.commit();
        }
        try (RotFile file = open(disk)) {
            assertThat(file.lastPush(3)).isEmpty();
            for (int id = 4; id <= 1001; id++) assertThat(file.lastPush(id)).isPresent();
            pushOnce(file, 5000, 0);
            assertThat(file.lastPush(4)).isEmpty();
            assertThat(file.lastPush(5)).isPresent();
        }
    }

    @Test
    void smallRingRemembersFewer() throws IOException {
        try (RotFile file = create(Rot.SMALLEST)) {
            assertThat(superblock.producers()).isEqualTo(7);
            for (int id = 1; id <= 8; id++) pushOnce(file, id, 0);
            assertThat(file.lastPush(1)).isEmpty();
            assertThat(file.lastPush(2)).isPresent();
        }
        assertThat(layout(1 << 20).producers()).isEqualTo(84);
        assertThat(layout(16 << 20).producers()).isEqualTo(1000);
        assertThat(layout(1L << 40).snapshotSpace()).isEqualTo(64 + 96_000);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void openingRemembers(boolean closed) throws IOException {
        MemoryDisk found;
        try (RotFile file = create(Rot.SMALLEST)) {
            for (int i = 0; i < 200; i++) {
                push(file, ID, 3 * i, 3);
                file.push(batch.clear().add(new byte[i]));
                if (i % 7 == 0) file.commit();
            }
            file.commit();
            found = disk.copy();
        }
        if (closed) found = disk;
        assertThat(snapshots(found)).isNotEmpty();
        try (RotFile file = RotFile.open(found, PATH, null)) {
            assertThat(file.lastPush(ID)).contains(new Producer(ID, 0, 599));
        }
        for (int i = 0; i < 100; i++) {
            try (RotFile file = open(found)) {
                assertThat(file.findings()).isEmpty();
                assertThat(push(file, ID, 3 * 199, 3)).isEqualTo(4L * 199);
                assertThat(push(file, ID, 3 * 195, 3)).isEqualTo(4L * 195);
                assertThatThrownBy(() -> push(file, ID, 3 * 194, 3))
                        .isInstanceOf(QueueException.OutOfOrderException.class);
                assertThat(file.ping().next()).isEqualTo(800);
                assertThat(file.check(damage -> {}, bytes -> {}).problems()).isZero();
            }
        }
    }

    /** What no producer pushes any more goes round the ring; the table stays. */
    @Test
    void producerIsRememberedWhenItsMessagesAreGone() throws IOException {
        try (RotFile file = create(Rot.SMALLEST)) {
            pushOnce(file, ID, 7);
            for (int lap = 0; lap < 5; lap++) {
                fill(file, superblock.ringBytes());
                try (RotFile crashed = open(disk.copy())) {
                    assertThat(crashed.findings()).isEmpty();
                    assertThat(crashed.ping().oldest()).isPositive();
                    pushAgain(crashed, ID, 7, 0);
                }
            }
        }
    }

    @Test
    void readersStepOverSnapshotsWhereverTheyLie() throws IOException {
        boolean wrapped = false;
        boolean first = false;
        try (RotFile file = create(Rot.SMALLEST)) {
            for (int id = 1; id <= 6; id++) push(file, id, 0, 1);
            for (int i = 0; i < 2000; i++) {
                file.push(batch.clear().add(Rot.message(i, 10 + 29 * i % 700)));
                file.commit();
                Status status = file.ping();
                long oldest = status.oldest();
                assertThat(Rot.messages(file, oldest)).hasSize((int) (status.next() - oldest));
                file.read(status.next() - 1, 5, messages);
                assertThat(messages.count()).isEqualTo(1);
                messages.next();
                assertThat(messages.toByteArray()).isEqualTo(Rot.message(i, 10 + 29 * i % 700));
                for (long position : snapshots(disk)) {
                    long at = position % superblock.ringBytes();
                    wrapped |= at + superblock.snapshotSpace() > superblock.ringBytes();
                    first |= position == file.bounds().oldest().position();
                }
            }
            assertThat(file.check(damage -> {}, bytes -> {}).problems()).isZero();
        }
        assertThat(wrapped).as("one wraps around the end of the ring").isTrue();
        assertThat(first).as("one is the first record that is kept").isTrue();
    }

    @Test
    void damagedSnapshotCostsNoMessage() throws IOException {
        try (RotFile file = create(Rot.SMALLEST)) {
            pushOnce(file, ID, 7);
            fill(file, 14_000);
        }
        List<Long> positions = snapshots(disk);
        assertThat(positions).hasSizeGreaterThan(2);
        for (int byteOf : new int[] {3, 20, 70, 100}) {
            MemoryDisk damaged = disk.copy();
            for (long position : positions) flip(damaged, position + byteOf);
            try (RotFile file = open(damaged)) {
                assertThat(file.findings()).anyMatch(text -> text.contains("table of producers"));
                List<String> problems = new ArrayList<>();
                file.check(problems::add, bytes -> {});
                assertThat(problems.stream().filter(text -> text.contains("snapshot")))
                        .hasSameSizeAs(positions);
                assertThat(Rot.messages(file, 0)).hasSize((int) file.ping().next());
                assertThat(file.lastPush(ID)).isEmpty();
                pushOnce(file, ID, 7);
                file.commit();
                pushAgain(file, ID, 7, file.ping().next() - 1);
            }
        }
    }

    @Test
    void entriesAndTimesCountNoSnapshot() throws IOException {
        superblock = layout(Rot.SMALLEST);
        disk = new MemoryDisk(Rot.SMALLEST);
        CreateOptions options = CreateOptions.ofSize(Rot.SMALLEST).withEntries(3);
        FileState.format(disk, Rot.superblock(options, 0, new UUID(1, 2), 77));
        long[] now = {1000};
        try (RotFile file = RotFile.open(disk, PATH, () -> now[0]++)) {
            for (int i = 0; i < 300; i++) {
                push(file, 1 + i % 6, i, 1);
                file.push(batch.clear().add(new byte[300]));
                file.commit();
                Status status = file.ping();
                assertThat(status.next() - status.oldest()).isLessThanOrEqualTo(3);
                assertThat(Rot.messages(file, 0)).hasSize((int) (status.next() - status.oldest()));
                long last = status.next() - 1;
                file.read(last, 1, messages);
                messages.next();
                Start start = Start.time(Instant.ofEpochMilli(messages.timeMillis()));
                try (MessageStream stream = file.stream(start, 1)) {
                    assertThat(stream.poll(Duration.ZERO).firstId()).isEqualTo(last);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    /** The walk meets a snapshot that the header does not name yet. */
    @Test
    void damagedSnapshotInTheWalkCostsNothing() throws IOException {
        MemoryDisk found = disk;
        try (RotFile file = create(Rot.SMALLEST)) {
            pushOnce(file, ID, 7);
            while (snapshots(disk).isEmpty()) fill(file, 400);
            fill(file, 1);
            found = disk.copy();
        }
        flip(found, snapshots(found).getFirst() + 70);
        long header = Math.max(named(found, 0), named(found, 1));
        try (RotFile file = open(found)) {
            assertThat(Rot.messages(file, 0)).hasSize((int) file.ping().next());
            if (header == snapshots(found).getFirst()) return;
            assertThat(file.findings())
                    .singleElement()
                    .asString()
                    .contains("snapshot of the producers")
                    .contains("no message is lost");
            pushAgain(file, ID, 7, 0);
        }
    }

    private static long named(MemoryDisk of, int slot) {
        long at = HeaderSlot.offset(slot);
        return of.bytes().get(LittleEndian.U64, at + 40)
                - of.bytes().get(LittleEndian.U64, at + 56);
    }

    @Test
    void damagedHeaderSlotCostsNothing() throws IOException {
        try (RotFile file = create(Rot.SMALLEST)) {
            for (int i = 0; i < 300; i++) {
                push(file, ID, i, 1);
                fill(file, 500);
                if (i % 10 > 0) continue;
                for (int slot = 0; slot < 2; slot++) {
                    MemoryDisk damaged = disk.copy();
                    long at = HeaderSlot.offset(slot) + 5;
                    damaged.bytes().set(JAVA_BYTE, at, (byte) ~damaged.bytes().get(JAVA_BYTE, at));
                    try (RotFile found = open(damaged)) {
                        assertThat(found.findings()).hasSize(1);
                        assertThat(found.lastPush(ID)).contains(new Producer(ID, 0, i));
                    }
                }
            }
        }
    }

    /** Large pushes, so that next to nothing is free: none of them waits for ever. */
    @Test
    void pushesNeverWaitForRoomForASnapshot() throws IOException {
        for (int size = 4000; size <= 10_240; size += 517) {
            try (RotFile file = create(Rot.SMALLEST)) {
                for (int id = 1; id <= 6; id++) pushOnce(file, id, 0);
                for (int i = 0; i < 100; i++) {
                    long id = file.push(batch(new Producer(1 + i % 6, 0, 1 + i), 1, size));
                    assertThat(file.push(batch)).isEqualTo(id);
                    if (i % 3 == 0) file.commit();
                    if (i % 10 > 0) continue;
                    file.commit();
                    try (RotFile crashed = open(disk.copy())) {
                        assertThat(crashed.push(batch)).isEqualTo(id);
                        assertThat(crashed.findings()).isEmpty();
                    }
                }
            }
        }
    }

    @Test
    @SuppressWarnings("try") // closes early, on purpose
    void lastPushCountsWhatIsNotCommitted() throws IOException {
        try (RotFile file = create(Rot.SMALLEST)) {
            push(file, ID, 0, 1);
            file.commit();
            push(file, ID, 1, 4);
            assertThat(file.lastPush(ID)).contains(new Producer(ID, 0, 4));
            try (RotFile crashed = open(disk.copy())) {
                assertThat(crashed.lastPush(ID)).contains(new Producer(ID, 0, 0));
            }
            file.close();
            assertThatThrownBy(() -> file.lastPush(ID))
                    .isInstanceOf(QueueException.QueueClosedException.class);
        }
    }
}
