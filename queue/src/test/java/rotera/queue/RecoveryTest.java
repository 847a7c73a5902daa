package rotera.queue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rotera.queue.buffer.LittleEndian;
import rotera.queue.disk.Clock;
import rotera.queue.disk.PosixDisk;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Superblock;

/** What opening makes of files that are damaged, foreign, or left by a crash. */
class RecoveryTest {
    private static final long SLOT_A = 8192;
    private static final long SLOT_B = 12288;
    private static final int SEQUENCE = 8;
    private static final int OLDEST_POSITION = 24;

    @TempDir Path directory;
    private Path path;

    @BeforeEach
    void create() {
        path = Rot.create(directory, Rot.SMALLEST);
    }

    @Test
    void crashKeepsWhatWasCommitted() {
        Path crashed;
        try (RotFile file = RotFile.open(path)) {
            Rot.commit(file, "a");
            Rot.commit(file, "b");
            Rot.push(file, "not committed");
            crashed = Rot.copy(path, "crashed.rot");
        }
        try (RotFile file = RotFile.open(crashed)) {
            assertThat(Rot.texts(file, 0)).containsExactly("a", "b");
            assertThat(file.findings()).isEmpty();
            assertThat(Rot.commit(file, "c")).isEqualTo(2);
        }
    }

    @Test
    void tornLastRecordIsTheEnd() {
        Path crashed;
        RotFileInfo info;
        try (RotFile file = RotFile.open(path)) {
            Rot.commit(file, "a");
            Rot.commit(file, "b");
            info = file.info();
            Rot.commit(file, "torn");
            crashed = Rot.copy(path, "crashed.rot");
        }
        Rot.flip(crashed, Rot.offset(info, info.committed().position()) + 64 + 5, 3);
        try (RotFile file = RotFile.open(crashed)) {
            assertThat(Rot.texts(file, 0)).containsExactly("a", "b");
            assertThat(file.findings()).isEmpty();
            assertThat(Rot.commit(file, "c")).isEqualTo(2);
            assertThat(Rot.texts(file, 0)).containsExactly("a", "b", "c");
        }
    }

    /** Nothing follows the record that could prove it: only the checkpoint does. */
    @Test
    void damageToTheNewestCommitIsNoEndOnceACheckpointCoversIt() {
        Path crashed;
        RotFileInfo info;
        try (RotFile file = RotFile.open(path)) {
            Rot.commit(file, "a");
            info = file.info();
            Rot.commit(file, "damaged");
            file.checkpoint();
            assertThat(file.info().checkpoint()).isEqualTo(file.info().committed());
            crashed = Rot.copy(path, "crashed.rot");
        }
        Rot.flip(crashed, Rot.offset(info, info.committed().position()) + 64 + 5, 3);
        try (RotFile file = RotFile.open(crashed)) {
            assertThat(file.ping().next()).isEqualTo(2);
            try (Messages messages = new Messages()) {
                assertThatThrownBy(() -> file.read(1, 1, messages))
                        .isInstanceOfSatisfying(
                                QueueException.CorruptMessageException.class,
                                e -> assertThat(e.id()).isEqualTo(1));
            }
            assertThat(Rot.commit(file, "c")).isEqualTo(2);
            assertThat(Rot.texts(file, 2)).containsExactly("c");
        }
    }

    /** No sync has covered the checkpoint, but a kill leaves the page cache. */
    @Test
    void damageToTheNewestCommitIsNoEndOnceACheckpointIsWritten() {
        Path killed;
        RotFileInfo info;
        try (RotFile file = RotFile.open(path)) {
            Rot.commit(file, "a");
            info = file.info();
            Rot.commit(file, "damaged");
            file.noteCheckpoint();
            assertThat(file.info().checkpoint()).isEqualTo(info.checkpoint());
            killed = Rot.copy(path, "killed.rot");
            Rot.commit(file, "c");
            file.noteCheckpoint();
            Rot.commit(file, "d");
        }
        Rot.flip(killed, Rot.offset(info, info.committed().position()) + 64 + 5, 3);
        try (RotFile file = RotFile.open(killed)) {
            assertThat(file.ping().next()).isEqualTo(2);
            assertThat(Rot.texts(file, 2)).isEmpty();
        }
        try (RotFile file = RotFile.open(path)) {
            assertThat(Rot.texts(file, 0)).containsExactly("a", "damaged", "c", "d");
            assertThat(file.findings()).isEmpty();
        }
    }

    @Test
    void intactRecordsBehindTheEndAreCountedBeforeTheyAreRemoved() {
        Path crashed;
        RotFileInfo info;
        try (RotFile file = RotFile.open(path)) {
            Rot.commit(file, "a");
            info = file.info();
            Rot.push(file, "damaged");
            Rot.push(file, "b", "B");
            Rot.push(file, "c");
            file.commit();
            crashed = Rot.copy(path, "crashed.rot");
        }
        Rot.flip(crashed, Rot.offset(info, info.committed().position()) + 64 + 5, 3);
        String found =
                "the queue ends at id 1, where a bad record begins (position %d); behind it lie 2 intact records with 3 messages"
                        .formatted(info.committed().position());
        try (RotFile file = RotFile.openReadOnly(crashed)) {
            List<String> told = new ArrayList<>();
            CheckResult result = file.check(told::add, bytes -> {});
            assertThat(told).singleElement().asString().startsWith(found).contains("copy the file");
            assertThat(result.unfinished()).isEqualTo(3);
            assertThat(result.lost()).isZero();
            assertThat(result.problems()).isEqualTo(1);
        }
        try (RotFile file = RotFile.open(crashed)) {
            assertThat(file.findings())
                    .singleElement()
                    .asString()
                    .startsWith(found)
                    .endsWith("were removed");
        }
        try (RotFile file = RotFile.open(crashed)) {
            assertThat(file.findings()).isEmpty();
            assertThat(Rot.texts(file, 0)).containsExactly("a");
        }
    }

    @Test
    void unfinishedPushAtTheEndIsNoFinding() {
        Path killed;
        RotFileInfo info;
        long firstPartBytes = RecordHeader.space(4 * 4 + 4 * 1000);
        try (RotFile file = RotFile.open(path);
                Batch batch = new Batch()) {
            Rot.commit(file, "a");
            info = file.info();
            for (int i = 0; i < 9; i++) batch.add(new byte[1000]);
            file.push(batch);
            file.commit();
            killed = Rot.copy(path, "killed.rot");
        }
        long rest = Rot.offset(info, info.committed().position() + firstPartBytes);
        Rot.overwrite(killed, rest, new byte[2 * 4096]);
        try (RotFile file = RotFile.open(killed)) {
            assertThat(Rot.texts(file, 0)).containsExactly("a");
            assertThat(file.findings()).isEmpty();
        }
    }

    @Test
    void openingAQueueThatWasClosedLooksForNoEnd() throws IOException {
        MemoryDisk memory = new MemoryDisk(64 << 20);
        RotFile.format(memory, CreateOptions.ofSize(64 << 20), Clock.SYSTEM);
        MemoryDisk crashed;
        try (RotFile file = RotFile.open(memory, Path.of("closed.rot"), Clock.SYSTEM)) {
            Rot.commit(file, "a");
            crashed = memory.copy();
        }
        assertThat(bytesReadByOpening(memory)).isLessThan(64 << 10);
        assertThat(bytesReadByOpening(crashed)).isGreaterThan(1 << 20);
    }

    private static long bytesReadByOpening(MemoryDisk memory) throws IOException {
        FaultyDisk disk = new FaultyDisk(memory);
        try (RotFile file = RotFile.open(disk, Path.of("opened.rot"), Clock.SYSTEM)) {
            assertThat(Rot.texts(file, 0)).containsExactly("a");
            return disk.bytesRead.get();
        }
    }

    /** What proves that it had been committed lies further away than is looked at blindly. */
    @Test
    void damagedHeadOfALargeMessageIsNotTakenForTheEnd() throws IOException {
        long size = 160 << 20;
        MemoryDisk disk = new MemoryDisk(size);
        RotFile.format(disk, CreateOptions.ofSize(size), Clock.SYSTEM);
        MemoryDisk crashed;
        RotFileInfo info;
        try (RotFile file = RotFile.open(disk, Path.of("large.rot"), Clock.SYSTEM)) {
            Rot.commit(file, "a");
            info = file.info();
            Rot.push(file, Rot.message(1, 5 << 20));
            file.commit();
            Rot.commit(file, "behind");
            crashed = disk.copy();
        }
        long at = Rot.offset(info, info.committed().position()) + 9;
        crashed.bytes().set(JAVA_BYTE, at, (byte) ~crashed.bytes().get(JAVA_BYTE, at));
        try (RotFile file = RotFile.open(crashed, Path.of("large.rot"), Clock.SYSTEM)) {
            assertThat(file.findings())
                    .singleElement()
                    .asString()
                    .contains("damaged")
                    .doesNotContain("not finished");
            assertThat(file.ping().next()).isEqualTo(3);
            assertThat(Rot.texts(file, 2)).containsExactly("behind");
        }
    }

    @Test
    void openingAnEmptyQueueDoesNotReadItsRing() throws IOException {
        MemoryDisk memory = new MemoryDisk(64 << 20);
        RotFile.format(memory, CreateOptions.ofSize(64 << 20), Clock.SYSTEM);
        FaultyDisk disk = new FaultyDisk(memory);
        RotFile.open(disk, Path.of("empty.rot"), Clock.SYSTEM).close();
        assertThat(disk.bytesRead.get()).isLessThan(2 << 20);
    }

    @Test
    void pushOfManyRecordsIsKeptWholeOrNotAtAll() {
        Path crashed;
        RotFileInfo info;
        long firstPartBytes;
        try (RotFile file = RotFile.open(path);
                Batch batch = new Batch()) {
            Rot.commit(file, "a");
            info = file.info();
            for (int i = 0; i < 9; i++) batch.add(new byte[1000]);
            file.push(batch);
            file.commit();
            firstPartBytes = RecordHeader.space(4 * 4 + 4 * 1000);
            assertThat(firstPartBytes).isLessThan(file.info().intervalBytes());
            crashed = Rot.copy(path, "crashed.rot");
        }
        long secondPart = info.committed().position() + firstPartBytes;
        Rot.flip(crashed, Rot.offset(info, secondPart) + 100, 0);
        try (RotFile file = RotFile.open(crashed)) {
            assertThat(Rot.texts(file, 0)).containsExactly("a");
            assertThat(file.findings())
                    .singleElement()
                    .asString()
                    .contains("a commit that was not finished or is damaged");
        }
    }

    @Test
    void ghostOfAnEarlierRunNeverComesBack() {
        Path crashed;
        RotFileInfo info;
        try (RotFile file = RotFile.open(path)) {
            Rot.commit(file, "a");
            info = file.info();
            Rot.push(file, "b");
            Rot.push(file, "ghost");
            file.commit();
            crashed = Rot.copy(path, "crashed.rot");
        }
        Rot.flip(crashed, Rot.offset(info, info.committed().position()) + 64 + 4, 1);
        Path again;
        try (RotFile file = RotFile.open(crashed)) {
            assertThat(Rot.texts(file, 0)).containsExactly("a");
            assertThat(Rot.commit(file, "B")).isEqualTo(1);
            again = Rot.copy(crashed, "again.rot");
            // The ghost lies right behind, with the position and id that are expected next, unless
            // the block was filled up.
            overwriteWithGhost(again, crashed, info);
        }
        try (RotFile file = RotFile.open(again)) {
            assertThat(Rot.texts(file, 0)).containsExactly("a", "B");
            assertThat(file.findings()).isEmpty();
        }
    }

    /** Puts the record with the ghost, as the first run wrote it, behind what the second wrote. */
    private void overwriteWithGhost(Path again, Path crashed, RotFileInfo info) {
        long at =
                Rot.offset(
                        info, info.committed().position() + RecordHeader.space(4 + "b".length()));
        int length = (int) RecordHeader.space(4 + "ghost".length());
        assertThat(Rot.bytes(crashed, at, length)).isNotEqualTo(Rot.bytes(path, at, length));
        Rot.overwrite(again, at, Rot.bytes(path, at, length));
    }

    /**
     * The first record of a run is lost, and an earlier run has left one in the same place: neither
     * its position, id nor epoch tells.
     */
    @Test
    void ghostDoesNotComeBackWhenTheDeviceLosesTheRecordInItsPlace() {
        Path crashed;
        RotFileInfo info;
        try (RotFile file = RotFile.open(path)) {
            Rot.commit(file, "a");
            info = file.info();
            Rot.push(file, "b");
            Rot.push(file, "ghost");
            file.commit();
            crashed = Rot.copy(path, "crashed.rot");
        }
        Rot.flip(crashed, Rot.offset(info, info.committed().position()) + 64 + 4, 1);
        long at = Rot.offset(info, info.committed().position() + RecordHeader.space(4 + 1));
        byte[] ghost = Rot.bytes(crashed, at, RecordHeader.BYTES);
        Path again;
        byte[] older;
        try (RotFile file = RotFile.open(crashed)) {
            older = Rot.bytes(crashed, at, RecordHeader.BYTES);
            Rot.commit(file, "B");
            Rot.commit(file, "newer");
            Rot.commit(file, "c");
            again = Rot.copy(crashed, "again.rot");
        }
        assertThat(ghost).isNotEqualTo(new byte[RecordHeader.BYTES]);
        assertThat(older).isEqualTo(new byte[RecordHeader.BYTES]);
        Rot.overwrite(again, at, older);
        try (RotFile file = RotFile.open(again);
                Messages messages = new Messages()) {
            assertThatThrownBy(() -> file.read(2, 1, messages))
                    .isInstanceOfSatisfying(
                            QueueException.CorruptMessageException.class,
                            e -> assertThat(e.resumeId()).isEqualTo(3));
            assertThat(Rot.texts(file, 3)).containsExactly("c");
        }
    }

    /** As if an opening had not wiped it. */
    @Test
    void recordOfAnEarlierRunAmongLaterOnesIsDamage() {
        Path crashed;
        RotFileInfo info;
        byte[] ghost;
        int bytes = (int) RecordHeader.space(4 + "ghost".length());
        try (RotFile file = RotFile.open(path)) {
            Rot.commit(file, "a");
            info = file.info();
            crashed = Rot.copy(path, "crashed.rot");
            Rot.push(file, "b");
            Rot.push(file, "ghost");
            file.commit();
            ghost = Rot.bytes(path, ghostAt(info), bytes);
        }
        try (RotFile file = RotFile.open(crashed)) {
            Rot.commit(file, "B");
            Rot.commit(file, "newer");
            Rot.commit(file, "c");
        }
        Rot.overwrite(crashed, ghostAt(info), ghost);
        try (RotFile file = RotFile.open(crashed);
                Messages messages = new Messages()) {
            assertThat(file.read(0, 100, messages)).isEqualTo(2);
            assertThatThrownBy(() -> file.read(2, 100, messages))
                    .isInstanceOfSatisfying(
                            QueueException.CorruptMessageException.class,
                            e -> assertThat(e.resumeId()).isEqualTo(3));
            assertThat(file.check(damage -> {}, read -> {}).lost()).isEqualTo(1);
        }
    }

    /** A read that fails has looked at records of a later run than those that follow the last. */
    @Test
    void readGoesOnWhereItWasAfterAnotherOneHasMetDamage() {
        Path large = directory.resolve("large.rot");
        RotFile.create(large, CreateOptions.ofSize(4 << 20));
        long damaged;
        try (RotFile file = RotFile.open(large)) {
            Rot.push(file, Rot.message(0, 300_000));
            Rot.push(file, Rot.message(1, 300_000));
            file.commit();
        }
        try (RotFile file = RotFile.open(large)) {
            for (int id = 2; id < 5; id++) Rot.push(file, Rot.message(id, 100));
            file.commit();
            damaged = Rot.offset(file.info(), file.info().next().position());
            Rot.push(file, Rot.message(5, 100));
            file.commit();
        }
        Rot.flip(large, damaged, 0);
        try (RotFile file = RotFile.open(large);
                Messages messages = new Messages()) {
            assertThat(file.read(0, 1, messages)).isEqualTo(1);
            assertThatThrownBy(() -> file.read(5, 1, messages))
                    .isInstanceOf(QueueException.CorruptMessageException.class);
            assertThat(file.read(1, 1, messages)).isEqualTo(1);
        }
    }

    private static long ghostAt(RotFileInfo info) {
        return Rot.offset(info, info.committed().position() + RecordHeader.space(4 + 1));
    }

    @Test
    void lostWriteOfTheNewestHeaderLosesNothing() throws IOException {
        LostHeader state = lostHeader();
        state.crashed().bytes().asSlice(state.slot(), 512).copyFrom(state.older());
        try (RotFile file = open(state.crashed(), null)) {
            List<String> told = new ArrayList<>();
            assertThat(file.check(told::add, bytes -> {}).lost()).isZero();
            assertThat(told)
                    .singleElement()
                    .asString()
                    .contains("the device lost a write of the newest header");
        }
        try (RotFile file = open(state.crashed(), Clock.SYSTEM)) {
            Status status = file.ping();
            assertThat(status.next()).isEqualTo(state.next());
            assertThat(status.oldest()).isLessThanOrEqualTo(state.oldest());
            assertThat(Rot.messages(file, status.oldest()))
                    .hasSize((int) (state.next() - status.oldest()));
            assertThat(Rot.commit(file, "next")).isEqualTo(state.next());
        }
    }

    @Test
    void newestHeaderInTheOtherSlotCounts() throws IOException {
        LostHeader state = lostHeader();
        MemorySegment bytes = state.crashed().bytes();
        long other = SLOT_A + SLOT_B - state.slot();
        bytes.asSlice(other, 512).copyFrom(bytes.asSlice(state.slot(), 512));
        bytes.asSlice(state.slot(), 512).copyFrom(state.older());
        for (int opening = 0; opening < 2; opening++) {
            try (RotFile file = open(state.crashed(), Clock.SYSTEM)) {
                assertThat(file.ping().next()).isEqualTo(state.next());
                assertThat(file.ping().oldest()).isEqualTo(state.oldest());
                if (opening == 0)
                    assertThat(file.findings())
                            .hasSize(2)
                            .anyMatch(found -> found.contains("holds an older header"))
                            .anyMatch(found -> found.contains("holds a header of the other slot"));
                else assertThat(file.findings()).isEmpty();
            }
        }
    }

    private static RotFile open(MemoryDisk disk, @Nullable Clock clock) throws IOException {
        return RotFile.open(disk, Path.of("memory.rot"), clock);
    }

    /**
     * A file as a power cut leaves it right after a commit that has written into the room which the
     * newest header freed.
     *
     * @param slot the place of the newest header
     * @param older what that place held before
     */
    private record LostHeader(
            MemoryDisk crashed, long slot, MemorySegment older, long oldest, long next) {}

    private static LostHeader lostHeader() throws IOException {
        MemoryDisk disk = new MemoryDisk(Rot.SMALLEST);
        RotFile.format(disk, CreateOptions.ofSize(Rot.SMALLEST), Clock.SYSTEM);
        Random random = new Random(3);
        try (RotFile file = open(disk, Clock.SYSTEM)) {
            for (int commit = 0; commit < 5000; commit++) {
                MemoryDisk before = disk.copy();
                int most = random.nextBoolean() ? 2_000 : 11_900;
                Rot.push(file, Rot.message(commit, random.nextInt(most)));
                file.commit();
                long a = disk.bytes().get(LittleEndian.U64, SLOT_A + SEQUENCE);
                long b = disk.bytes().get(LittleEndian.U64, SLOT_B + SEQUENCE);
                long slot = a > b ? SLOT_A : SLOT_B;
                long other = SLOT_A + SLOT_B - slot;
                long room =
                        disk.bytes().get(LittleEndian.U64, other + OLDEST_POSITION)
                                + file.info().ringBytes();
                boolean written =
                        before.bytes().get(LittleEndian.U64, slot + SEQUENCE) < Math.max(a, b);
                if (!written || file.info().committed().position() <= room) continue;
                return new LostHeader(
                        disk.copy(),
                        slot,
                        before.bytes().asSlice(slot, 512),
                        file.ping().oldest(),
                        file.ping().next());
            }
        }
        throw new AssertionError("no commit used the room that its header has freed");
    }

    /** What lies there then was written without a sync, and has the same sequence. */
    @Test
    void lostWriteOfTheLastHeaderIsNotTakenForTheHeaderOfTheClose() {
        long slot;
        byte[] noted;
        try (RotFile file = RotFile.open(path)) {
            Rot.commit(file, "a");
            file.noteCheckpoint();
            long a = readLong(path, SLOT_A + SEQUENCE);
            slot = a > readLong(path, SLOT_B + SEQUENCE) ? SLOT_A : SLOT_B;
            noted = Rot.bytes(path, slot, 512);
            Rot.commit(file, "b");
        }
        assertThat(Rot.bytes(path, slot, 512)).isNotEqualTo(noted);
        Rot.overwrite(path, slot, noted);
        try (RotFile file = RotFile.open(path)) {
            assertThat(Rot.texts(file, 0)).containsExactly("a", "b");
        }
    }

    @Test
    void lostWriteOfTheOlderHeaderIsNamed() throws IOException {
        byte[] older = Rot.bytes(path, SLOT_A, 512);
        fill(path, 3);
        long a = readLong(path, SLOT_A + SEQUENCE);
        long b = readLong(path, SLOT_B + SEQUENCE);
        assertThat(a).isEqualTo(b - 1);
        Rot.overwrite(path, SLOT_A, older);
        try (RotFile file = RotFile.open(path)) {
            assertThat(file.findings())
                    .singleElement()
                    .asString()
                    .contains("header slot A (byte 8192) holds an older header");
            assertThat(Rot.texts(file, 0)).hasSize(3);
        }
    }

    private static long readLong(Path path, long at) {
        return ByteBuffer.wrap(Rot.bytes(path, at, 8)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    @Test
    void damageBehindTheCheckpointIsNamedAndWhatFollowsIsKept() throws InterruptedException {
        Path crashed;
        RotFileInfo info;
        try (RotFile file = RotFile.open(path)) {
            Rot.commit(file, "a");
            info = file.info();
            Rot.push(file, "b", "B");
            file.commit();
            Rot.commit(file, "c");
            Rot.commit(file, "d");
            crashed = Rot.copy(path, "crashed.rot");
        }
        Rot.flip(crashed, Rot.offset(info, info.committed().position()) + 20, 1);
        for (int opening = 0; opening < 3; opening++) {
            try (RotFile file = RotFile.open(crashed)) {
                if (opening == 0)
                    assertThat(file.findings())
                            .containsExactly(
                                    "messages 1 to 2 are damaged (positions %d to %d)"
                                            .formatted(
                                                    info.committed().position(),
                                                    info.committed().position()
                                                            + RecordHeader.space(10)));
                assertDamaged(file, 1, 3, info.committed().position(), opening);
                assertThat(Rot.commit(file, "more")).isEqualTo(5 + opening);
            }
        }
    }

    @Test
    void damageBeforeTheCheckpointIsNamedOnReading() throws InterruptedException {
        RotFileInfo info;
        try (RotFile file = RotFile.open(path)) {
            Rot.commit(file, "a");
            info = file.info();
            Rot.push(file, "b", "B");
            file.commit();
            Rot.commit(file, "c");
            Rot.commit(file, "d");
        }
        Rot.flip(path, Rot.offset(info, info.committed().position()) + 64 + 9, 7);
        try (RotFile file = RotFile.open(path)) {
            assertThat(file.findings()).isEmpty();
            assertDamaged(file, 1, 3, info.committed().position(), 0);
            List<String> told = new ArrayList<>();
            CheckResult result = file.check(told::add, bytes -> {});
            assertThat(result.problems()).isEqualTo(1);
            assertThat(result.messages()).isEqualTo(3);
            assertThat(told.getFirst()).contains("messages 1 to 2").contains("go on at id 3");
        }
    }

    private static void assertDamaged(RotFile file, long from, long to, long position, int more)
            throws InterruptedException {
        try (Messages messages = new Messages()) {
            assertThat(file.read(0, 100, messages)).isEqualTo(1);
            for (long id = from; id < to; id++) {
                long asked = id;
                assertThatThrownBy(() -> file.read(asked, 100, messages))
                        .isInstanceOfSatisfying(
                                QueueException.CorruptMessageException.class,
                                e -> {
                                    assertThat(e.id()).isEqualTo(from);
                                    assertThat(e.resumeId()).isEqualTo(to);
                                    assertThat(e.position()).isEqualTo(position);
                                })
                        .hasMessageContaining("messages %d to %d", from, to - 1)
                        .hasMessageContaining(file.path().toString())
                        .hasMessageContaining("reading can go on at id %d", to);
            }
            assertThat(Rot.texts(file, to)).startsWith("c", "d").hasSize(2 + more);
        }
        try (MessageStream stream = file.stream(Start.oldest())) {
            Messages polled = stream.poll(Duration.ofSeconds(9));
            assertThat(polled.count()).isEqualTo(1);
            assertThatThrownBy(stream::take)
                    .isInstanceOf(QueueException.CorruptMessageException.class);
            polled = stream.poll(Duration.ofSeconds(9));
            assertThat(polled.firstId()).isEqualTo(to);
        }
    }

    @Test
    void messageThatImitatesARecordIsNotTakenForOneBehindDamage() {
        RotFileInfo info;
        try (RotFile file = RotFile.open(path)) {
            info = file.info();
            Rot.push(file, imitation(info));
            file.commit();
            Rot.commit(file, "true");
        }
        Rot.flip(path, Rot.offset(info, 0), 0);
        try (RotFile file = RotFile.open(path);
                Messages messages = new Messages()) {
            assertThatThrownBy(() -> file.read(0, 9, messages))
                    .isInstanceOfSatisfying(
                            QueueException.CorruptMessageException.class,
                            e -> assertThat(e.resumeId()).isEqualTo(1));
            assertThat(Rot.texts(file, 1)).containsExactly("true");
        }
    }

    /** A record of the message "false" where it would begin, but without the salt. */
    private static byte[] imitation(RotFileInfo info) {
        RecordHeader header = new RecordHeader();
        header.kind = RecordHeader.MESSAGES;
        header.firstId = 0;
        header.position = 64 + 4 + 4;
        header.epoch = info.epoch();
        header.count = 1;
        byte[] body = {5, 0, 0, 0, 'f', 'a', 'l', 's', 'e'};
        header.bodyBytes = body.length;
        CRC32C crc = new CRC32C();
        crc.update(body);
        header.bodyChecksum = (int) crc.getValue();
        byte[] record = new byte[4 + 64 + 16];
        System.arraycopy(header.encode(0).toArray(JAVA_BYTE), 0, record, 4, 64);
        System.arraycopy(body, 0, record, 4 + 64, body.length);
        return record;
    }

    @ParameterizedTest
    @ValueSource(strings = {"zeros", "garbage", "entries of elsewhere"})
    void damagedIndexStillFindsEveryIdAndTime(String kind) throws IOException {
        long[] now = {System.currentTimeMillis() + 3_600_000};
        List<Long> times = new ArrayList<>();
        long oldest;
        RotFileInfo info;
        path = directory.resolve("laps.rot");
        RotFile.create(path, CreateOptions.ofSize(300_000));
        try (RotFile file = RotFile.open(PosixDisk.open(path, true), path, () -> now[0])) {
            for (int i = 0; i < 3000; i++) {
                now[0] += 10;
                times.add(now[0]);
                Rot.push(file, "message " + i + "x".repeat(i % 300));
                if (i % 10 == 0) file.commit();
            }
            file.commit();
            oldest = file.ping().oldest();
            info = file.info();
        }
        int indexBytes = (int) (info.ringOffset() - Superblock.INDEX_OFFSET);
        byte[] index = Rot.bytes(path, Superblock.INDEX_OFFSET, indexBytes);
        switch (kind) {
            case "zeros" -> index = new byte[indexBytes];
            case "garbage" -> new Random(5).nextBytes(index);
            default -> {
                byte[] turned = index.clone();
                System.arraycopy(index, 0, turned, 320, indexBytes - 320);
                index = turned;
            }
        }
        Rot.overwrite(path, Superblock.INDEX_OFFSET, index);
        try (RotFile file = RotFile.open(path);
                Messages messages = new Messages(4096)) {
            assertThat(file.ping().oldest()).isEqualTo(oldest);
            for (long id = oldest; id < 3000; id++) {
                file.read(id, 1, messages);
                assertThat(messages.next()).isTrue();
                assertThat(messages.id()).isEqualTo(id);
                assertThat(new String(messages.toByteArray(), UTF_8)).startsWith("message " + id);
                assertThat(firstAt(file, times.get((int) id))).isEqualTo(id);
                assertThat(firstAt(file, times.get((int) id) - 9)).isEqualTo(id);
            }
            for (int i = 0; i < 3000; i++) Rot.push(file, "message " + i + "x".repeat(i % 300));
            file.commit();
            assertThat(file.ping().next()).isEqualTo(6000);
        }
    }

    private static long firstAt(RotFile file, long millis) {
        try (MessageStream stream = file.stream(Start.time(Instant.ofEpochMilli(millis)), 1)) {
            return stream.take().firstId();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 4096})
    void oneDamagedSuperblockIsEnough(long copy) {
        fill(path, 3);
        Rot.flip(path, copy + 17, 2);
        try (RotFile file = RotFile.open(path)) {
            assertThat(Rot.texts(file, 0)).containsExactly("0", "1", "2");
            List<String> told = new ArrayList<>();
            assertThat(file.check(told::add, bytes -> {}).problems()).isEqualTo(1);
            assertThat(told.getFirst()).contains("superblock").contains("byte " + copy);
        }
    }

    @Test
    void twoDamagedSuperblocksAreRefused() {
        fill(path, 3);
        Rot.flip(path, 17, 2);
        Rot.flip(path, 4096 + 200, 2);
        assertRefused(path, "superblock", "damaged", "checksum", "expected");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneDamagedHeaderSlotLosesNothing(boolean newest) {
        path = directory.resolve("laps.rot");
        RotFile.create(path, CreateOptions.ofSize(Rot.SMALLEST));
        Random random = new Random(11);
        try (RotFile file = RotFile.open(path)) {
            for (int i = 0; i < 1500; i++) {
                Rot.commit(file, i + " " + "x".repeat(random.nextInt(random.nextInt(1, 900))));
                if (i % 3 > 0 && i > 10) continue;
                Path crashed = Rot.copy(path, "crashed" + i + ".rot");
                long slot =
                        newest == (sequence(crashed, SLOT_A) > sequence(crashed, SLOT_B))
                                ? SLOT_A
                                : SLOT_B;
                Rot.flip(crashed, slot + 30, 6);
                assertKept(crashed, file.ping(), newest);
                assertThat(crashed.toFile().delete()).isTrue();
            }
        }
    }

    private static void assertKept(Path crashed, Status before, boolean newest) {
        try (RotFile found = RotFile.open(crashed)) {
            assertThat(found.findings())
                    .containsExactly(
                            "one of the two header slots was damaged; the other led to everything");
            assertThat(found.ping().next()).isEqualTo(before.next());
            assertThat(found.ping().oldest()).isLessThanOrEqualTo(before.oldest());
            if (!newest) assertThat(found.ping().oldest()).isEqualTo(before.oldest());
            long id = found.ping().oldest();
            for (String text : Rot.texts(found, id)) assertThat(text).startsWith(id++ + " ");
            assertThat(id).isEqualTo(before.next());
            assertThat(Rot.commit(found, "more")).isEqualTo(id);
        }
        try (RotFile found = RotFile.open(crashed)) {
            assertThat(found.findings()).isEmpty();
            assertThat(found.ping().next()).isEqualTo(before.next() + 1);
        }
    }

    private static long sequence(Path path, long slot) {
        return ByteBuffer.wrap(Rot.bytes(path, slot, 64))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong(SEQUENCE);
    }

    @Test
    void twoDamagedHeaderSlotsAreRefused() {
        fill(path, 3);
        Rot.flip(path, SLOT_A + 30, 6);
        Rot.flip(path, SLOT_B + 63, 0);
        assertRefused(path, "both header slots", "8192", "12288");
    }

    @Test
    void headerSlotOfTheOtherPlaceIsNotTaken() {
        fill(path, 3);
        Rot.overwrite(path, SLOT_A, Rot.bytes(path, SLOT_B, 64));
        try (RotFile file = RotFile.open(path)) {
            assertThat(file.findings()).hasSize(1);
            assertThat(Rot.texts(file, 0)).containsExactly("0", "1", "2");
        }
    }

    @Test
    void writersNoteIsNotNeeded() {
        fill(path, 3);
        Rot.overwrite(path, 16384, Rot.message(3, 4096));
        try (RotFile file = RotFile.open(path)) {
            assertThat(file.findings()).isEmpty();
            assertThat(Rot.texts(file, 0)).hasSize(3);
        }
    }

    @Test
    void truncatedFileIsRefused() throws IOException {
        resize(Rot.SMALLEST - 1);
        assertRefused(path, "98303 bytes", "98304");
        path = directory.resolve("larger.rot");
        RotFile.create(path, CreateOptions.ofSize(100_000));
        resize(99_999);
        assertRefused(path, "99999 bytes", "100000", "cut or extended");
    }

    @Test
    void extendedFileIsRefused() throws IOException {
        resize(Rot.SMALLEST + 4096);
        assertRefused(path, "102400 bytes", "98304", "cut or extended");
    }

    private void resize(long bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(bytes);
        }
    }

    @Test
    void emptyFileIsRefused() throws IOException {
        Path empty = Files.createFile(directory.resolve("empty.rot"));
        assertRefused(empty, "not a rot file", "0 bytes", "98304");
        assertThat(Files.size(empty)).isZero();
    }

    @Test
    void foreignFileIsRefusedAndStaysAsItIs() throws IOException {
        byte[] bytes = Rot.message(1, 100_000);
        Path foreign = Files.write(directory.resolve("foreign.rot"), bytes);
        assertRefused(foreign, "not a rot file", "first bytes");
        assertThat(Files.readAllBytes(foreign)).isEqualTo(bytes);
    }

    @Test
    void directoryIsRefused() {
        assertThatThrownBy(() -> RotFile.open(directory))
                .isInstanceOf(QueueException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("directory");
        assertThatThrownBy(() -> RotFile.openReadOnly(directory))
                .isInstanceOf(QueueException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("directory");
    }

    @Test
    void deviceIsRefused() {
        assertThatThrownBy(() -> RotFile.openReadOnly(Path.of("/dev/null")))
                .isInstanceOf(QueueException.class)
                .hasMessageContaining("/dev/null")
                .hasMessageContaining("not a regular file");
    }

    @Test
    void missingFileIsNamed() {
        assertThatThrownBy(() -> RotFile.open(directory.resolve("none.rot")))
                .isInstanceOf(QueueException.StorageException.class)
                .hasMessageContaining("none.rot")
                .hasMessageContaining("No such file");
    }

    @Test
    void unreadableFileIsNamed() {
        assertThat(path.toFile().setReadable(false)).isTrue();
        Assumptions.assumeFalse(Files.isReadable(path), "this user may read everything");
        assertThatThrownBy(() -> RotFile.open(path))
                .isInstanceOf(QueueException.StorageException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining("Permission denied");
    }

    @Test
    void newerVersionIsRefused() {
        for (long copy : new long[] {0, 4096}) {
            byte[] page = Rot.bytes(path, copy, 4096);
            ByteBuffer fields = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
            fields.putInt(8, 7).putInt(12, 0);
            CRC32C crc = new CRC32C();
            crc.update(page);
            fields.putInt(12, (int) crc.getValue());
            Rot.overwrite(path, copy, page);
        }
        ThrowingCallable opening = () -> RotFile.open(path);
        assertThatThrownBy(opening)
                .isInstanceOf(QueueException.UnsupportedVersionException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining("version 7")
                .hasMessageContaining("version 2")
                .hasMessageContaining("newer");
    }

    @Test
    void newerVersionWithAnotherLayoutIsNotCalledDamaged() {
        for (long copy : new long[] {0, 4096})
            Rot.overwrite(path, copy + 8, new byte[] {3, 0, 0, 0});
        assertThatThrownBy(() -> RotFile.open(path))
                .isInstanceOf(QueueException.UnsupportedVersionException.class);
    }

    @Test
    void openingForReadingChangesNothing() throws IOException {
        fill(path, 5);
        byte[] before = Files.readAllBytes(path);
        try (RotFile file = RotFile.openReadOnly(path)) {
            assertThat(Rot.texts(file, 0)).hasSize(5);
            assertThatThrownBy(() -> Rot.push(file, "no"))
                    .isInstanceOf(QueueException.NotWritableException.class)
                    .hasMessageContaining("reading only");
            assertThatThrownBy(file::commit)
                    .isInstanceOf(QueueException.NotWritableException.class);
        }
        assertThat(Files.readAllBytes(path)).isEqualTo(before);
    }

    private static void fill(Path path, int count) {
        try (RotFile file = RotFile.open(path)) {
            for (int i = 0; i < count; i++) Rot.commit(file, "" + i);
        }
    }

    private static void assertRefused(Path path, String... parts) {
        assertThatThrownBy(() -> RotFile.open(path))
                .isInstanceOf(QueueException.NotARotFileException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContainingAll(parts);
        assertThatThrownBy(() -> RotFile.openReadOnly(path))
                .isInstanceOf(QueueException.NotARotFileException.class);
    }
}
