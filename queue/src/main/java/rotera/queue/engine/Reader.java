package rotera.queue.engine;

import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import rotera.queue.QueueException;
import rotera.queue.format.ClockDifference;
import rotera.queue.format.Index;
import rotera.queue.format.LogPosition;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Ring;
import rotera.queue.format.Superblock;
import rotera.queue.record.RecordBuffer;

/**
 * Reads without locks, beside a writer that overwrites. The rule: load {@code oldest}, then {@code
 * committed}; copy; load {@code oldest} again; only if it has not passed what was copied is the
 * copy judged (docs/format.md, Reading). So a reader never delays the writer (I6), and what it
 * returns was committed, complete and byte-exact (I2). Thread-safe; each {@link RecordBuffer}
 * belongs to one thread.
 */
public final class Reader {
    /** Who wants this few messages gets this much copied at first. */
    private static final int FEW_MESSAGES = 16;

    private static final int FEW_BYTES = 4096;

    private final Ring ring;
    private final Superblock superblock;
    private final Index index;
    private final ReadableRange bounds;
    private final Path path;

    public Reader(Ring ring, Superblock superblock, Index index, ReadableRange bounds, Path path) {
        this.ring = ring;
        this.superblock = superblock;
        this.index = index;
        this.bounds = bounds;
        this.path = path;
    }

    public int read(long id, long most, RecordBuffer into) {
        try {
            return tryRead(id, most, into);
        } catch (InternalError e) {
            throw new QueueException.StorageException(
                    "cannot read "
                            + path
                            + " near message "
                            + id
                            + ": the device failed, or the file was cut",
                    e);
        }
    }

    private int tryRead(long id, long most, RecordBuffer into) {
        while (true) {
            LogPosition oldest = bounds.oldest();
            LogPosition committed = bounds.committed();
            long start = Math.max(id, bounds.oldestId(oldest, committed));
            if (most == 0) return into.empty(id, 0);
            // All may be evicted while the push that needs the room is not committed.
            if (start >= committed.id()) return into.empty(start, start - id);
            boolean goesOn = into.isOf(this) && start == into.nextId() && start == id;
            if (!goesOn || into.rest() == 0) {
                boolean known = goesOn && into.resume().position() >= oldest.position();
                // Where looking for another record fails, its header no longer fits to resume.
                if (!known) into.disown();
                LogPosition record =
                        known ? into.resume() : locate(start, oldest, committed, into.header());
                if (record.position() < oldest.position()
                        || !fill(start, most, record, committed, into)) continue;
            }
            into.show(most, start - id);
            return into.count();
        }
    }

    /**
     * Where the record with this message begins; a place before {@code oldest} if it was
     * overwritten meanwhile.
     */
    private LogPosition locate(
            long id, LogPosition oldest, LogPosition committed, RecordHeader header) {
        header.beginWalk();
        RecordWalker walker = new RecordWalker(ring, superblock, path, header);
        walker.begin(index.floor(Index.BY_ID, id, oldest, committed, header), committed);
        while (!walker.atEnd()) {
            boolean valid = walker.look();
            if (overwritten(walker.position())) return new LogPosition(walker.id(), -1);
            if (valid && header.endId() > id) return walker.at();
            if (valid) {
                walker.step();
            } else {
                LogPosition damaged = walker.at();
                walker.refuseUnknown();
                walker.step();
                if (overwritten(damaged.position())) return new LogPosition(damaged.id(), -1);
                if (walker.id() > id) throw corrupt(damaged, walker.at(), "no valid record header");
            }
        }
        throw corrupt(walker.at(), committed, "the records end before the committed end");
    }

    /**
     * Copies a stretch of the ring that begins with a record, and checks it. False if it was
     * overwritten meanwhile.
     */
    private boolean fill(
            long start, long most, LogPosition begin, LogPosition committed, RecordBuffer into) {
        LogPosition from = begin;
        do {
            into.clear();
            long available = committed.position() - from.position();
            if (available <= 0)
                throw corrupt(
                        new LogPosition(start, from.position()),
                        committed,
                        "the records end before the committed end");
            long length = Math.min(available, most < FEW_MESSAGES ? FEW_BYTES : into.limitBytes());
            into.copy(ring, from.position(), 0, length);
            if (overwritten(from.position())) return false;
            if (!nextAt(from, 0, committed, into))
                return fillBehindDamage(start, most, from, committed, into);
            if (into.header().holdsMessages() && into.header().space() > length) {
                long copied = length;
                length = into.header().space();
                into.copy(ring, from.position(), copied, length);
                if (overwritten(from.position())) return false;
            }
            LogPosition behind = addRecords(from, length, committed, into);
            if (behind.equals(from)) return fillBehindDamage(start, most, from, committed, into);
            from = behind;
        } while (into.isEmpty());
        into.own(this, from);
        into.begin(start);
        return true;
    }

    /** Adds what was copied as far as it is whole and intact; returns the end of it. */
    private LogPosition addRecords(
            LogPosition from, long length, LogPosition committed, RecordBuffer into) {
        RecordHeader header = into.header();
        LogPosition at = from;
        for (long offset = 0;
                offset + RecordHeader.BYTES <= length && nextAt(at, offset, committed, into); ) {
            LogPosition behind = new LogPosition(header.endId(), header.endPosition());
            if (header.holdsMessages()) {
                if (offset + header.space() > length) break;
                if (!into.bodyIntact(offset)) {
                    if (offset == 0)
                        throw corrupt(at, behind, "the body does not match its checksum");
                    break;
                }
                into.add(offset, superblock.salt());
            }
            header.pass();
            offset += header.space();
            at = behind;
        }
        return at;
    }

    private boolean fillBehindDamage(
            long start, long most, LogPosition damaged, LogPosition committed, RecordBuffer into) {
        RecordWalker walker = new RecordWalker(ring, superblock, path, into.header());
        walker.begin(damaged, committed);
        walker.refuseUnknown();
        walker.step();
        LogPosition behind = walker.at();
        if (overwritten(damaged.position())) return false;
        // Without messages it was a snapshot of the producers, which no reader needs.
        if (behind.id() == damaged.id()) return fill(start, most, behind, committed, into);
        throw corrupt(damaged, behind, "no valid record header");
    }

    /**
     * Whether {@code oldest} has passed a position whose bytes were just copied: then they may be
     * anything.
     */
    private boolean overwritten(long position) {
        VarHandle.loadLoadFence();
        return bounds.oldest().position() > position;
    }

    /** Whether a record with a valid header was copied here, and may follow the one before it. */
    private boolean nextAt(LogPosition at, long offset, LogPosition committed, RecordBuffer into) {
        return into.decode(offset, at.position(), superblock)
                && RecordWalker.fits(into.header(), at.id(), committed)
                && into.header().mayFollow();
    }

    /** The first message of this order time or a later one; the committed end if there is none. */
    public long idAtTime(long millis) {
        while (true) {
            long id = findTime(millis);
            if (id >= 0) return id;
        }
    }

    /** The same, or -1 if what it looked at was overwritten meanwhile. */
    private long findTime(long millis) {
        RecordHeader header = new RecordHeader();
        RecordWalker walker = new RecordWalker(ring, superblock, path, header);
        LogPosition oldest = bounds.oldest();
        LogPosition committed = bounds.committed();
        walker.begin(index.floor(Index.BY_TIME, millis - 1, oldest, committed, header), committed);
        while (!walker.atEnd()) {
            long at = walker.position();
            boolean found = walker.look() && header.timeMillis >= millis;
            if (!found) walker.step();
            if (overwritten(at)) return -1;
            if (found) return walker.id();
        }
        return committed.id();
    }

    /**
     * When a committed message was pushed, by the clock; empty if it was overwritten meanwhile, or
     * is damaged.
     */
    public Optional<Instant> timeOf(long id) {
        RecordHeader header = new RecordHeader();
        try {
            LogPosition at = locate(id, bounds.oldest(), bounds.committed(), header);
            long millis =
                    header.clocked() && at.position() >= 0
                            ? new ClockDifference()
                                    .clockMillis(header, ring, superblock.salt())
                                    .orElse(header.timeMillis)
                            : header.timeMillis;
            return at.position() < 0 || overwritten(at.position())
                    ? Optional.empty()
                    : Optional.of(Instant.ofEpochMilli(millis));
        } catch (QueueException.CorruptMessageException e) {
            return Optional.empty();
        }
    }

    private QueueException.CorruptMessageException corrupt(
            LogPosition damaged, LogPosition behind, String why) {
        return new QueueException.CorruptMessageException(
                damaged.id(), behind.id(), path, damaged.position(), why);
    }
}
