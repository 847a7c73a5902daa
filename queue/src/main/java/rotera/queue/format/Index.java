package rotera.queue.format;

import static rotera.queue.buffer.LittleEndian.U32;
import static rotera.queue.buffer.LittleEndian.U64;
import static rotera.queue.format.Superblock.INDEX_ENTRY_BYTES;
import static rotera.queue.format.Superblock.INDEX_OFFSET;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;
import rotera.queue.disk.Disk;

/**
 * Hints where records begin, one for each interval of the ring: docs/format.md, Index. An entry is
 * believed only if the record header that it points at agrees, so a missing, stale or damaged one
 * costs a longer walk and nothing else. Thread-safe; writes are ordered by the caller.
 */
public final class Index {
    /** Fields of an entry that never decrease along the ring, to search by. */
    public static final long BY_POSITION = 8;

    public static final long BY_ID = 16;
    public static final long BY_TIME = 24;

    private final Disk disk;
    private final MemorySegment map;
    private final Superblock superblock;
    private final Ring ring;

    public Index(Disk disk, Superblock superblock, Ring ring) {
        this.disk = disk;
        this.map = disk.map();
        this.superblock = superblock;
        this.ring = ring;
    }

    public long interval(long position) {
        return position / superblock.intervalBytes();
    }

    /**
     * The last known record within {@code [oldest, committed)} whose key is at most {@code most};
     * {@code oldest} if none is known. {@code scratch} is overwritten.
     */
    public LogPosition floor(
            long key, long most, LogPosition oldest, LogPosition committed, RecordHeader scratch) {
        LogPosition best = oldest;
        long low = interval(oldest.position());
        long high = interval(committed.position());
        byte[] entry = new byte[INDEX_ENTRY_BYTES];
        MemorySegment view = MemorySegment.ofArray(entry);
        while (low <= high) {
            long middle = (low + high) >>> 1;
            long found = lastKnown(low, middle, oldest, committed, view, scratch);
            if (found < 0) {
                low = middle + 1;
            } else if (view.get(U64, key) <= most) {
                best = new LogPosition(view.get(U64, BY_ID), view.get(U64, BY_POSITION));
                low = middle + 1;
            } else {
                high = found - 1;
            }
        }
        return best;
    }

    /**
     * The highest interval from {@code high} down to {@code low} with an entry to believe, which is
     * left in {@code entry}; -1 if none.
     */
    private long lastKnown(
            long low,
            long high,
            LogPosition oldest,
            LogPosition committed,
            MemorySegment entry,
            RecordHeader scratch) {
        for (long interval = high; interval >= low; interval--) {
            if (load(interval, entry)
                    && entry.get(U64, BY_POSITION) >= oldest.position()
                    && entry.get(U64, BY_POSITION) < committed.position()
                    && entry.get(U64, BY_ID) >= oldest.id()
                    && entry.get(U64, BY_ID) <= committed.id()
                    && scratch.decode(ring, entry.get(U64, BY_POSITION), superblock)
                    && scratch.firstId == entry.get(U64, BY_ID)
                    && scratch.timeMillis == entry.get(U64, BY_TIME)) {
                return interval;
            }
        }
        return -1;
    }

    /**
     * Where the first records of these intervals begin, as far as it is known, in order. Reads past
     * the mapping, so that a failing device is an exception.
     */
    public long[] positions(long first, long last) throws IOException {
        LongStream.Builder positions = LongStream.builder();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment entry = arena.allocate(INDEX_ENTRY_BYTES, 8);
            for (long interval = first; interval <= last; interval++) {
                disk.read(offset(interval), entry);
                if (isOf(interval, entry)) positions.add(entry.get(U64, BY_POSITION));
            }
        }
        return positions.build().toArray();
    }

    /** Where in the file the entries are that were written and do not match their checksum. */
    public List<Long> damaged() {
        MemorySegment entry = MemorySegment.ofArray(new byte[INDEX_ENTRY_BYTES]);
        MemorySegment zeros = MemorySegment.ofArray(new byte[INDEX_ENTRY_BYTES]);
        List<Long> damaged = new ArrayList<>();
        for (long interval = 0; interval < ring.bytes() / superblock.intervalBytes(); interval++) {
            MemorySegment.copy(map, offset(interval), entry, 0, INDEX_ENTRY_BYTES);
            if (entry.get(U32, 0) != checksum(entry) && entry.mismatch(zeros) >= 0)
                damaged.add(offset(interval));
        }
        return damaged;
    }

    private boolean load(long interval, MemorySegment entry) {
        MemorySegment.copy(map, offset(interval), entry, 0, INDEX_ENTRY_BYTES);
        return isOf(interval, entry);
    }

    private boolean isOf(long interval, MemorySegment entry) {
        return entry.get(U32, 0) == checksum(entry)
                && interval(entry.get(U64, BY_POSITION)) == interval;
    }

    /** Notes the first record that begins in its interval. */
    public void write(long position, long firstId, long timeMillis) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment entry = arena.allocate(INDEX_ENTRY_BYTES, 8);
            entry.set(U64, BY_POSITION, position);
            entry.set(U64, BY_ID, firstId);
            entry.set(U64, BY_TIME, timeMillis);
            entry.set(U32, 0, checksum(entry));
            disk.write(offset(interval(position)), entry);
        }
    }

    private long offset(long interval) {
        return INDEX_OFFSET
                + interval % (ring.bytes() / superblock.intervalBytes()) * INDEX_ENTRY_BYTES;
    }

    private int checksum(MemorySegment entry) {
        CRC32C crc = new CRC32C();
        crc.update(entry.toArray(ValueLayout.JAVA_BYTE), 4, INDEX_ENTRY_BYTES - 4);
        return (int) crc.getValue() ^ superblock.salt();
    }
}
