package rotera.queue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static rotera.queue.buffer.LittleEndian.U32;
import static rotera.queue.buffer.LittleEndian.U64;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import rotera.queue.engine.FileState;
import rotera.queue.format.EnvelopeCodec;

/**
 * A small file with edits that a fuzzer chooses, each followed by checksums that fit again where
 * the input wants that: else nothing behind the first checksum would be reached. Reads the format
 * by itself, from docs/format.md, so that it can judge what the code returns.
 */
final class EditedFile {
    private static final Path NO_PATH = Path.of("edited.rot");
    private static final int FILE_BYTES = 96 << 10;
    private static final int PAGE = 4096;
    private static final int SLOT_BYTES = 64;
    private static final int SECTOR_BYTES = 512;
    private static final int REGISTRY = 5 * PAGE;
    private static final int INDEX = 11 * PAGE;
    private static final long RING = 12 * PAGE;
    private static final int HEAD_BYTES = 64;
    private static final int AT_SALT = 96;

    private static final MemoryDisk FEW = few();
    private static final MemoryDisk LAPPED = lapped();

    private final MemoryDisk disk;
    private final boolean fix;
    private final Set<Long> recordsOfBase;
    private boolean forged;

    private EditedFile(MemoryDisk disk, boolean fix) {
        this.disk = disk;
        this.fix = fix;
        this.recordsOfBase = records();
        this.forged = fix;
    }

    /**
     * The first byte says which file, and whether checksums are made to fit; edits follow: a place
     * (u16, in units that depend on it), a length of 1 to 8 and as many bytes.
     */
    static EditedFile of(byte[] input) {
        int choice = input.length == 0 ? 0 : input[0];
        if ((choice & 3) == 3) return new EditedFile(raw(input), true);
        MemoryDisk base = (choice & 1) == 0 ? FEW : LAPPED;
        EditedFile file = new EditedFile(base.copy(), (choice & 4) != 0);
        for (int at = 1; at + 4 <= input.length; ) {
            int place = (input[at] & 0xff) | ((input[at + 1] & 0xff) << 8);
            int length = Math.min(1 + (input[at + 2] & 7), input.length - at - 3);
            file.edit(place, MemorySegment.ofArray(input).asSlice(at + 3, length));
            at += 3 + length;
        }
        if (file.fix) file.fixAll();
        else file.forged = file.isForged(base);
        return file;
    }

    MemoryDisk disk() {
        return disk;
    }

    /**
     * Whether something that was edited has a checksum that fits: then the file may contradict
     * itself as no damage makes it.
     */
    boolean forged() {
        return forged;
    }

    /** The input is the file. */
    private static MemoryDisk raw(byte[] input) {
        MemoryDisk disk = new MemoryDisk(Math.max(FILE_BYTES, input.length - 1));
        MemorySegment.copy(MemorySegment.ofArray(input), 1, disk.bytes(), 0, input.length - 1);
        return disk;
    }

    /** Both superblocks, a slot, the index or a record, where fields are; or anywhere. */
    private void edit(int place, MemorySegment bytes) {
        long offset = place & 0xff;
        long at =
                switch (place >> 13) {
                    case 0 -> offset & 0x7f;
                    case 1 -> PAGE + (offset & 0x7f);
                    case 2 -> 2 * PAGE + (offset & 0x3f);
                    case 3 -> 3 * PAGE + (offset & 0x3f);
                    case 4 ->
                            (place & 0x1000) == 0
                                    ? INDEX + (place & 0xfff) % 512
                                    : REGISTRY + (place >> 9 & 1) * 2 * PAGE + place % 512;
                    case 5, 6 -> recordAt(place >> 8 & 0x1f) + offset % 128;
                    default -> (place & 0x1fff) * 12L;
                };
        if (at + bytes.byteSize() > disk.size()) return;
        disk.bytes().asSlice(at, bytes.byteSize()).copyFrom(bytes);
        // Most fields of superblocks have to be the same in both, or the other one serves.
        if (place >> 13 == 0 && fix)
            disk.bytes().asSlice(PAGE + at, bytes.byteSize()).copyFrom(bytes);
    }

    private long recordAt(int which) {
        List<Long> all = recordsOfBase.stream().sorted().toList();
        return all.isEmpty() ? RING : all.get(which % all.size());
    }

    // ---- the format, once more

    private long ringOffset() {
        return disk.bytes().get(U64, 24);
    }

    private long ringBytes() {
        return disk.bytes().get(U64, 32);
    }

    private boolean hasRing() {
        long size = disk.size();
        return ringBytes() > 0
                && ringOffset() >= 0
                && ringBytes() <= size
                && ringOffset() <= size - ringBytes();
    }

    private int salt() {
        return disk.bytes().get(U32, AT_SALT);
    }

    /** Where in the file something lies that says of itself that it is a record there. */
    private Set<Long> records() {
        Set<Long> found = new HashSet<>();
        if (!hasRing()) return found;
        for (long at = 0; at + HEAD_BYTES <= ringBytes(); at += 8) {
            long position = disk.bytes().get(U64, ringOffset() + at + 16);
            if (position >= 0
                    && position % ringBytes() == at
                    && disk.bytes().get(JAVA_BYTE, ringOffset() + at + 4) != 0)
                found.add(ringOffset() + at);
        }
        return found;
    }

    private boolean isForged(MemoryDisk base) {
        for (long at = 0; at <= PAGE; at += PAGE) if (fits(at, PAGE, base)) return true;
        for (long at = 2 * PAGE; at <= 3 * PAGE; at += PAGE)
            if (fits(at, SLOT_BYTES, base)) return true;
        for (long at = REGISTRY; at <= REGISTRY + 2 * PAGE; at += 2 * PAGE)
            if (fits(at, SECTOR_BYTES, base)) return true;
        for (long at = RING; at + HEAD_BYTES <= disk.size(); at += 8)
            if (fits(at, HEAD_BYTES, base)) return true;
        return false;
    }

    private boolean fits(long at, long length, MemoryDisk base) {
        MemorySegment bytes = disk.bytes().asSlice(at, length);
        if (bytes.mismatch(base.bytes().asSlice(at, length)) < 0) return false;
        MemorySegment copy = MemorySegment.ofArray(bytes.toArray(JAVA_BYTE));
        if (length < PAGE)
            return (crc(copy.asSlice(4)) ^ base.bytes().get(U32, AT_SALT)) == copy.get(U32, 0);
        copy.set(U32, 12, 0);
        return crc(copy) == bytes.get(U32, 12);
    }

    private void fixAll() {
        for (long at = 2 * PAGE; at <= 3 * PAGE; at += PAGE) fix(at, SLOT_BYTES);
        for (int i = 0; i < 16; i++) fix(INDEX + i * 32L, 32);
        for (long at = REGISTRY; at <= REGISTRY + 2 * PAGE; at += 2 * PAGE) fix(at, SECTOR_BYTES);
        for (long record : recordsOfBase) fixRecord(record);
        for (long at = 0; at <= PAGE; at += PAGE) {
            disk.bytes().set(U32, at + 12, 0);
            disk.bytes().set(U32, at + 12, crc(disk.bytes().asSlice(at, PAGE)));
        }
    }

    private void fix(long at, long length) {
        disk.bytes().set(U32, at, crc(disk.bytes().asSlice(at + 4, length - 4)) ^ salt());
    }

    private void fixRecord(long at) {
        if (at + HEAD_BYTES > disk.size()) return;
        MemorySegment body = body(at);
        if (body != null) disk.bytes().set(U32, at + 40, crc(body));
        fix(at, HEAD_BYTES);
    }

    /** The body of what may be a record; null if it has none. */
    private @Nullable MemorySegment body(long at) {
        long length = disk.bytes().get(U32, at + 36);
        if (!hasRing() || length < 0 || length > ringBytes()) return null;
        MemorySegment body = MemorySegment.ofArray(new byte[(int) length]);
        long from = at + HEAD_BYTES - ringOffset();
        if (from < 0) return null;
        for (long i = 0; i < length; i++)
            body.set(
                    JAVA_BYTE,
                    i,
                    disk.bytes().get(JAVA_BYTE, ringOffset() + (from + i) % ringBytes()));
        return body;
    }

    private static int crc(MemorySegment bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.asByteBuffer());
        return (int) crc.getValue();
    }

    /** All messages that have a record whose checksums fit, by id: what a reader may return. */
    static Map<Long, Set<String>> stored(MemoryDisk disk) {
        Map<Long, Set<String>> all = new HashMap<>();
        EditedFile file = new EditedFile(disk, false);
        for (long copy = 0; copy <= PAGE; copy += PAGE) file.addStored(copy, all);
        return all;
    }

    /** As the superblock at this place has it. */
    private void addStored(long superblock, Map<Long, Set<String>> all) {
        MemorySegment bytes = disk.bytes();
        long offset = bytes.get(U64, superblock + 24);
        long ring = bytes.get(U64, superblock + 32);
        int salt = bytes.get(U32, superblock + AT_SALT);
        if (ring < HEAD_BYTES || offset < 0 || ring > disk.size() || offset > disk.size() - ring)
            return;
        MemorySegment twice = MemorySegment.ofArray(new byte[(int) (2 * ring)]);
        MemorySegment.copy(bytes, offset, twice, 0, ring);
        MemorySegment.copy(bytes, offset, twice, ring, ring);
        for (long at = 0; at < ring; at += 8) {
            long position = twice.get(U64, at + 16);
            if (position < 0 || position % ring != at) continue;
            if ((crc(twice.asSlice(at + 4, HEAD_BYTES - 4)) ^ salt) != twice.get(U32, at)) continue;
            long length = twice.get(U32, at + 36);
            int count = twice.get(U32, at + 32);
            if (length < 0 || length > ring - HEAD_BYTES || count < 1 || 4L * count > length)
                continue;
            MemorySegment body = twice.asSlice(at + HEAD_BYTES, length);
            if (crc(body) == twice.get(U32, at + 40))
                addMessages(
                        twice.get(U64, at + 8),
                        count,
                        (twice.get(JAVA_BYTE, at + 5) & 4) != 0,
                        body,
                        all);
        }
    }

    private static void addMessages(
            long firstId,
            int count,
            boolean enveloped,
            MemorySegment body,
            Map<Long, Set<String>> all) {
        long at = 4L * count;
        for (int i = 0; i < count; i++) {
            long length = body.get(U32, 4L * i);
            if (length < 0 || length > body.byteSize() - at) return;
            long prefix = enveloped ? EnvelopeCodec.measure(body, at, length) : 0;
            if (prefix < 0) return;
            all.computeIfAbsent(firstId + i, id -> new HashSet<>())
                    .add(text(body.asSlice(at + prefix, length - prefix).toArray(JAVA_BYTE)));
            at += length;
        }
    }

    static String text(byte[] bytes) {
        return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    // ---- the files that are edited

    private static MemoryDisk empty() {
        try {
            MemoryDisk disk = new MemoryDisk(FILE_BYTES);
            CreateOptions options = CreateOptions.ofSize(FILE_BYTES).withName("fuzzed");
            FileState.format(
                    disk,
                    Rot.superblock(options, 1000, new UUID(1, 2), 0x5eed),
                    options.name(),
                    options.firstId());
            return disk;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Some pushes of each kind. */
    private static MemoryDisk few() {
        MemoryDisk disk = empty();
        use(
                disk,
                queue -> {
                    push(queue, new Batch().add("one").add("").add("three"));
                    push(
                            queue,
                            new Batch()
                                    .add(
                                            Envelope.NONE
                                                    .withKey(new byte[] {1, 2})
                                                    .withTimeMillis(5)
                                                    .withHeaders(
                                                            List.of(
                                                                    new Envelope.Header(
                                                                            "name",
                                                                            java.util.Optional
                                                                                    .empty()))),
                                            new byte[] {7})
                                    .producer(new Producer(77, 1, 3)));
                    push(queue, new Batch().add(new byte[300]).producer(new Producer(78, 0, 0)));
                    queue.commit();
                });
        return disk;
    }

    /** After some laps, in its third epoch. */
    private static MemoryDisk lapped() {
        MemoryDisk disk = empty();
        for (int run = 0; run < 3; run++) {
            int first = run * 60;
            use(
                    disk,
                    queue -> {
                        for (int i = 0; i < 60; i++) {
                            push(
                                    queue,
                                    new Batch()
                                            .add(new byte[700 + i])
                                            .add("text " + i)
                                            .producer(new Producer(77, 0, 2 * (first + i))));
                            if (i % 7 == 0) queue.commit();
                        }
                    });
        }
        return disk;
    }

    private static void push(RotFile queue, Batch batch) {
        try (batch) {
            queue.push(batch);
        }
    }

    private static void use(MemoryDisk disk, java.util.function.Consumer<RotFile> use) {
        try (RotFile queue = RotFile.open(disk, NO_PATH, () -> 2000)) {
            use.accept(queue);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
