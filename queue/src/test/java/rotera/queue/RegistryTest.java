package rotera.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rotera.queue.format.Registry;

/** Settings that change, and what crashes and damage may make of them. */
class RegistryTest {
    private static final Path PATH = Path.of("settings.rot");

    @TempDir Path directory;

    private static MemoryDisk disk() throws IOException {
        return Forger.queue("alpha");
    }

    private static RotFile open(MemoryDisk disk) throws IOException {
        return RotFile.open(disk, PATH, () -> 1_700_000_001_000L);
    }

    private static void damage(MemoryDisk disk, int copy) {
        disk.bytes().asSlice(Registry.offset(copy) + 50, 1).fill((byte) 0xee);
    }

    @Test
    void newNameIsThereAtOnceAndStays() throws IOException {
        MemoryDisk disk = disk();
        try (RotFile file = open(disk)) {
            file.rename("another");
            assertThat(file.name()).contains("another");
            assertThat(file.info().name()).isEqualTo("another");
            Rot.commit(file, "beta");
        }
        try (RotFile file = open(disk)) {
            assertThat(file.name()).contains("another");
            assertThat(Rot.texts(file, 0)).containsExactly("alpha", "beta");
            file.rename("");
            assertThat(file.name()).isEmpty();
            assertThatThrownBy(() -> file.rename("x".repeat(256)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("256 bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void damageToOneCopyCostsNothingAndIsMended(int copy) throws IOException {
        MemoryDisk disk = disk();
        damage(disk, copy);
        try (RotFile file = RotFile.open(disk, PATH, null)) {
            assertThat(file.name()).contains("forged");
            List<String> damage = new ArrayList<>();
            file.check(damage::add, bytes -> {});
            assertThat(damage)
                    .containsExactly(
                            "copy %d of the settings (byte %d) is damaged; the other one serves"
                                    .formatted(copy + 1, copy == 0 ? 20480 : 28672));
        }
        try (RotFile file = open(disk)) {
            assertThat(file.name()).contains("forged");
            assertThat(file.findings())
                    .containsExactly(
                            "one of the two copies of the settings was damaged; the other one serves");
            assertThat(file.check(damage -> {}, bytes -> {}).problems()).isZero();
        }
        damage(disk, 1 - copy);
        try (RotFile file = open(disk)) {
            assertThat(file.name()).contains("forged");
        }
    }

    @Test
    void damageToBothCopiesLeavesAFileToRead() throws IOException {
        MemoryDisk disk = disk();
        damage(disk, 0);
        damage(disk, 1);
        MemoryDisk before = disk.copy();
        try (RotFile file = open(disk)) {
            assertThat(file.name()).isEmpty();
            assertThat(Rot.texts(file, 0)).containsExactly("alpha");
            assertThat(file.findings())
                    .singleElement()
                    .asString()
                    .contains("both copies of its settings", "rotera repair");
            assertThat(file.check(damage -> {}, bytes -> {}).problems()).isEqualTo(2);
            assertThatThrownBy(() -> Rot.push(file, "beta"))
                    .isInstanceOf(QueueException.NotWritableException.class)
                    .hasMessageContaining("both copies of its settings");
        }
        assertThat(disk.bytes().mismatch(before.bytes())).isEqualTo(-1);
    }

    /** A write that the device lost, of either copy: both hold the change. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void lostWriteOfOneCopyCostsNothing(int copy) throws IOException {
        MemoryDisk disk = disk();
        MemoryDisk before = disk.copy();
        Registry.read(disk, 0x5a17ab1e).change(settings -> settings.renamed("new"));
        disk.bytes()
                .asSlice(Registry.offset(copy), 512)
                .copyFrom(before.bytes().asSlice(Registry.offset(copy), 512));
        try (RotFile file = open(disk)) {
            assertThat(file.name()).contains("new");
            // The older copy is written first: damage in between costs nothing either.
            assertThat(file.findings()).isEmpty();
        }
        damage(disk, 1 - copy);
        try (RotFile file = open(disk)) {
            assertThat(file.name()).contains("new");
        }
    }

    /** The copy that went astray is then the only one that has the last change. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void copyThatWasWrittenOverTheOtherOneCounts(int copy) throws IOException {
        MemoryDisk disk = disk();
        MemoryDisk before = disk.copy();
        Registry.read(disk, 0x5a17ab1e).change(settings -> settings.renamed("new"));
        disk.bytes()
                .asSlice(Registry.offset(1 - copy), 512)
                .copyFrom(disk.bytes().asSlice(Registry.offset(copy), 512));
        disk.bytes()
                .asSlice(Registry.offset(copy), 512)
                .copyFrom(before.bytes().asSlice(Registry.offset(copy), 512));
        try (RotFile file = RotFile.open(disk, PATH, null)) {
            assertThat(file.name()).contains("new");
            List<String> damage = new ArrayList<>();
            file.check(damage::add, bytes -> {});
            assertThat(damage)
                    .containsExactly(
                            "copy %d of the settings (byte %d) lies in the place of the other one: the device has written it there; it serves"
                                    .formatted(copy + 1, copy == 0 ? 28672 : 20480));
        }
        try (RotFile file = open(disk)) {
            assertThat(file.name()).contains("new");
            assertThat(file.findings())
                    .containsExactly(
                            "one of the two copies of the settings lies in the place of the other: the device has written it there; the newer one serves");
            assertThat(file.check(text -> {}, bytes -> {}).problems()).isZero();
        }
    }

    @Test
    void failedChangeFailsTheQueueAndTellsNoNewName() throws IOException {
        FaultyDisk disk = new FaultyDisk(disk());
        RotFile file = RotFile.open(disk, PATH, () -> 1_700_000_001_000L);
        disk.failsToForce = true;
        assertThatThrownBy(() -> file.rename("new"))
                .isInstanceOf(QueueException.QueueFailedException.class);
        assertThat(file.name()).contains("forged");
        assertThatThrownBy(() -> Rot.push(file, "beta"))
                .isInstanceOf(QueueException.QueueFailedException.class);
        assertThat(Rot.texts(file, 0)).containsExactly("alpha");
        file.close();
    }

    @Test
    void changeWaitsForASyncThatRuns() throws Exception {
        FaultyDisk disk = new FaultyDisk(disk());
        java.util.concurrent.atomic.AtomicInteger running =
                new java.util.concurrent.atomic.AtomicInteger();
        java.util.concurrent.atomic.AtomicInteger most =
                new java.util.concurrent.atomic.AtomicInteger();
        disk.duringForce =
                () -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
                    running.decrementAndGet();
                };
        try (RotFile file = RotFile.open(disk, PATH, () -> 1_700_000_001_000L)) {
            Thread renames =
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 0; i < 50; i++) file.rename("name " + i);
                            });
            for (int i = 0; i < 100; i++) Rot.commit(file, "message");
            renames.join();
            assertThat(file.name()).contains("name 49");
            assertThat(file.ping().next()).isEqualTo(101);
        }
        assertThat(most).hasValue(1);
    }

    @Test
    void lineageIsThatOfTheFirstQueue() {
        Path first = Rot.create(directory, Rot.SMALLEST);
        Path second = directory.resolve("copy.rot");
        try (RotFile file = RotFile.open(first)) {
            assertThat(file.info().lineageId()).isEqualTo(file.uniqueId());
            RotFile.create(
                    second,
                    CreateOptions.ofSize(Rot.SMALLEST).withLineage(file.info().lineageId()));
            try (RotFile copy = RotFile.open(second)) {
                assertThat(copy.info().lineageId()).isEqualTo(file.uniqueId());
                assertThat(copy.uniqueId()).isNotEqualTo(file.uniqueId());
            }
        }
    }
}
