package rotera.queue.format;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static rotera.queue.buffer.LittleEndian.U32;
import static rotera.queue.buffer.LittleEndian.U64;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.zip.CRC32C;
import rotera.queue.QueueException;
import rotera.queue.disk.Disk;

/** What was fixed when the file was created: docs/format.md, Superblock. */
public record Superblock(
        long fileBytes,
        long ringOffset,
        long ringBytes,
        int intervalBytes,
        int maxMessageBytes,
        long uncommittedBytes,
        long checkpointBytes,
        long entries,
        long createdMillis,
        UUID uniqueId,
        int salt,
        Features features,
        UUID lineageId) {

    public static final int PAGE = 4096;
    public static final int VERSION = 2;
    public static final long MIN_FILE_BYTES = 96 << 10;
    static final long REGISTRY_OFFSET = 5 * PAGE;
    public static final long POSITIONS_OFFSET = REGISTRY_OFFSET + 4 * PAGE;
    public static final long INDEX_OFFSET = POSITIONS_OFFSET + 2 * PAGE;
    static final int INDEX_ENTRY_BYTES = 32;
    private static final long MAGIC = 0x0a0d415245544f52L;
    private static final int MAX_MESSAGE_BYTES = 64 << 20;
    private static final int MIN_INTERVAL = 4096;
    private static final int MAX_INTERVAL = 256 << 10;

    private static final long AT_MAGIC = 0;
    private static final long AT_VERSION = AT_MAGIC + 8;
    private static final long AT_CHECKSUM = AT_VERSION + 4;
    private static final long AT_FILE_BYTES = AT_CHECKSUM + 4;
    private static final long AT_RING_OFFSET = AT_FILE_BYTES + 8;
    private static final long AT_RING_BYTES = AT_RING_OFFSET + 8;
    private static final long AT_INTERVAL_BYTES = AT_RING_BYTES + 8;
    private static final long AT_MAX_MESSAGE_BYTES = AT_INTERVAL_BYTES + 4;
    private static final long AT_UNCOMMITTED_BYTES = AT_MAX_MESSAGE_BYTES + 4;
    private static final long AT_CHECKPOINT_BYTES = AT_UNCOMMITTED_BYTES + 8;
    private static final long AT_ENTRIES = AT_CHECKPOINT_BYTES + 8;
    private static final long AT_CREATED_MILLIS = AT_ENTRIES + 8;
    private static final long AT_UNIQUE_ID = AT_CREATED_MILLIS + 8;
    private static final long AT_SALT = AT_UNIQUE_ID + 16;
    private static final long AT_FEATURES = AT_SALT + 4;
    private static final long AT_LINEAGE_ID = AT_FEATURES + Features.BYTES;

    private static final ValueLayout.OfLong BIG_ENDIAN = U64.withOrder(ByteOrder.BIG_ENDIAN);

    /**
     * What makes a file this one and no other.
     *
     * @param lineageId that of the queue whose messages have the same ids; its own if it is no copy
     */
    public record Identity(UUID uniqueId, UUID lineageId, int salt, long createdMillis) {}

    /** The layout of a new file that is no copy and shows all that fits. */
    public static Superblock create(long sizeBytes, long nowMillis, UUID uniqueId, int salt) {
        return create(sizeBytes, 0, new Identity(uniqueId, uniqueId, salt, nowMillis));
    }

    /** The layout of a new file. */
    public static Superblock create(long bytes, long entries, Identity identity) {
        int interval = interval(bytes);
        long intervals = (bytes - INDEX_OFFSET) / (interval + INDEX_ENTRY_BYTES);
        while (ringOffset(intervals) + intervals * interval > bytes) intervals--;
        long ring = intervals * interval;
        return new Superblock(
                bytes,
                ringOffset(intervals),
                ring,
                interval,
                (int) Math.min(ring / 4, MAX_MESSAGE_BYTES),
                Math.min(ring / 16, 16 << 20),
                Math.min(ring / 16, 8 << 20),
                entries,
                identity.createdMillis(),
                identity.uniqueId(),
                identity.salt(),
                Features.NONE,
                identity.lineageId());
    }

    private static int interval(long fileBytes) {
        long wanted = Long.highestOneBit(Math.max(1, (fileBytes - INDEX_OFFSET) / 64));
        return Math.clamp(wanted, MIN_INTERVAL, MAX_INTERVAL);
    }

    private static long ringOffset(long intervals) {
        return INDEX_OFFSET + roundUp(intervals * INDEX_ENTRY_BYTES, PAGE);
    }

    public static long roundUp(long value, int powerOfTwo) {
        return (value + powerOfTwo - 1) & -powerOfTwo;
    }

    /** Largest push, counted as 4 + length for each message. */
    public long maxPushBytes() {
        return maxMessageBytes + 4L;
    }

    /** Most ring space that one push may take. */
    public long maxPushSpace() {
        return maxPushSpace(maxPushBytes());
    }

    /**
     * Most ring space that a push of this size may take, its record headers, clock differences and
     * padding included.
     */
    public long maxPushSpace(long pushBytes) {
        long parts = 2 * pushBytes / (intervalBytes - RecordHeader.MAX_HEAD_BYTES) + 2;
        return pushBytes + parts * (RecordHeader.MAX_HEAD_BYTES + 8);
    }

    /**
     * How many producers are remembered: a snapshot of them is one record, and takes at most a
     * quarter of what lies between two checkpoints, and of what may be uncommitted.
     */
    public int producers() {
        long most = Math.min(intervalBytes, Math.min(checkpointBytes, uncommittedBytes) / 4);
        return Math.clamp(
                (most - RecordHeader.BYTES) / ProducerTableCodec.ENTRY_BYTES, 0, ProducerTable.MAX);
    }

    /** Most ring space that a snapshot of the producers takes. */
    public long snapshotSpace() {
        return RecordHeader.space((long) producers() * ProducerTableCodec.ENTRY_BYTES);
    }

    /**
     * How far writes may run ahead of {@code committed}, a snapshot and the filled up block
     * included.
     */
    public long maxUncommitted() {
        return Math.max(uncommittedBytes, maxPushSpace()) + snapshotSpace() + PAGE;
    }

    /**
     * Free room that is always kept ahead of {@code next}, where nothing that is kept prevents it.
     */
    public long reserveBytes() {
        return 2 * uncommittedBytes;
    }

    /** How far behind a checkpoint a record of the same epoch can lie. */
    public long walkBytes() {
        return 2 * (checkpointBytes + 4 * Math.max(uncommittedBytes, maxPushSpace()));
    }

    public MemorySegment encode(Arena arena) {
        MemorySegment page = arena.allocate(PAGE, 8);
        page.set(U64, AT_MAGIC, MAGIC);
        page.set(U32, AT_VERSION, VERSION);
        page.set(U64, AT_FILE_BYTES, fileBytes);
        page.set(U64, AT_RING_OFFSET, ringOffset);
        page.set(U64, AT_RING_BYTES, ringBytes);
        page.set(U32, AT_INTERVAL_BYTES, intervalBytes);
        page.set(U32, AT_MAX_MESSAGE_BYTES, maxMessageBytes);
        page.set(U64, AT_UNCOMMITTED_BYTES, uncommittedBytes);
        page.set(U64, AT_CHECKPOINT_BYTES, checkpointBytes);
        page.set(U64, AT_ENTRIES, entries);
        page.set(U64, AT_CREATED_MILLIS, createdMillis);
        encode(uniqueId, page, AT_UNIQUE_ID);
        page.set(U32, AT_SALT, salt);
        features.encode(page, AT_FEATURES);
        encode(lineageId, page, AT_LINEAGE_ID);
        page.set(U32, AT_CHECKSUM, checksum(page));
        return page;
    }

    private static void encode(UUID id, MemorySegment page, long at) {
        page.set(BIG_ENDIAN, at, id.getMostSignificantBits());
        page.set(BIG_ENDIAN, at + 8, id.getLeastSignificantBits());
    }

    /** Writes both copies. */
    public void write(Disk disk) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment page = encode(arena);
            disk.write(0, page);
            disk.write(PAGE, page);
        }
    }

    /** The first valid copy. */
    public static Superblock read(Disk disk, Path file) throws IOException {
        if (disk.size() < 2 * PAGE) throw tooSmall(file, disk.size());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment page = arena.allocate(PAGE, 8);
            QueueException why = null;
            for (int copy = 0; copy < 2; copy++) {
                disk.read((long) copy * PAGE, page);
                Optional<QueueException> problem = problem(page, disk.size(), file);
                if (problem.isEmpty()) return decode(page);
                if (why == null
                        || problem.get() instanceof QueueException.UnsupportedVersionException)
                    why = problem.get();
            }
            throw why;
        }
    }

    /** How large the file was made, if a copy tells that is intact whatever the size is now. */
    public static OptionalLong sizeWhenMade(Disk disk) throws IOException {
        if (disk.size() < 2 * PAGE) return OptionalLong.empty();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment page = arena.allocate(PAGE, 8);
            for (int copy = 0; copy < 2; copy++) {
                disk.read((long) copy * PAGE, page);
                long size = page.get(U64, AT_FILE_BYTES);
                if (problem(page, size, Path.of("")).isEmpty()) return OptionalLong.of(size);
            }
            return OptionalLong.empty();
        }
    }

    private static Optional<QueueException> problem(MemorySegment page, long size, Path file) {
        if (page.get(U64, AT_MAGIC) != MAGIC)
            return Optional.of(foreign(file, "its first bytes are not those of one"));
        int version = page.get(U32, AT_VERSION);
        if (version != VERSION)
            return Optional.of(
                    new QueueException.UnsupportedVersionException(file, version, VERSION));
        if (size < MIN_FILE_BYTES) return Optional.of(tooSmall(file, size));
        int expected = checksum(page);
        int actual = page.get(U32, AT_CHECKSUM);
        if (expected != actual) {
            return Optional.of(
                    foreign(
                            file,
                            "both superblocks are damaged (checksum %08x, expected %08x)"
                                    .formatted(actual, expected)));
        }
        if (page.get(U64, AT_FILE_BYTES) != size) {
            return Optional.of(
                    foreign(
                            file,
                            "it has "
                                    + size
                                    + " bytes instead of "
                                    + page.get(U64, AT_FILE_BYTES)
                                    + ": it was cut or extended"));
        }
        return consistent(page, size)
                ? Optional.empty()
                : Optional.of(foreign(file, "the sizes in its superblock contradict each other"));
    }

    private static boolean consistent(MemorySegment page, long size) {
        long ring = page.get(U64, AT_RING_BYTES);
        long offset = page.get(U64, AT_RING_OFFSET);
        int interval = page.get(U32, AT_INTERVAL_BYTES);
        int message = page.get(U32, AT_MAX_MESSAGE_BYTES);
        return Integer.bitCount(interval) == 1
                && interval >= MIN_INTERVAL
                && interval <= MAX_INTERVAL
                && ring > 0
                && ring % interval == 0
                && offset == ringOffset(ring / interval)
                && ring <= size - offset
                && message > 0
                && message <= ring / 4
                && within(page.get(U64, AT_UNCOMMITTED_BYTES), 1, ring / 4)
                && within(page.get(U64, AT_CHECKPOINT_BYTES), 1, ring / 4)
                && page.get(U64, AT_ENTRIES) >= 0;
    }

    private static boolean within(long value, long low, long high) {
        return low <= value && value <= high;
    }

    private static Superblock decode(MemorySegment page) {
        return new Superblock(
                page.get(U64, AT_FILE_BYTES),
                page.get(U64, AT_RING_OFFSET),
                page.get(U64, AT_RING_BYTES),
                page.get(U32, AT_INTERVAL_BYTES),
                page.get(U32, AT_MAX_MESSAGE_BYTES),
                page.get(U64, AT_UNCOMMITTED_BYTES),
                page.get(U64, AT_CHECKPOINT_BYTES),
                page.get(U64, AT_ENTRIES),
                page.get(U64, AT_CREATED_MILLIS),
                uuid(page, AT_UNIQUE_ID),
                page.get(U32, AT_SALT),
                Features.decode(page, AT_FEATURES),
                uuid(page, AT_LINEAGE_ID));
    }

    private static UUID uuid(MemorySegment page, long at) {
        return new UUID(page.get(BIG_ENDIAN, at), page.get(BIG_ENDIAN, at + 8));
    }

    private static int checksum(MemorySegment page) {
        byte[] bytes = page.toArray(JAVA_BYTE);
        for (int i = 0; i < 4; i++) bytes[(int) AT_CHECKSUM + i] = 0;
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length);
        return (int) crc.getValue();
    }

    private static QueueException tooSmall(Path file, long size) {
        return foreign(file, "it has " + size + " bytes, the smallest has " + MIN_FILE_BYTES);
    }

    private static QueueException foreign(Path file, String why) {
        return new QueueException.NotARotFileException(
                file + " is not a rot file that can be opened: " + why);
    }
}
