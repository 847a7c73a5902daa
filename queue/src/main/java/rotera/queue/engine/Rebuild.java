package rotera.queue.engine;

import static rotera.queue.buffer.LittleEndian.U64;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import rotera.queue.QueueException;
import rotera.queue.buffer.GrowableBuffer;
import rotera.queue.buffer.LittleEndian;
import rotera.queue.disk.Disk;
import rotera.queue.disk.PosixDisk;
import rotera.queue.format.Features;
import rotera.queue.format.HeaderSlot;
import rotera.queue.format.LogPosition;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Registry;
import rotera.queue.format.Ring;
import rotera.queue.format.Slots;
import rotera.queue.format.Superblock;

/**
 * Makes superblocks and headers anew out of the records of the ring: a last resort, for a file that
 * has lost both copies of either.
 *
 * <p>The layout follows from the size of the file. The salt that is mixed into every record's
 * checksum follows from the records: a place that is no record gives a random one, so the one that
 * many places agree on is it.
 */
public final class Rebuild {
    private static final int WINDOW_BYTES = 1 << 20;

    private final Disk disk;
    private final Superblock superblock;
    private final Ring ring;
    private final RecordHeader header = new RecordHeader();

    private Rebuild(Disk disk, Superblock superblock) {
        this.disk = disk;
        this.superblock = superblock;
        this.ring = new Ring(disk, superblock);
    }

    /** Gives a file that was cut or extended its size again: what was cut off reads as zeros. */
    public static void size(Path path, Consumer<String> told) throws IOException {
        long now;
        OptionalLong made;
        try (PosixDisk disk = PosixDisk.open(path, true)) {
            now = disk.size();
            made = Superblock.sizeWhenMade(disk);
        }
        if (made.isEmpty() || made.getAsLong() == now) return;
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(made.getAsLong());
        }
        told.accept(
                "the file has %d bytes instead of %d: %s"
                        .formatted(
                                now,
                                made.getAsLong(),
                                now < made.getAsLong()
                                        ? "messages that lay in the rest are lost"
                                        : "what was added is left out"));
    }

    public static void of(Disk disk, Path path, Consumer<String> told) throws IOException {
        Superblock superblock;
        try {
            superblock = Superblock.read(disk, path);
        } catch (QueueException.NotARotFileException e) {
            superblock = guess(disk, path);
            told.accept(
                    "both superblocks are made anew: the limit of entries and the unique id are lost, and this is another queue for clients that resume");
        }
        settings(disk, superblock, path, told);
        superblock.write(disk);
        Rebuild rebuild = new Rebuild(disk, superblock);
        if (Slots.read(disk, superblock).bothDamaged()) rebuild.headers(path, told);
        disk.force();
    }

    private static void settings(Disk disk, Superblock superblock, Path path, Consumer<String> told)
            throws IOException {
        Registry registry = Registry.read(disk, superblock.salt());
        Features features = superblock.features();
        if (registry.settings().isPresent())
            features = features.and(registry.settings().get().features());
        List<String> unknown = new ArrayList<>(features.refused());
        unknown.addAll(features.onlyRead());
        if (!unknown.isEmpty())
            throw new QueueException.UnsupportedFeatureException(path, String.join(", ", unknown));
        if (registry.settings().isPresent()) {
            for (int copy = 0; copy < 2; copy++) registry.write(copy);
        } else {
            Registry.format(disk, superblock.salt(), "");
            told.accept("both copies of the settings are made anew: the name is lost");
        }
    }

    /** Both headers, leading to the last record of the newest run. */
    private void headers(Path path, Consumer<String> told) throws IOException {
        Last last = new Last();
        forEachRecord(last::see);
        if (last.unknown && Integer.compareUnsigned(last.unknownEpoch, last.epoch) >= 0)
            throw new QueueException.UnsupportedFeatureException(path, last.unknownWords);
        if (last.epoch == 0) throw nothing(path);
        First first = new First(last.end - ring.bytes());
        forEachRecord(first::see);
        LogPosition oldest = new LogPosition(first.id, first.position);
        LogPosition checkpoint = new LogPosition(last.id, last.position);
        HeaderSlot a =
                new HeaderSlot(last.epoch, 2, oldest, checkpoint, last.timeMillis, last.position);
        a.write(disk, superblock.salt());
        a.next(oldest, checkpoint, last.timeMillis, last.position).write(disk, superblock.salt());
        told.accept(
                "both header slots are made anew: records from id %d on were found; the last messages may never have been committed, the first ones may have been evicted, and what was known of producers is lost"
                        .formatted(first.id));
    }

    /** The record of the highest position among those of the newest run. */
    private static final class Last {
        int epoch;
        long id;
        long position;
        long end;
        long timeMillis;

        // The newest record that only a newer version understands.
        boolean unknown;
        int unknownEpoch;
        String unknownWords = "";

        void see(RecordHeader record) {
            if (record.unknown) {
                if (unknown && Integer.compareUnsigned(record.epoch, unknownEpoch) < 0) return;
                unknown = true;
                unknownEpoch = record.epoch;
                unknownWords = record.unknownWords();
                return;
            }
            int order = Integer.compareUnsigned(record.epoch, epoch);
            if (order < 0 || (order == 0 && record.position <= position && end > 0)) return;
            epoch = record.epoch;
            id = record.firstId;
            position = record.position;
            end = record.endPosition();
            timeMillis = record.timeMillis;
        }
    }

    /** The record of the lowest position that the newest run cannot have overwritten. */
    private static final class First {
        final long from;
        long id;
        long position = Long.MAX_VALUE;

        First(long from) {
            this.from = from;
        }

        void see(RecordHeader record) {
            if (record.unknown || record.position < from || record.position >= position) return;
            id = record.firstId;
            position = record.position;
        }
    }

    private void forEachRecord(Consumer<RecordHeader> seen) throws IOException {
        forEachPlace(
                disk,
                superblock,
                (bytes, offset, position) -> {
                    if (header.decode(bytes, offset, position, superblock) || header.unknown)
                        seen.accept(header);
                });
    }

    private interface Place {
        void see(MemorySegment bytes, long offset, long position) throws IOException;
    }

    /** All places of the ring where a record may begin: its position says that it belongs there. */
    private static void forEachPlace(Disk disk, Superblock superblock, Place place)
            throws IOException {
        Ring ring = new Ring(disk, superblock);
        try (GrowableBuffer window = new GrowableBuffer(WINDOW_BYTES + RecordHeader.BYTES)) {
            for (long from = 0; from < ring.bytes(); from += WINDOW_BYTES) {
                long length = Math.min(WINDOW_BYTES, ring.bytes() - from);
                MemorySegment bytes = window.segment().asSlice(0, length + RecordHeader.BYTES);
                ring.read(from, bytes);
                for (long offset = 0; offset < length; offset += 8) {
                    long position = bytes.get(U64, offset + RecordHeader.AT_POSITION);
                    if (position >= 0 && position % ring.bytes() == from + offset)
                        place.see(bytes, offset, position);
                }
            }
        }
    }

    private static Superblock guess(Disk disk, Path path) throws IOException {
        if (disk.size() < Superblock.MIN_FILE_BYTES) throw nothing(path);
        long now = System.currentTimeMillis();
        Superblock layout = Superblock.create(disk.size(), now, UUID.randomUUID(), 0);
        Map<Integer, Integer> salts = new HashMap<>();
        CRC32C crc = new CRC32C();
        forEachPlace(
                disk,
                layout,
                (bytes, offset, position) -> {
                    if (salts.size() > 1_000_000) salts.values().removeIf(count -> count == 1);
                    crc.reset();
                    crc.update(bytes.asSlice(offset + 4, RecordHeader.BYTES - 4).asByteBuffer());
                    int salt = (int) crc.getValue() ^ bytes.get(LittleEndian.U32, offset);
                    salts.merge(salt, 1, Integer::sum);
                });
        int salt =
                salts.entrySet().stream()
                        .filter(entry -> entry.getValue() > 1)
                        .max(Map.Entry.comparingByValue())
                        .orElseThrow(() -> nothing(path))
                        .getKey();
        Superblock found = Superblock.create(disk.size(), now, layout.uniqueId(), salt);
        long[] created = {now};
        new Rebuild(disk, found)
                .forEachRecord(record -> created[0] = Math.min(created[0], record.timeMillis));
        return Superblock.create(disk.size(), created[0], layout.uniqueId(), salt);
    }

    private static QueueException nothing(Path path) {
        return new QueueException.NotARotFileException(
                path + " cannot be repaired: no record was found that could be believed");
    }
}
