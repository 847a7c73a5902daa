package rotera.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.queue.disk.PosixDisk;
import rotera.queue.format.ClockDifference;
import rotera.queue.format.Index;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Ring;
import rotera.queue.format.Superblock;

/** Times of pushes, with a clock that jumps. */
class TimeTest {
    @TempDir Path directory;
    private Path path;
    private long now = System.currentTimeMillis() + 60_000;

    @BeforeEach
    void create() {
        path = Rot.create(directory, 200_000);
    }

    private RotFile open() {
        try {
            return RotFile.open(PosixDisk.open(path, true), path, () -> now);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void timesNeverDecreaseWithAClockThatJumps() {
        Random random = new Random(8);
        long base = now;
        List<Long> shown = new ArrayList<>();
        long order = 0;
        for (int run = 0; run < 5; run++) {
            try (RotFile file = open()) {
                for (int i = 0; i < 400; i++) {
                    now = base + random.nextInt(-1_000_000, 1_000_000) + 1000L * run;
                    Rot.push(file, "message");
                    order = Math.max(order, now);
                    shown.add(order - now > 1000 ? now : order);
                    if (i % 20 == 0) file.commit();
                }
                file.commit();
                assertThat(orderTimes(file)).isSorted();
                assertThat(shown).endsWith(times(file).toArray(Long[]::new));
            }
        }
    }

    @Test
    void clockFromTheFutureDoesNotPoisonWhatFollows() throws InterruptedException {
        long past = now;
        try (RotFile file = open()) {
            Rot.commit(file, "a");
            now = past + Duration.ofDays(4000).toMillis();
            Rot.commit(file, "from the future");
            now = past + 10;
            Rot.commit(file, "b");
        }
        try (RotFile file = open()) {
            Rot.commit(file, "c");
            assertThat(orderTimes(file)).isSorted();
            assertThat(times(file))
                    .containsExactly(past, past + Duration.ofDays(4000).toMillis(), now, now);
            assertThat(firstAt(file, past)).isZero();
            assertThat(firstAt(file, past + 1)).isEqualTo(1);
            assertThat(firstAt(file, past + 20)).isEqualTo(1);
        }
    }

    @Test
    void timeDoesNotDecreaseAfterEverythingWasLost() {
        now += 1_000_000;
        Path crashed;
        long last = now;
        try (RotFile file = open()) {
            Rot.commit(file, "a");
        }
        now -= 900_000;
        try (RotFile file = open()) {
            Rot.push(file, "lost");
            crashed = Rot.copy(path, "crashed.rot");
        }
        path = crashed;
        now -= 90_000;
        try (RotFile file = open()) {
            Rot.commit(file, "b");
            assertThat(orderTimes(file)).containsExactly(last, last);
            assertThat(times(file)).containsExactly(last, now);
        }
    }

    @Test
    void aPushTellsTheTimeThatItsMessagesGot() {
        long begin = now;
        try (RotFile file = open();
                Batch batch = new Batch()) {
            assertThat(batch.add("a").pushedMillis()).isNegative();
            file.push(batch);
            assertThat(batch.pushedMillis()).isEqualTo(begin);
            assertThat(batch.clear().pushedMillis()).isNegative();
            now -= 1000; // A clock that is put back.
            file.push(batch.add("b"));
            assertThat(batch.pushedMillis()).isEqualTo(begin);
            now = begin + 7;
            Producer producer = new Producer(5, 0, 0);
            file.pushAsync(batch.clear().add("c").producer(producer)).join();
            assertThat(batch.pushedMillis()).isEqualTo(begin + 7);
            now = begin + 8;
            file.push(batch);
            assertThat(batch.pushedMillis()).as("of a push that was known").isNegative();
            file.push(batch.clear().add("d").time(begin + 100));
            assertThat(batch.pushedMillis()).isEqualTo(begin + 100);
            file.push(batch.clear());
            assertThat(batch.pushedMillis()).as("of nothing").isNegative();
            file.commit();
            assertThat(times(file)).containsExactly(begin, begin, begin + 7, begin + 100);
        }
    }

    @Test
    void startAtATimeFindsTheFirstMessageAtOrAfterIt() throws InterruptedException {
        Random random = new Random(4);
        List<Long> pushed = new ArrayList<>();
        try (RotFile file = open()) {
            for (int i = 0; i < 1200; i++) {
                now += random.nextInt(4) == 0 ? random.nextInt(50) : 0;
                pushed.add(now);
                Rot.push(file, "x".repeat(random.nextInt(random.nextInt(20) == 0 ? 9000 : 200)));
                if (random.nextInt(9) == 0) file.commit();
            }
            file.commit();
            long oldest = file.ping().oldest();
            assertThat(oldest).isPositive();
            for (long time = pushed.getFirst() - 5; time < now; time += 7) {
                long expected = oldest;
                while (pushed.get((int) expected) < time) expected++;
                assertThat(firstAt(file, time)).isEqualTo(expected);
            }
        }
    }

    @Test
    void startAtATimeBeforeAndBehindEverything() throws InterruptedException {
        try (RotFile file = open()) {
            Rot.commit(file, "a");
            for (Instant early : List.of(Instant.EPOCH, Instant.MIN)) {
                try (MessageStream stream = file.stream(Start.time(early), 1)) {
                    assertThat(stream.take().firstId()).isZero();
                }
            }
            for (Instant late : List.of(Instant.ofEpochMilli(now + 1), Instant.MAX)) {
                try (MessageStream stream = file.stream(Start.time(late), 1)) {
                    Messages polled = stream.poll(Duration.ofMillis(1));
                    assertThat(polled.count()).isZero();
                    long id = Rot.commit(file, "next");
                    polled = stream.take();
                    assertThat(polled.firstId()).isEqualTo(id);
                }
            }
        }
    }

    /** As a board without a battery has it: the year after next first, then the real time. */
    @Test
    void readersAreShownTheClocksTime() {
        long future = now + Duration.ofDays(700).toMillis();
        long real = now;
        now = future;
        try (RotFile file = open()) {
            Rot.commit(file, "from the future");
            now = real;
            Rot.commit(file, "real");
            assertThat(times(file)).containsExactly(future, real);
            assertThat(file.info().oldestTime()).contains(Instant.ofEpochMilli(future));
            assertThat(file.info().newestTime()).contains(Instant.ofEpochMilli(real));
        }
        try (RotFile file = open();
                Batch batch = new Batch()) {
            file.push(batch.add("x".repeat(9000)).add("y").add("z".repeat(9000)));
            assertThat(batch.pushedMillis()).isEqualTo(real);
            file.push(batch.clear().add("copied").time(5));
            assertThat(batch.pushedMillis()).isEqualTo(5);
            now = future - 1000;
            Rot.commit(file, "nearly");
            now = future + 1;
            Rot.commit(file, "later");
            assertThat(times(file))
                    .containsExactly(future, real, real, real, real, 5L, future, future + 1);
            assertThat(orderTimes(file).subList(0, 7)).containsOnly(future);
            assertThat(file.check(damage -> {}, bytes -> {}).problems()).isZero();
        }
    }

    @Test
    void openingWarnsOfAClockThatIsBehindTheOrder() {
        now += 100_000_000;
        try (RotFile file = open()) {
            Rot.commit(file, "a");
        }
        now -= 60_000;
        try (RotFile file = open()) {
            assertThat(file.warnings()).isEmpty();
        }
        now -= 1;
        try (RotFile file = open()) {
            assertThat(file.warnings())
                    .singleElement()
                    .asString()
                    .contains(
                            Instant.ofEpochMilli(now).toString(),
                            Instant.ofEpochMilli(now + 60_001).toString(),
                            "set the clock if it is wrong");
            assertThat(file.findings()).isEqualTo(file.warnings());
            assertThat(file.check(damage -> {}, bytes -> {}).problems()).isZero();
        }
        try (RotFile file = RotFile.openReadOnly(path)) {
            assertThat(file.warnings()).hasSize(1);
        }
    }

    @Test
    void damagedClockTimeIsNamedAndTheOrderShown() {
        long future = now + 10_000_000;
        long real = now;
        now = future;
        long at;
        try (RotFile file = open()) {
            Rot.commit(file, "a");
            now = real;
            at = Rot.offset(file.info(), file.info().next().position());
            Rot.commit(file, "b");
        }
        for (int bit = 0; bit < 128; bit++) {
            Rot.flip(path, at + 64 + bit / 8, bit % 8);
            try (RotFile file = RotFile.openReadOnly(path)) {
                assertThat(Rot.texts(file, 0)).containsExactly("a", "b");
                assertThat(times(file)).containsExactly(future, future);
                assertThat(file.info().newestTime()).contains(Instant.ofEpochMilli(future));
                List<String> damage = new ArrayList<>();
                file.check(damage::add, bytes -> {});
                assertThat(damage)
                        .containsExactly(
                                "the clock's time of a push is damaged (position 72); the time of the order is shown instead");
            }
            Rot.flip(path, at + 64 + bit / 8, bit % 8);
        }
    }

    /** A power cut can leave a record whole but for the time of the clock. */
    @Test
    void recordThatLacksItsClockTimeEndsTheQueueUnlessALaterOneProvesIt() {
        long future = now + 10_000_000;
        long real = now;
        now = future;
        try (RotFile file = open()) {
            Rot.commit(file, "a");
            now = real;
            long at = Rot.offset(file.info(), file.info().next().position()) + RecordHeader.BYTES;
            Rot.commit(file, "b");
            Path unproven = Rot.copy(path, "unproven.rot");
            Rot.commit(file, "c");
            Rot.commit(file, "d");
            Path proven = Rot.copy(path, "proven.rot");
            Rot.flip(unproven, at, 3);
            Rot.flip(proven, at, 3);
            try (RotFile crashed = RotFile.open(unproven)) {
                assertThat(Rot.texts(crashed, 0)).containsExactly("a");
            }
            try (RotFile crashed = RotFile.open(proven)) {
                assertThat(Rot.texts(crashed, 0)).containsExactly("a", "b", "c", "d");
                assertThat(times(crashed)).startsWith(future, future, real);
            }
        }
    }

    /** A push that a crash took back leaves such bytes where the next run writes its record. */
    @Test
    void clockTimeOfAnEarlierRunDoesNotFit() {
        ClockDifference difference = new ClockDifference();
        RecordHeader header = new RecordHeader();
        header.position = 8312;
        header.epoch = 3;
        header.timeMillis = 1_700_000_006_000L;
        MemorySegment bytes = difference.encode(-6000, header, 17);
        assertThat(difference.clockMillis(header, bytes, 0, 17)).hasValue(1_700_000_000_000L);
        header.epoch = 4;
        assertThat(difference.clockMillis(header, bytes, 0, 17)).isEmpty();
    }

    /** The 16 bytes belong to what a push may take of the ring. */
    @Test
    void largestPushesOfAClockThatWasSetBackFit() {
        long[] clock = {1_000_000_000};
        for (int length : new int[] {0, 1, 3, 100, 4000, 4016, 4028, 4032, 5000}) {
            MemoryDisk disk = new MemoryDisk(Rot.SMALLEST);
            try (RotFile file = formatted(disk, () -> clock[0]);
                    Batch batch = new Batch()) {
                Rot.commit(file, "first");
                clock[0] -= 10_000;
                long most = file.ping().maxPushBytes();
                for (int round = 0; round < 12; round++) {
                    batch.clear();
                    while (batch.bytes() + 4 + length <= most) batch.add(new byte[length]);
                    long from = file.info().next().position();
                    file.push(batch);
                    assertThat(file.info().next().position() - from)
                            .isLessThanOrEqualTo(superblock(disk).maxPushSpace(batch.bytes()));
                }
                file.commit();
                clock[0] += 10_000;
                assertThat(file.check(damage -> {}, bytes -> {}).problems()).isZero();
            }
        }
    }

    private static RotFile formatted(MemoryDisk disk, rotera.queue.disk.Clock clock) {
        try {
            RotFile.format(disk, CreateOptions.ofSize(disk.size()), clock);
            return RotFile.open(disk, Path.of("clock.rot"), clock);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Superblock superblock(MemoryDisk disk) {
        try {
            return Superblock.read(disk, Path.of("clock.rot"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Long> orderTimes(RotFile file) {
        List<Long> times = new ArrayList<>();
        try (Messages messages = new Messages()) {
            long id = file.ping().oldest();
            while (file.read(id, Integer.MAX_VALUE, messages) > 0) {
                while (messages.next()) times.add(messages.buffer().cursor().orderMillis());
                id = messages.nextId();
            }
        }
        return times;
    }

    private static List<Long> times(RotFile file) {
        List<Long> times = new ArrayList<>();
        try (Messages messages = new Messages()) {
            long id = file.ping().oldest();
            while (file.read(id, Integer.MAX_VALUE, messages) > 0) {
                while (messages.next()) times.add(messages.timeMillis());
                id = messages.nextId();
            }
        }
        return times;
    }

    private static long firstAt(RotFile file, long millis) throws InterruptedException {
        try (MessageStream stream = file.stream(Start.time(Instant.ofEpochMilli(millis)), 1)) {
            return stream.take().firstId();
        }
    }

    /** A run that was lost may have pushed at the same place, with the same id, at another time. */
    @Test
    void timesOfStaleIndexEntriesAreNotBelieved() throws IOException {
        long firstAt = 0;
        List<RotFileInfo.Place> places = new ArrayList<>();
        try (RotFile file = open()) {
            for (int i = 0; i < 60; i++) {
                now += 1000;
                if (i == 30) firstAt = now;
                places.add(file.info().next());
                Rot.push(file, new byte[3000]);
            }
            file.commit();
        }
        try (PosixDisk disk = PosixDisk.open(path, true)) {
            Superblock superblock = Superblock.read(disk, path);
            Index index = new Index(disk, superblock, new Ring(disk, superblock));
            for (RotFileInfo.Place later : places.subList(31, 60)) {
                index.write(later.position(), later.id(), firstAt - 900_000);
            }
        }
        try (RotFile file = open();
                MessageStream stream = file.stream(Start.time(Instant.ofEpochMilli(firstAt)), 1)) {
            assertThat(stream.poll(Duration.ofSeconds(9)).firstId()).isEqualTo(30);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
