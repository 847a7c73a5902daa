package rotera.queue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static rotera.queue.buffer.LittleEndian.U64;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import rotera.queue.format.Features;
import rotera.queue.format.HeaderSlot;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Registry;
import rotera.queue.format.Settings;
import rotera.queue.format.Superblock;

/**
 * Files that hold what this version does not know, each kept for ever: the program refuses them,
 * only reads them, or goes on, as docs/format.md says. After a change on purpose, {@code
 * -Dgolden.write=true} makes them anew; {@code version-1.rot} was made by the program that knew
 * nothing else.
 */
class ReservedFilesTest {
    private static final Path FILES = Path.of("src/test/resources/rotera/queue");
    private static final int NOTE = 16384;

    @TempDir Path directory;

    private static MemoryDisk made(String name) throws IOException {
        MemoryDisk disk = Forger.queue("alpha", "beta");
        Forger forger = new Forger(disk);
        switch (name) {
            case "stepped-over" ->
                    forger.record(128, new byte[] {1, 2, 3}, record -> {})
                            .message("gamma")
                            .record(255, new byte[0], record -> record.flags = 0xff)
                            .record(200, new byte[700], record -> record.producerId = 5);
            case "gap" ->
                    forger.record(3, new byte[0], record -> record.producerId = 1000)
                            .record(
                                    RecordHeader.MESSAGES,
                                    new byte[4],
                                    record -> {
                                        record.firstId = 1000;
                                        record.count = 1;
                                    });
            case "key-copies" -> forger.record(4, new byte[8], record -> {});
            case "unknown-kind" -> forger.message("gamma").record(77, new byte[8], record -> {});
            case "unknown-flag" ->
                    forger.record(
                            RecordHeader.MESSAGES,
                            new byte[4],
                            record -> {
                                record.count = 1;
                                record.flags = 0x40;
                            });
            case "refuse-bit" -> bits(forger, new Features(1 << 31, 0, 0), 0);
            case "read-only-bit" -> bits(forger, new Features(0, 1 << 17, 0), 0);
            case "ignore-bit" -> bits(forger, new Features(0, 0, 1 << 31), 0);
            case "when-full" -> bits(forger, new Features(0, Features.WHEN_FULL_REFUSE, 0), 1);
            case "consumers" -> consumers(forger);
            default -> throw new IllegalArgumentException(name);
        }
        disk.bytes().asSlice(NOTE, 4096).fill((byte) 0);
        return disk;
    }

    private static void bits(Forger forger, Features features, int whenFull) throws IOException {
        forger.settings(
                before -> new Settings(before.sequence() + 1, features, whenFull, before.name()));
    }

    /** One consumer, "c", which has acknowledged the first message. */
    private static void consumers(Forger forger) throws IOException {
        bits(forger, new Features(0, Features.CONSUMERS, 0), 0);
        for (int copy = 0; copy < 2; copy++) {
            forger.sector(
                    Registry.offset(copy) + 512,
                    2,
                    copy * 16 + 1,
                    sector -> {
                        sector.set(U64, 8, 1);
                        sector.set(U64, 32, 1); // incarnation
                        sector.set(JAVA_BYTE, 32 + 32, (byte) 1); // protects
                        sector.set(JAVA_BYTE, 32 + 33, (byte) 1);
                        sector.set(JAVA_BYTE, 32 + 34, (byte) 'c');
                    });
            for (int number = 0; number < 8; number++) {
                long sequence = 2L + copy;
                boolean first = number == 0;
                forger.sector(
                        Superblock.POSITIONS_OFFSET + copy * 4096L + number * 512L,
                        3,
                        number,
                        sector -> {
                            sector.set(U64, 8, sequence);
                            sector.set(U64, 16, forger.end().id());
                            sector.set(U64, 24, forger.end().position());
                            if (!first) return;
                            sector.set(U64, 64, 1);
                            sector.set(U64, 72, 1);
                        });
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stepped-over",
                "gap",
                "key-copies",
                "unknown-kind",
                "unknown-flag",
                "refuse-bit",
                "read-only-bit",
                "ignore-bit",
                "when-full",
                "consumers"
            })
    void fileIsTheOneThatIsKept(String name) throws IOException {
        byte[] made = made(name).bytes().toArray(JAVA_BYTE);
        Path kept = FILES.resolve(name + ".rot");
        if (Boolean.getBoolean("golden.write")) Files.write(kept, made);
        assertThat(Arrays.mismatch(made, Files.readAllBytes(kept))).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gap          | a record of kind 3 (position 88)",
                "key-copies   | a record of kind 4 (position 88)",
                "unknown-kind | a record of kind 77 (position 168)",
                "unknown-flag | a record of kind 1 with the flags 64 (position 88)",
                "refuse-bit   | a feature (bit 31 of refuseBits)"
            })
    void isRefusedAndNotChanged(String name, String what) throws IOException {
        Path path = copy(name);
        byte[] before = Files.readAllBytes(path);
        assertThatThrownBy(() -> RotFile.open(path).close())
                .isInstanceOf(QueueException.UnsupportedFeatureException.class)
                .hasMessageContaining(what)
                .hasMessageContaining("use a newer Rotera");
        assertThatThrownBy(() -> RotFile.openReadOnly(path).close())
                .isInstanceOf(QueueException.UnsupportedFeatureException.class)
                .hasMessageContaining(what);
        assertThat(Files.readAllBytes(path)).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "read-only-bit | a feature (bit 17 of readOnlyBits)",
                "when-full     | when-full=refuse (bit 1 of readOnlyBits)",
                "consumers     | named consumers (bit 0 of readOnlyBits)"
            })
    void isReadAndNotChanged(String name, String what) throws IOException {
        Path path = copy(name);
        byte[] before = Files.readAllBytes(path);
        try (RotFile file = RotFile.open(path)) {
            assertThat(Rot.texts(file, 0)).containsExactly("alpha", "beta");
            assertThat(file.name()).contains("forged");
            assertThat(file.failure().orElse("")).contains(what, "use a newer Rotera");
            assertThat(file.findings()).anyMatch(finding -> finding.contains(what));
            assertThat(file.check(damage -> {}, bytes -> {}).problems()).isZero();
            assertThatThrownBy(() -> Rot.push(file, "more"))
                    .isInstanceOf(QueueException.NotWritableException.class)
                    .hasMessageContaining(what);
            assertThatThrownBy(file::commit)
                    .isInstanceOf(QueueException.NotWritableException.class);
            assertThatThrownBy(() -> file.rename("other"))
                    .isInstanceOf(QueueException.NotWritableException.class);
        }
        assertThat(Files.readAllBytes(path)).isEqualTo(before);
    }

    @Test
    void unknownIgnoreBitStays() throws IOException {
        Path path = copy("ignore-bit");
        try (RotFile file = RotFile.open(path)) {
            assertThat(file.findings()).isEmpty();
            Rot.commit(file, "gamma");
            file.rename("other");
            assertThat(Rot.texts(file, 0)).containsExactly("alpha", "beta", "gamma");
        }
        MemoryDisk disk = new MemoryDisk(Rot.SMALLEST);
        disk.bytes()
                .asSlice(0)
                .copyFrom(java.lang.foreign.MemorySegment.ofArray(Files.readAllBytes(path)));
        Settings settings =
                Registry.read(disk, Superblock.read(disk, path).salt()).settings().orElseThrow();
        assertThat(settings.features()).isEqualTo(new Features(0, 0, 1 << 31));
        assertThat(settings.name()).isEqualTo("other");
    }

    @Test
    void recordsOfTheSecondRangeAreSteppedOver() throws IOException {
        Path path = copy("stepped-over");
        try (RotFile file = RotFile.open(path)) {
            assertThat(file.findings()).isEmpty();
            assertThat(Rot.texts(file, 0)).containsExactly("alpha", "beta", "gamma");
            assertThat(Rot.texts(file, 2)).containsExactly("gamma");
            assertThat(Rot.commit(file, "delta")).isEqualTo(3);
        }
        try (RotFile file = RotFile.open(path)) {
            assertThat(Rot.texts(file, 0)).containsExactly("alpha", "beta", "gamma", "delta");
            assertThat(file.check(damage -> {}, bytes -> {}).problems()).isZero();
            for (int i = 0; i < 300; i++) Rot.commit(file, "x".repeat(400)); // evicts all of them
            assertThat(file.ping().oldest()).isGreaterThan(4);
            assertThat(file.check(damage -> {}, bytes -> {}).problems()).isZero();
        }
    }

    /** As many of them as a ring has room for are no deep recursion. */
    @Test
    void manyRecordsOfTheSecondRangeAreSteppedOver() throws IOException {
        MemoryDisk disk = new MemoryDisk(8 << 20);
        RotFile.format(disk, CreateOptions.ofSize(8 << 20), () -> 1);
        try (RotFile file = RotFile.open(disk, directory, () -> 1)) {
            Rot.push(file, "first");
        }
        for (int round = 0; round < 4; round++) {
            Forger forger = new Forger(disk);
            for (int i = 0; i < 6000; i++) forger.record(130, new byte[0], record -> {});
            RotFile.open(disk, directory, () -> 1).close();
        }
        try (RotFile file = RotFile.open(disk, directory, () -> 1);
                Messages messages = new Messages()) {
            Rot.commit(file, "last");
            assertThat(file.info().committed().position()).isGreaterThan(24_000 * 64);
            assertThat(file.read(1, 1, messages)).isEqualTo(1);
            assertThat(Rot.texts(file, 0)).containsExactly("first", "last");
        }
    }

    @Test
    void damagedRecordOfTheSecondRangeIsNamedAndCostsNoMessage() throws IOException {
        Path path = copy("stepped-over");
        try (RotFile file = RotFile.open(path)) {
            Rot.commit(file, "delta");
            file.checkpoint();
            long at = Rot.offset(file.info(), 88);
            Rot.flip(path, at + 64, 1);
            assertThat(file.check(damage -> {}, bytes -> {}).problems()).isEqualTo(1);
            assertThat(Rot.texts(file, 0)).containsExactly("alpha", "beta", "gamma", "delta");
            Rot.flip(path, at + 20, 1);
            assertThat(Rot.texts(file, 0)).containsExactly("alpha", "beta", "gamma", "delta");
        }
    }

    /** Not even with a checksum that fits: in another place, run or order it is no record. */
    @ParameterizedTest
    @ValueSource(strings = {"place", "epoch", "id", "checksum"})
    void unknownKindThatDoesNotFitIsNoReasonToRefuse(String what) throws IOException {
        MemoryDisk disk = Forger.queue("alpha", "beta");
        Forger forger = new Forger(disk);
        long at = RotFile.open(disk, directory, null).info().ringOffset() + forger.end().position();
        forger.record(
                77,
                new byte[8],
                record -> {
                    if (what.equals("epoch")) record.epoch--;
                    if (what.equals("id")) record.firstId--;
                });
        if (what.equals("checksum")) disk.bytes().set(JAVA_BYTE, at + 60, (byte) 1);
        if (what.equals("place")) {
            java.lang.foreign.MemorySegment record = disk.bytes().asSlice(at, 72);
            disk.bytes().asSlice(at + 4096, 72).copyFrom(record);
            record.fill((byte) 0);
        }
        try (RotFile file = RotFile.open(disk, directory, () -> 2)) {
            Rot.commit(file, "gamma");
            assertThat(Rot.texts(file, 0)).containsExactly("alpha", "beta", "gamma");
        }
    }

    /** Its feature bit should have said so before. */
    @Test
    void unknownKindBeforeTheCheckpointIsNoDamage() throws IOException {
        MemoryDisk disk = Forger.queue("alpha", "beta");
        Forger forger = new Forger(disk).record(77, new byte[8], record -> {}).message("gamma");
        HeaderSlot slot = HeaderSlot.read(disk, 0, Superblock.read(disk, directory)).orElseThrow();
        int salt = Superblock.read(disk, directory).salt();
        for (int i = 1; i <= 2; i++)
            new HeaderSlot(
                            slot.epoch(),
                            slot.sequence() + i + 2,
                            slot.oldest(),
                            forger.end(),
                            slot.lastMillis(),
                            forger.end().position())
                    .write(disk, salt);
        try (RotFile file = RotFile.open(disk, directory, () -> 2);
                Messages messages = new Messages()) {
            assertThatThrownBy(() -> file.read(2, 1, messages))
                    .isInstanceOf(QueueException.UnsupportedFeatureException.class)
                    .hasMessageContaining("a record of kind 77 (position 88)");
            assertThatThrownBy(() -> file.check(damage -> {}, bytes -> {}))
                    .isInstanceOf(QueueException.UnsupportedFeatureException.class);
        }
    }

    @Test
    void fileOfVersion1IsRefusedNotChangedAndToldTheWay() throws IOException {
        Path path = copy("version-1");
        byte[] before = Files.readAllBytes(path);
        assertThatThrownBy(() -> RotFile.open(path).close())
                .isInstanceOf(QueueException.UnsupportedVersionException.class)
                .hasMessageContaining("format version 1, this program knows version 2")
                .hasMessageContaining("rotera copy");
        assertThatThrownBy(() -> RotFile.rebuild(path, told -> {}))
                .isInstanceOf(QueueException.UnsupportedVersionException.class);
        assertThat(Files.readAllBytes(path)).isEqualTo(before);
    }

    private Path copy(String name) throws IOException {
        return Files.copy(FILES.resolve(name + ".rot"), directory.resolve(name + ".rot"));
    }
}
