package rotera.queue;

import static rotera.queue.buffer.LittleEndian.U32;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import rotera.queue.buffer.LittleEndian;
import rotera.queue.engine.FileState;
import rotera.queue.format.HeaderSlot;
import rotera.queue.format.LogPosition;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Registry;
import rotera.queue.format.Ring;
import rotera.queue.format.Settings;
import rotera.queue.format.Superblock;

/** Puts into a file that was closed what a newer version may put there before it is killed. */
final class Forger {
    private final MemoryDisk disk;
    private final Superblock superblock;
    private final HeaderSlot header;
    private LogPosition end;

    Forger(MemoryDisk disk) throws IOException {
        this.disk = disk;
        this.superblock = Superblock.read(disk, Path.of("forged.rot"));
        HeaderSlot a = HeaderSlot.read(disk, 0, superblock).orElseThrow();
        HeaderSlot b = HeaderSlot.read(disk, 1, superblock).orElseThrow();
        this.header = a.sequence() > b.sequence() ? a : b;
        this.end = header.checkpoint();
        disk.bytes().asSlice(4 * Superblock.PAGE, Superblock.PAGE).fill((byte) 0); // the note
    }

    /** A closed queue of the smallest size with some messages. */
    static MemoryDisk queue(String... messages) throws IOException {
        MemoryDisk disk = new MemoryDisk(Rot.SMALLEST);
        CreateOptions options = CreateOptions.ofSize(Rot.SMALLEST).withName("forged");
        FileState.format(
                disk,
                Rot.superblock(options, 1_700_000_000_000L, new java.util.UUID(1, 2), 0x5a17ab1e),
                options.name(),
                options.firstId());
        try (RotFile file = RotFile.open(disk, Path.of("forged.rot"), () -> 1_700_000_001_000L)) {
            Rot.push(file, messages);
        }
        return disk;
    }

    /** Appends a record behind the end. */
    Forger record(int kind, byte[] body, Consumer<RecordHeader> edit) throws IOException {
        RecordHeader record = new RecordHeader();
        record.kind = kind;
        record.firstId = end.id();
        record.position = end.position();
        record.epoch = header.epoch();
        record.bodyBytes = body.length;
        record.bodyChecksum = crc(body);
        record.timeMillis = header.lastMillis();
        edit.accept(record);
        Ring ring = new Ring(disk, superblock);
        ring.write(record.position, record.encode(superblock.salt()));
        ring.write(record.position + record.bodyAt(), of(body));
        end = new LogPosition(record.endId(), record.endPosition());
        return this;
    }

    /** Appends a push of one message. */
    Forger message(String text) throws IOException {
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        MemorySegment body = of(new byte[4 + bytes.length]);
        body.set(U32, 0, bytes.length);
        body.asSlice(4).copyFrom(of(bytes));
        return record(
                RecordHeader.MESSAGES,
                body.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE),
                record -> record.count = 1);
    }

    /** Changes the settings. */
    Forger settings(UnaryOperator<Settings> change) throws IOException {
        Registry.read(disk, superblock.salt()).change(change);
        return this;
    }

    /** Writes 512 bytes with a checksum that fits, in front of which stands their kind. */
    Forger sector(long offset, int kind, int number, Consumer<MemorySegment> content) {
        MemorySegment sector = of(new byte[512]);
        sector.set(LittleEndian.U16, 4, (short) kind);
        sector.set(LittleEndian.U16, 6, (short) number);
        content.accept(sector);
        sector.set(
                U32,
                0,
                crc(sector.asSlice(4).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE))
                        ^ superblock.salt());
        disk.bytes().asSlice(offset, 512).copyFrom(sector);
        return this;
    }

    LogPosition end() {
        return end;
    }

    private static MemorySegment of(byte[] bytes) {
        return MemorySegment.ofArray(bytes);
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
