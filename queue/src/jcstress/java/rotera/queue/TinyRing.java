package rotera.queue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;
import rotera.queue.engine.ReadableRange;
import rotera.queue.engine.Reader;
import rotera.queue.format.Features;
import rotera.queue.format.Index;
import rotera.queue.format.LogPosition;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Ring;
import rotera.queue.format.Superblock;

/**
 * What the races of a reader with the writer's three steps share: a ring with room for two records,
 * both committed. Reader, ring and bounds are the real ones.
 */
abstract class TinyRing {
    static final int MESSAGE_BYTES = 12;
    private static final int SPACE = (int) RecordHeader.space(4 + MESSAGE_BYTES);
    private static final int RING_BYTES = 2 * SPACE;
    private static final int FILE_BYTES = (int) Superblock.INDEX_OFFSET + Superblock.PAGE;
    private static final Superblock SUPERBLOCK =
            new Superblock(
                    FILE_BYTES,
                    0,
                    RING_BYTES,
                    RING_BYTES,
                    MESSAGE_BYTES,
                    0,
                    0,
                    0,
                    0,
                    new UUID(0, 0),
                    7,
                    Features.NONE,
                    new UUID(0, 0));
    private static final byte[][] RECORDS = {record(0), record(1), record(2), record(3)};
    private static final byte[] FULL = full();

    private static final ThreadLocal<Messages> MESSAGES =
            ThreadLocal.withInitial(() -> new Messages(4096));

    private final ArrayDisk disk = ArrayDisk.of(FULL);
    private final Ring ring = new Ring(disk, SUPERBLOCK);
    private final ReadableRange bounds = new ReadableRange(mark(0), mark(2), 0);
    private final Reader reader =
            new Reader(
                    ring,
                    SUPERBLOCK,
                    new Index(disk, SUPERBLOCK, ring),
                    bounds,
                    Path.of("race.rot"));

    private static LogPosition mark(long id) {
        return new LogPosition(id, id * SPACE);
    }

    private static byte[] full() {
        byte[] content = Arrays.copyOf(RECORDS[0], FILE_BYTES);
        System.arraycopy(RECORDS[1], 0, content, SPACE, SPACE);
        return content;
    }

    private static byte[] record(int id) {
        byte[] record = new byte[SPACE];
        Arrays.fill(record, RecordHeader.BYTES + 4, SPACE, (byte) ('0' + id));
        record[RecordHeader.BYTES] = MESSAGE_BYTES;
        CRC32C crc = new CRC32C();
        crc.update(record, RecordHeader.BYTES, 4 + MESSAGE_BYTES);
        RecordHeader header = new RecordHeader();
        header.kind = RecordHeader.MESSAGES;
        header.firstId = id;
        header.position = mark(id).position();
        header.epoch = 1;
        header.count = 1;
        header.bodyBytes = 4 + MESSAGE_BYTES;
        header.bodyChecksum = (int) crc.getValue();
        MemorySegment bytes = header.encode(SUPERBLOCK.salt());
        MemorySegment.copy(bytes, JAVA_BYTE, 0, record, 0, RecordHeader.BYTES);
        return record;
    }

    /** The writer's steps for one record, in the order of rules 1 and 14 of docs/format.md. */
    void evict(int id) {
        bounds.moveOldest(mark(id + 1));
    }

    void write(int id) {
        try {
            ring.write(mark(id).position(), MemorySegment.ofArray(RECORDS[id]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void publish(int id) {
        bounds.moveCommitted(mark(id + 1));
    }

    /** Up to two messages: the id of each if it is what was written under it. */
    String read(long from) {
        Messages messages = MESSAGES.get();
        try {
            reader.read(from, 2, messages.buffer());
        } catch (QueueException.CorruptMessageException e) {
            return "corrupt";
        }
        StringBuilder ids = new StringBuilder();
        while (messages.next()) {
            for (byte one : messages.toByteArray()) if (one != '0' + messages.id()) return "torn";
            ids.append(messages.id());
        }
        return ids.toString();
    }
}
