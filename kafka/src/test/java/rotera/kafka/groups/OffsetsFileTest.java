package rotera.kafka.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.kafka.MemoryDisk;
import rotera.kafka.topics.Partition;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.disk.Disk;
import rotera.queue.engine.QueueAccess;

@Tag("slow")
class OffsetsFileTest {
    private static final UUID QUEUE = new UUID(1, 2);
    private static final Partition ORDERS = new Partition("orders", 0);
    private static final Partition BILLS = new Partition("bills", 0);

    @TempDir Path directory;
    private final List<String> told = new ArrayList<>();

    private Path path() {
        return directory.resolve(OffsetsFile.NAME);
    }

    private OffsetsFile open() {
        return OffsetsFile.open(path(), told::add);
    }

    private static CommittedOffset offset(long offset) {
        return new CommittedOffset(QUEUE, offset, 7, 1_000, "meta");
    }

    private static OffsetChange.Committed committed(String group, Partition in, long offset) {
        return new OffsetChange.Committed(group, in, offset(offset));
    }

    private static boolean change(OffsetsFile file, OffsetChange... changes) {
        return file.change(offsets -> List.of(changes));
    }

    private static @Nullable CommittedOffset read(OffsetsFile file, String group, Partition in) {
        return file.read(offsets -> {
            Offsets.Stored stored = offsets.group(group);
            return stored == null ? null : stored.offsets().get(in);
        });
    }

    @Test
    void offsetsAreThereAfterReopening() {
        OffsetChange.Noted note = new OffsetChange.Noted("g", "consumer", OffsetChange.OCCUPIED);
        try (OffsetsFile file = open()) {
            assertThat(change(file, note, committed("g", ORDERS, 5))).isTrue();
            change(file, committed("g", BILLS, 1), committed("h", ORDERS, 2));
            change(file, committed("g", ORDERS, 6));
            assertThat(read(file, "g", ORDERS)).isEqualTo(offset(6));
        }
        try (OffsetsFile file = open()) {
            assertThat(read(file, "g", ORDERS)).isEqualTo(offset(6));
            assertThat(read(file, "g", BILLS)).isEqualTo(offset(1));
            assertThat(read(file, "h", ORDERS)).isEqualTo(offset(2));
            assertThat(file.read(Offsets::messages)).contains(note);
        }
        assertThat(told).isEmpty();
    }

    @Test
    void removalsAreThereAfterReopening() {
        try (OffsetsFile file = open()) {
            change(file, committed("g", ORDERS, 5), committed("g", BILLS, 5));
            change(file, committed("h", ORDERS, 5), committed("i", ORDERS, 5));
            change(file, new OffsetChange.Removed("g", ORDERS));
            change(file, new OffsetChange.Removed("h", ORDERS));
            change(file, new OffsetChange.GroupRemoved("i"));
        }
        try (OffsetsFile file = open()) {
            file.read(offsets -> {
                assertThat(offsets.groups()).containsOnlyKeys("g");
                return true;
            });
            assertThat(read(file, "g", ORDERS)).isNull();
            assertThat(read(file, "g", BILLS)).isEqualTo(offset(5));
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        RotFile.create(path(), CreateOptions.ofSize(256 << 10));
        try (OffsetsFile file = open()) {
            int kept = 0;
            while (change(file, committed("group" + kept, ORDERS, 5))) kept++;
            assertThat(kept).isBetween(50, 300);
            assertThat(change(file, committed("group0", ORDERS, 6))).isTrue();
            assertThat(read(file, "group" + kept, ORDERS)).isNull();
            change(file, new OffsetChange.GroupRemoved("group1"));
            assertThat(change(file, committed("again1", ORDERS, 5))).isTrue();
        }
    }

    @Test
    void millionsOfCommitsTakeNoRoomAndOpeningStaysFast() throws IOException {
        Disk disk = new MemoryDisk(1 << 20);
        QueueAccess.format(disk, CreateOptions.ofSize(1 << 20), System::currentTimeMillis);
        int commits = 2_000_000;
        try (OffsetsFile file = openOn(disk)) {
            change(file, committed("rare", ORDERS, 42));
            for (int i = 0; i < commits; i++) change(file, committed("g" + i % 100, ORDERS, i));
        }
        long begin = System.nanoTime();
        try (OffsetsFile file = openOn(disk)) {
            long tookMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            for (int i = commits - 100; i < commits; i++)
                assertThat(read(file, "g" + i % 100, ORDERS)).isEqualTo(offset(i));
            assertThat(read(file, "rare", ORDERS)).isEqualTo(offset(42));
            assertThat(tookMillis).isLessThan(2_000);
        }
        assertThat(told).isEmpty();
    }

    private OffsetsFile openOn(Disk disk) throws IOException {
        return OffsetsFile.open(
                QueueAccess.open(disk, path(), System::currentTimeMillis), told::add);
    }

    @Test
    void theFileKeepsItsSize() throws Exception {
        try (OffsetsFile file = open()) {
            assertThat(Files.size(path())).isEqualTo(OffsetsFile.FILE_BYTES);
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                String group = "g" + t;
                threads.add(
                        Thread.ofPlatform()
                                .start(() -> {
                                    for (int i = 0; i <= 500; i++)
                                        change(file, committed(group, ORDERS, i));
                                }));
            }
            for (Thread thread : threads) thread.join();
        }
        assertThat(Files.size(path())).isEqualTo(OffsetsFile.FILE_BYTES);
        try (OffsetsFile file = open()) {
            for (int t = 0; t < 4; t++)
                assertThat(read(file, "g" + t, ORDERS)).isEqualTo(offset(500));
        }
    }

    @Test
    void damageIsToldAndOtherGroupsAreIntact() throws IOException {
        try (OffsetsFile file = open()) {
            change(file, committed("g", ORDERS, 5));
            change(file, committed("h", ORDERS, 1));
            change(file, committed("g", ORDERS, 6));
            change(file, committed("i", ORDERS, 3));
        }
        byte[] content = Files.readAllBytes(path());
        int at = lastIndexOf(content, committed("g", ORDERS, 6).encode());
        content[at + 3] ^= 1;
        Disk disk = MemoryDisk.of(content);
        try (OffsetsFile file = openOn(disk)) {
            assertThat(told).hasSize(1);
            assertThat(told.getFirst()).contains("message 2").contains("commit before");
            assertThat(read(file, "g", ORDERS)).isEqualTo(offset(5));
            assertThat(read(file, "h", ORDERS)).isEqualTo(offset(1));
            assertThat(read(file, "i", ORDERS)).isEqualTo(offset(3));
        }
        told.clear();
        try (OffsetsFile file = openOn(disk)) {
            assertThat(told).hasSize(1);
            assertThat(told.getFirst()).contains("nothing is lost");
            assertThat(read(file, "g", ORDERS)).isEqualTo(offset(5));
        }
    }

    @Test
    void damagedSnapshotDoesNotForgetWhatIsBeforeIt() throws IOException {
        Disk disk = new MemoryDisk(256 << 10);
        QueueAccess.format(disk, CreateOptions.ofSize(256 << 10), System::currentTimeMillis);
        try (OffsetsFile file = openOn(disk)) {
            // So many that a snapshot is more than one record.
            for (int i = 0; i < 60; i++) change(file, committed("filler" + i, ORDERS, i));
            change(file, committed("rare", ORDERS, 42));
            for (int i = 0; i < 450; i++) change(file, committed("g" + i % 3, ORDERS, i));
        }
        byte[] content = new byte[256 << 10];
        disk.read(0, java.lang.foreign.MemorySegment.ofArray(content));
        byte[] rare = committed("rare", ORDERS, 42).encode();
        int at = lastIndexOf(content, rare);
        assertThat(at).as("in a snapshot too").isGreaterThan(indexOf(content, rare));
        content[at + 3] ^= 1;
        try (OffsetsFile file = openOn(MemoryDisk.of(content))) {
            assertThat(told).hasSize(1);
            assertThat(read(file, "rare", ORDERS)).isEqualTo(offset(42));
            assertThat(read(file, "g2", ORDERS)).isEqualTo(offset(449));
        }
    }

    private static int lastIndexOf(byte[] content, byte[] what) {
        for (int at = content.length - what.length; at >= 0; at--)
            if (java.util.Arrays.equals(content, at, at + what.length, what, 0, what.length))
                return at;
        throw new AssertionError("not there");
    }

    private static int indexOf(byte[] content, byte[] what) {
        for (int at = 0; at <= content.length - what.length; at++)
            if (java.util.Arrays.equals(content, at, at + what.length, what, 0, what.length))
                return at;
        throw new AssertionError("not there");
    }

    @Test
    void messageOfALaterVersionIsNotPassedOver() {
        try (OffsetsFile file = open()) {
            change(file, committed("g", ORDERS, 5));
        }
        try (RotFile file = RotFile.open(path());
                Batch batch = new Batch()) {
            file.push(batch.add(new byte[] {77, 1, 2}));
            file.commit();
        }
        assertThatThrownBy(this::open)
                .isInstanceOf(QueueException.NotARotFileException.class)
                .hasMessageContaining("kind 77");
    }

    @Test
    void queueOfMessagesIsNotTaken() {
        RotFile.create(path(), CreateOptions.ofSize(256 << 10));
        try (RotFile file = RotFile.open(path());
                Batch batch = new Batch()) {
            file.push(batch.add(new byte[] {1, 2}));
            file.commit();
        }
        assertThatThrownBy(this::open)
                .isInstanceOf(QueueException.NotARotFileException.class)
                .hasMessageContaining("too short");
    }

    @Test
    void changesAreWrittenAsTheyAreRead() throws Exception {
        for (OffsetChange change :
                List.of(
                        committed("grüppe", ORDERS, Long.MAX_VALUE),
                        new OffsetChange.Removed("g", BILLS),
                        new OffsetChange.Noted("g", "consumer", 5),
                        new OffsetChange.GroupRemoved(""),
                        new OffsetChange.Snapshot(3)))
            assertThat(OffsetChange.decode(change.encode())).isEqualTo(change);
    }
}
