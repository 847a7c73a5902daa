package rotera.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rotera.queue.disk.Clock;
import rotera.queue.disk.PosixDisk;
import rotera.queue.engine.FileState;
import rotera.queue.format.HeaderSlot;
import rotera.queue.format.LogPosition;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Superblock;

/** The largest and the smallest of everything. */
class LimitsTest {
    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(longs = {96 << 10, 1 << 20, 20_000_001})
    void largestMessageIsTakenAndOneByteMoreIsNot(long sizeBytes) {
        Path path = Rot.create(directory, sizeBytes);
        try (RotFile file = RotFile.open(path)) {
            int most = file.ping().maxMessageBytes();
            byte[] largest = Rot.message(0, most);
            for (int round = 0; round < 12; round++) {
                assertThat(Rot.push(file, largest)).isEqualTo(round);
                assertThat(file.commit()).isEqualTo(round + 1);
                assertThat(Rot.messages(file, round)).containsExactly(largest);
            }
            assertThatThrownBy(() -> Rot.push(file, new byte[most + 1]))
                    .isInstanceOf(QueueException.MessageTooLargeException.class)
                    .hasMessage(
                            "message of %d bytes is larger than the %d bytes this queue takes: split it, or create a larger queue",
                            most + 1, most);
            assertThat(Rot.commit(file, "after")).isEqualTo(12);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {96 << 10, 1 << 20, 20_000_001})
    void largestPushIsTakenAndOneByteMoreIsNot(long sizeBytes) {
        Path path = Rot.create(directory, sizeBytes);
        try (RotFile file = RotFile.open(path);
                Batch batch = new Batch()) {
            long most = file.ping().maxPushBytes();
            long id = 0;
            for (int round = 0; round < 9; round++) {
                batch.clear();
                for (long left = most; left > 0; ) {
                    int length = (int) Math.min(left - 4, 1 + 37L * round);
                    batch.add(new byte[length]);
                    left -= 4 + length;
                    if (left > 0 && left < 4) {
                        batch.clear();
                        batch.add(new byte[(int) most - 4]);
                        left = 0;
                    }
                }
                assertThat(batch.bytes()).isEqualTo(most);
                assertThat(file.push(batch)).isEqualTo(id);
                id += batch.count();
                assertThat(file.commit()).isEqualTo(id);
                assertThat(Rot.messages(file, id - batch.count())).hasSize(batch.count());
            }
            batch.clear().add(new byte[(int) most - 8]).add(new byte[1]);
            assertThatThrownBy(() -> file.push(batch))
                    .isInstanceOf(QueueException.BatchTooLargeException.class)
                    .hasMessage(
                            "batch of %d bytes (4 + length for each message) is larger than the %d bytes (4 + length for each message) one push may have: push it in parts",
                            most + 1, most);
            assertThat(Rot.commit(file, "after")).isEqualTo(id);
        }
    }

    @Test
    void largestCountOfEmptyMessagesIsTakenAndOneMoreIsNot() {
        Path path = Rot.create(directory, 20 << 20);
        try (RotFile file = RotFile.open(path);
                Batch batch = new Batch();
                Messages messages = new Messages()) {
            for (int i = 0; i < Queue.MAX_PUSH_MESSAGES; i++) batch.add(new byte[0]);
            for (long round = 0; round < 7; round++) {
                long first = round * Queue.MAX_PUSH_MESSAGES;
                assertThat(file.push(batch)).isEqualTo(first);
                assertThat(file.commit()).isEqualTo(first + Queue.MAX_PUSH_MESSAGES);
                assertThat(file.read(first + Queue.MAX_PUSH_MESSAGES - 2, 9, messages))
                        .isEqualTo(2);
            }
            assertThatThrownBy(() -> batch.add(new byte[0]))
                    .isInstanceOf(QueueException.BatchTooLargeException.class)
                    .hasMessageContaining("1048577 messages")
                    .hasMessageContaining("1048576 messages")
                    .hasMessageContaining("push it in parts");
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment lengths = arena.allocate(4L * (Queue.MAX_PUSH_MESSAGES + 1));
                batch.wrap(lengths, 0, Queue.MAX_PUSH_MESSAGES + 1);
                assertThatThrownBy(() -> file.push(batch))
                        .isInstanceOf(QueueException.BatchTooLargeException.class)
                        .hasMessageContaining("1048577 messages");
            }
            assertThat(Rot.push(file, "after")).isEqualTo(7L * Queue.MAX_PUSH_MESSAGES);
        }
    }

    @Test
    void emptyMessageIsAMessageAndAnEmptyPushIsNone() {
        Path path = Rot.create(directory, Rot.SMALLEST);
        try (RotFile file = RotFile.open(path);
                Batch batch = new Batch()) {
            assertThat(file.push(batch)).isZero();
            assertThat(file.commit()).isZero();
            assertThat(Rot.push(file, "", "", "")).isZero();
            assertThat(file.push(batch)).isEqualTo(3);
            assertThat(file.commit()).isEqualTo(3);
            assertThat(Rot.texts(file, 0)).containsExactly("", "", "");
            assertThat(Rot.texts(file, 3)).isEmpty();
        }
    }

    @Test
    void lapsOfEmptyMessagesStayInOrder() {
        Path path = Rot.create(directory, Rot.SMALLEST);
        long id = 0;
        for (int run = 0; run < 4; run++) {
            try (RotFile file = RotFile.open(path);
                    Messages messages = new Messages()) {
                assertThat(file.ping().next()).isEqualTo(id);
                for (int i = 0; i < 3000; i++) assertThat(Rot.push(file, "")).isEqualTo(id++);
                file.commit();
                long at = file.ping().oldest();
                while (file.read(at, 1000, messages) > 0) at = messages.nextId();
                assertThat(at).isEqualTo(id);
            }
        }
    }

    @Test
    void readingRefusesNegativeNumbersByName() {
        Path path = Rot.create(directory, Rot.SMALLEST);
        try (RotFile file = RotFile.open(path);
                Messages messages = new Messages()) {
            assertThatThrownBy(() -> file.read(-1, 1, messages))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("id=-1");
            assertThatThrownBy(() -> file.read(0, -2, messages))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("most=-2");
            assertThatThrownBy(() -> file.stream(Start.oldest(), -3))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("total=-3");
            assertThat(file.read(Long.MAX_VALUE, Integer.MAX_VALUE, messages)).isZero();
            assertThat(messages.firstId()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void creationRefusesWhatDoesNotFitByName() {
        assertThatThrownBy(() -> CreateOptions.ofSize(Rot.SMALLEST - 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("size=98303")
                .hasMessageContaining("98304");
        assertThatThrownBy(() -> CreateOptions.ofSize(Rot.SMALLEST).withEntries(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("entries=-1");
        assertThatThrownBy(() -> CreateOptions.ofSize(Rot.SMALLEST).withName("ä".repeat(128)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("256 bytes")
                .hasMessageContaining("255");
        Path path = directory.resolve("named.rot");
        String name = "ä".repeat(127) + "a";
        RotFile.create(path, CreateOptions.ofSize(Rot.SMALLEST).withName(name));
        try (RotFile file = RotFile.open(path)) {
            assertThat(file.name()).contains(name);
        }
    }

    @Test
    void everySizeOfFileHoldsItsLayout() {
        for (long size = Rot.SMALLEST; size < 40L << 40; size += 1 + size / 977) {
            Superblock layout = Superblock.create(size, 0, UUID.randomUUID(), 7);
            assertThat(layout.ringOffset() % 4096).isZero();
            assertThat(layout.ringBytes() % layout.intervalBytes()).isZero();
            assertThat(layout.ringOffset() + layout.ringBytes()).isLessThanOrEqualTo(size);
            long index = layout.ringBytes() / layout.intervalBytes() * 32;
            assertThat(Superblock.INDEX_OFFSET + index).isLessThanOrEqualTo(layout.ringOffset());
            long unused = size - layout.ringOffset() - layout.ringBytes();
            assertThat(unused).isLessThan(layout.intervalBytes() + 2 * 4096);
            assertThat(layout.maxPushSpace()).isLessThan(layout.ringBytes() / 2);
        }
    }

    @Test
    void ringBeyondFourGibibytesWrapsAtItsOwnEnd() throws IOException {
        Path path = directory.resolve("large.rot");
        long size = 5L << 30;
        Superblock layout = sparse(path, size);
        long nearEnd = 2 * layout.ringBytes() - (1 << 20);
        startAt(path, new LogPosition(1L << 40, nearEnd), layout);
        pushAndReopen(path, 1L << 40, nearEnd);
    }

    @Test
    void positionsBeyondTwoToThe33AreExact() throws IOException {
        Path path = directory.resolve("old.rot");
        Superblock layout = sparse(path, 1 << 20);
        long position = (1L << 33) + (1L << 50) + 8;
        startAt(path, new LogPosition(1L << 33, position), layout);
        pushAndReopen(path, 1L << 33, position);
    }

    /** A rot file whose zeros take no room on the disk. */
    private static Superblock sparse(Path path, long size) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(size);
        }
        try (PosixDisk disk = PosixDisk.open(path, true)) {
            Superblock layout = Superblock.create(size, 0, UUID.randomUUID(), 99);
            FileState.format(disk, layout);
            return layout;
        }
    }

    /** Makes the empty queue one whose next message has this id and position. */
    private static void startAt(Path path, LogPosition mark, Superblock layout) throws IOException {
        try (PosixDisk disk = PosixDisk.open(path, true)) {
            new HeaderSlot(1, 3, mark, mark, 0, mark.position()).write(disk, layout.salt());
            new HeaderSlot(1, 4, mark, mark, 0, mark.position()).write(disk, layout.salt());
        }
    }

    private static void pushAndReopen(Path path, long firstId, long firstPosition)
            throws IOException {
        byte[] message = Rot.message(1, 40_000);
        long pushes = 80;
        try (RotFile file = RotFile.open(PosixDisk.open(path, true), path, Clock.SYSTEM)) {
            assertThat(file.info().next()).isEqualTo(new RotFileInfo.Place(firstId, firstPosition));
            for (int i = 0; i < pushes; i++) {
                assertThat(Rot.push(file, message)).isEqualTo(firstId + i);
                if (i % 7 == 0) file.commit();
            }
            file.commit();
        }
        try (RotFile file = RotFile.open(path);
                Messages messages = new Messages()) {
            assertThat(file.ping().next()).isEqualTo(firstId + pushes);
            assertThat(file.info().committed().position() - firstPosition)
                    .isEqualTo(pushes * RecordHeader.space(4 + message.length));
            for (long id = file.ping().oldest(); id < firstId + pushes; id++) {
                assertThat(file.read(id, 1, messages)).isEqualTo(1);
                assertThat(messages.next()).isTrue();
                assertThat(messages.id()).isEqualTo(id);
                assertThat(messages.toByteArray()).isEqualTo(message);
            }
            assertThat(file.check(damage -> {}, bytes -> {}).problems()).isZero();
        }
    }
}
