package rotera.protocol;

import static rotera.protocol.Frame.u32;
import static rotera.protocol.Frame.u64;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import rotera.queue.RotFileInfo;
import rotera.queue.RotFileInfo.Place;

/** Descriptions of queues on the wire (docs/protocol.md), little-endian. */
public final class QueueInfoCodec {
    private static final int AT_BYTES = 0;
    private static final int AT_NUMBER = 4;
    private static final int AT_UNIQUE_ID = 8;
    private static final int AT_CREATED = 24;
    private static final int AT_FILE_BYTES = 32;
    private static final int AT_RING_OFFSET = 40;
    private static final int AT_RING_BYTES = 48;
    private static final int AT_RESERVE_BYTES = 56;
    private static final int AT_INTERVAL_BYTES = 64;
    private static final int AT_MAX_MESSAGE_BYTES = 68;
    private static final int AT_MAX_PUSH_BYTES = 72;
    private static final int AT_ENTRIES = 80;
    private static final int AT_EPOCH = 88;
    private static final int AT_READERS = 92;
    private static final int AT_OLDEST = 96;
    private static final int AT_CHECKPOINT = 112;
    private static final int AT_COMMITTED = 128;
    private static final int AT_NEXT = 144;
    private static final int AT_OLDEST_TIME = 160;
    private static final int AT_NEWEST_TIME = 168;
    private static final int AT_PUSH_RATE = 176;
    private static final int AT_PUSH_BYTE_RATE = 184;
    private static final int AT_READ_RATE = 192;
    private static final int AT_COMMIT_RATE = 200;
    private static final int AT_NAME_BYTES = 208;
    private static final int AT_FAILURE_BYTES = 212;
    private static final int AT_NAME = 216;
    private static final int LINEAGE_ID_BYTES = 16; // behind name and failure

    private static final long NEVER = -1;

    private QueueInfoCodec() {}

    /** How long a description is. */
    public static int bytes(QueueInfo info) {
        return AT_NAME + name(info).length + failure(info).length + LINEAGE_ID_BYTES;
    }

    /** Writes {@link #bytes} bytes. */
    public static void encode(QueueInfo info, MemorySegment target, long at) {
        RotFileInfo file = info.file();
        byte[] name = name(info);
        byte[] failure = failure(info);
        u32(target, at + AT_BYTES, bytes(info));
        u32(target, at + AT_NUMBER, (int) info.number());
        Frame.uniqueId(target, at + AT_UNIQUE_ID, file.uniqueId());
        u64(target, at + AT_CREATED, file.created().toEpochMilli());
        u64(target, at + AT_FILE_BYTES, file.fileBytes());
        u64(target, at + AT_RING_OFFSET, file.ringOffset());
        u64(target, at + AT_RING_BYTES, file.ringBytes());
        u64(target, at + AT_RESERVE_BYTES, file.reserveBytes());
        u32(target, at + AT_INTERVAL_BYTES, file.intervalBytes());
        u32(target, at + AT_MAX_MESSAGE_BYTES, file.maxMessageBytes());
        u64(target, at + AT_MAX_PUSH_BYTES, file.maxPushBytes());
        u64(target, at + AT_ENTRIES, file.entries());
        u32(target, at + AT_EPOCH, file.epoch());
        u32(target, at + AT_READERS, info.readers());
        encode(file.oldest(), target, at + AT_OLDEST);
        encode(file.checkpoint(), target, at + AT_CHECKPOINT);
        encode(file.committed(), target, at + AT_COMMITTED);
        encode(file.next(), target, at + AT_NEXT);
        u64(target, at + AT_OLDEST_TIME, millis(file.oldestTime()));
        u64(target, at + AT_NEWEST_TIME, millis(file.newestTime()));
        u64(target, at + AT_PUSH_RATE, Double.doubleToLongBits(info.pushRate()));
        u64(target, at + AT_PUSH_BYTE_RATE, Double.doubleToLongBits(info.pushByteRate()));
        u64(target, at + AT_READ_RATE, Double.doubleToLongBits(info.readRate()));
        u64(target, at + AT_COMMIT_RATE, Double.doubleToLongBits(info.commitRate()));
        u32(target, at + AT_NAME_BYTES, name.length);
        u32(target, at + AT_FAILURE_BYTES, failure.length);
        MemorySegment.copy(name, 0, target, ValueLayout.JAVA_BYTE, at + AT_NAME, name.length);
        MemorySegment.copy(
                failure,
                0,
                target,
                ValueLayout.JAVA_BYTE,
                at + AT_NAME + name.length,
                failure.length);
        Frame.uniqueId(target, at + AT_NAME + name.length + failure.length, file.lineageId());
    }

    /** Length of the description that begins here, of which {@code end} is the most. */
    public static int bytes(MemorySegment source, long at, long end) {
        if (end - at < AT_NAME) throw malformed();
        long bytes = Integer.toUnsignedLong(u32(source, at + AT_BYTES));
        if (bytes < AT_NAME || bytes > end - at) throw malformed();
        return (int) bytes;
    }

    /**
     * Reads a description.
     *
     * @throws IllegalArgumentException if what lies before {@code end} is none
     */
    public static QueueInfo decode(MemorySegment source, long at, long end) {
        long bytes = bytes(source, at, end);
        long nameBytes = Integer.toUnsignedLong(u32(source, at + AT_NAME_BYTES));
        long failureBytes = Integer.toUnsignedLong(u32(source, at + AT_FAILURE_BYTES));
        if (nameBytes + failureBytes > bytes - AT_NAME) throw malformed();
        String name = Frame.text(source, at + AT_NAME, (int) nameBytes);
        String failure = Frame.text(source, at + AT_NAME + nameBytes, (int) failureBytes);
        UUID uniqueId = Frame.uniqueId(source, at + AT_UNIQUE_ID);
        long texts = AT_NAME + nameBytes + failureBytes;
        RotFileInfo file =
                new RotFileInfo(
                        name,
                        uniqueId,
                        // Servers of the first format do not tell it.
                        bytes - texts < LINEAGE_ID_BYTES
                                ? uniqueId
                                : Frame.uniqueId(source, at + texts),
                        Instant.ofEpochMilli(u64(source, at + AT_CREATED)),
                        u64(source, at + AT_FILE_BYTES),
                        u64(source, at + AT_RING_OFFSET),
                        u64(source, at + AT_RING_BYTES),
                        u64(source, at + AT_RESERVE_BYTES),
                        u32(source, at + AT_INTERVAL_BYTES),
                        u32(source, at + AT_MAX_MESSAGE_BYTES),
                        u64(source, at + AT_MAX_PUSH_BYTES),
                        u64(source, at + AT_ENTRIES),
                        u32(source, at + AT_EPOCH),
                        place(source, at + AT_OLDEST),
                        place(source, at + AT_CHECKPOINT),
                        place(source, at + AT_COMMITTED),
                        place(source, at + AT_NEXT),
                        instant(u64(source, at + AT_OLDEST_TIME)),
                        instant(u64(source, at + AT_NEWEST_TIME)));
        return new QueueInfo(
                Integer.toUnsignedLong(u32(source, at + AT_NUMBER)),
                file,
                Double.longBitsToDouble(u64(source, at + AT_PUSH_RATE)),
                Double.longBitsToDouble(u64(source, at + AT_PUSH_BYTE_RATE)),
                Double.longBitsToDouble(u64(source, at + AT_READ_RATE)),
                Double.longBitsToDouble(u64(source, at + AT_COMMIT_RATE)),
                u32(source, at + AT_READERS),
                failure.isEmpty() ? Optional.empty() : Optional.of(failure));
    }

    private static byte[] name(QueueInfo info) {
        return info.file().name().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] failure(QueueInfo info) {
        return info.failure().orElse("").getBytes(StandardCharsets.UTF_8);
    }

    private static void encode(Place place, MemorySegment target, long at) {
        u64(target, at, place.id());
        u64(target, at + 8, place.position());
    }

    private static Place place(MemorySegment source, long at) {
        return new Place(u64(source, at), u64(source, at + 8));
    }

    private static long millis(Optional<Instant> time) {
        return time.map(Instant::toEpochMilli).orElse(NEVER);
    }

    private static Optional<Instant> instant(long millis) {
        return millis == NEVER ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }

    private static IllegalArgumentException malformed() {
        return new IllegalArgumentException("the description of a queue is cut short");
    }
}
