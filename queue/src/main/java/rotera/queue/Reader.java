package rotera.queue;

import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Reads without locks, beside a writer that overwrites. The rule: load {@code oldest}, then {@code
 * committed}; copy; load {@code oldest} again; only if it has not passed what was copied is the
 * copy judged (docs/format.md, Reading). So a reader never delays the writer (I6), and what it
 * returns was committed, complete and byte-exact (I2). Thread-safe; each {@link Messages} belongs
 * to one thread.
 */
final class Reader {
    /** Who wants this few messages gets this much copied at first. */
    private static final int FEW_MESSAGES = 16;

    private static final int FEW_BYTES = 4096;

    private final Ring ring;
    private final Superblock superblock;
    private final Index index;
    private final Bounds bounds;
    private final Path path;

    Reader(Ring ring, Superblock superblock, Index index, Bounds bounds, Path path) {
        this.ring = ring;
        this.superblock = superblock;
        this.index = index;
        this.bounds = bounds;
        this.path = path;
    }

    int read(long id, long most, Messages into) {
        while (true) {
            Mark oldest = bounds.oldest();
            Mark committed = bounds.committed();
            long start = Math.max(id, bounds.oldestId(oldest, committed));
            if (most == 0) return into.empty(id, 0);
            // All may be evicted while the push that needs the room is not committed.
            if (start >= committed.id()) return into.empty(start, start - id);
            boolean goesOn = into.source == this && start == into.nextId() && start == id;
            if (!goesOn || into.rest() == 0) {
                boolean known = goesOn && into.resume.position() >= oldest.position();
                // Where looking for another record fails, its header no longer fits to resume.
                if (!known) into.source = null;
                Mark record = known ? into.resume : locate(start, oldest, committed, into.header);
                if (record.position() < oldest.position()
                        || !fill(start, most, record, committed, into)) continue;
            }
            into.window(most, start - id);
            return into.count();
        }
    }

    /**
     * Where the record with this message begins; a place before {@code oldest} if it was
     * overwritten meanwhile.
     */
    private Mark locate(long id, Mark oldest, Mark committed, RecordHeader header) {
        header.beginWalk();
        Mark at = index.floor(Index.BY_ID, id, oldest, committed, header);
        while (at.position() < committed.position()) {
            boolean valid = isRecord(at, committed, header) && header.mayFollow();
            if (overwritten(at.position())) return new Mark(at.id(), -1);
            if (!valid) {
                refuseUnknown(at, header);
                Mark behind = findNext(at, committed, header);
                if (overwritten(at.position())) return new Mark(at.id(), -1);
                if (behind.id() > id) throw corrupt(at, behind, "no valid record header");
                at = behind;
            } else if (header.endId() > id) {
                return at;
            } else {
                header.pass();
                at = new Mark(header.endId(), header.endPosition());
            }
        }
        throw corrupt(at, committed, "the records end before the committed end");
    }

    /**
     * Copies a stretch of the ring that begins with a record, and checks it. False if it was
     * overwritten meanwhile.
     */
    private boolean fill(long start, long most, Mark begin, Mark committed, Messages into) {
        Mark from = begin;
        do {
            into.source = null;
            into.clearParts();
            long available = committed.position() - from.position();
            if (available <= 0)
                throw corrupt(
                        new Mark(start, from.position()),
                        committed,
                        "the records end before the committed end");
            long length = Math.min(available, most < FEW_MESSAGES ? FEW_BYTES : into.limitBytes());
            copy(from, 0, length, into);
            if (overwritten(from.position())) return false;
            if (!nextAt(from, 0, committed, into))
                return fillBehindDamage(start, most, from, committed, into);
            if (into.header.holdsMessages() && into.header.space() > length) {
                long copied = length;
                length = into.header.space();
                copy(from, copied, length, into);
                if (overwritten(from.position())) return false;
            }
            into.resume = addRecords(from, length, committed, into);
            if (into.resume.equals(from))
                return fillBehindDamage(start, most, from, committed, into);
            from = into.resume;
        } while (into.isEmpty());
        into.source = this;
        into.standAtFirstPart();
        into.drop(start - into.nextId());
        return true;
    }

    /** Adds what was copied as far as it is whole and intact; returns the end of it. */
    private Mark addRecords(Mark from, long length, Mark committed, Messages into) {
        RecordHeader header = into.header;
        Mark at = from;
        for (long offset = 0;
                offset + RecordHeader.BYTES <= length && nextAt(at, offset, committed, into); ) {
            Mark behind = new Mark(header.endId(), header.endPosition());
            if (header.holdsMessages()) {
                if (offset + header.space() > length) break;
                if (!bodyAt(offset, into)) {
                    if (offset == 0)
                        throw corrupt(at, behind, "the body does not match its checksum");
                    break;
                }
                into.addPart(header, offset + header.bodyAt(), shownMillis(offset, into));
            }
            header.pass();
            offset += header.space();
            at = behind;
        }
        return at;
    }

    /** What the clock showed at the push; if that cannot be read, the time that gives the order. */
    private long shownMillis(long offset, Messages into) {
        RecordHeader header = into.header;
        if (!header.clocked()) return header.timeMillis;
        return into.difference
                .clockMillis(
                        header,
                        into.memory.segment(),
                        offset + RecordHeader.BYTES,
                        superblock.salt())
                .orElse(header.timeMillis);
    }

    private boolean fillBehindDamage(
            long start, long most, Mark damaged, Mark committed, Messages into) {
        refuseUnknown(damaged, into.header);
        Mark behind = findNext(damaged, committed, into.header);
        if (overwritten(damaged.position())) return false;
        // Without messages it was a snapshot of the producers, which no reader needs.
        if (behind.id() == damaged.id()) return fill(start, most, behind, committed, into);
        throw corrupt(damaged, behind, "no valid record header");
    }

    /** Copies {@code length} bytes, of which the first {@code copied} are there already. */
    private void copy(Mark from, long copied, long length, Messages into) {
        into.memory.ensure(length, copied);
        ring.copy(from.position() + copied, into.memory.segment(), copied, length - copied);
    }

    /**
     * Whether {@code oldest} has passed a position whose bytes were just copied: then they may be
     * anything.
     */
    private boolean overwritten(long position) {
        VarHandle.loadLoadFence();
        return bounds.oldest().position() > position;
    }

    /** Whether a record with a fitting header lies here, and may follow the one before it. */
    private boolean nextAt(Mark at, long offset, Mark committed, Messages into) {
        return headerAt(at, offset, committed, into) && into.header.mayFollow();
    }

    private boolean headerAt(Mark at, long offset, Mark committed, Messages into) {
        return into.header.decode(into.memory.segment(), offset, at.position(), superblock)
                && follows(into.header, at, committed);
    }

    /** Whether a record with a fitting header lies here in the ring, before the committed end. */
    private boolean isRecord(Mark at, Mark committed, RecordHeader header) {
        return header.decode(ring, at.position(), superblock) && follows(header, at, committed);
    }

    private static boolean follows(RecordHeader header, Mark at, Mark committed) {
        return header.firstId == at.id()
                && header.endPosition() <= committed.position()
                && header.endId() <= committed.id();
    }

    private boolean bodyAt(long offset, Messages into) {
        RecordHeader header = into.header;
        into.crc.reset();
        into.memory.checksum(into.crc, offset + header.bodyAt(), header.bodyBytes);
        return (int) into.crc.getValue() == header.bodyChecksum
                && switch (header.kind) {
                    case RecordHeader.MESSAGES -> into.wellFormed(header, offset + header.bodyAt());
                    case RecordHeader.PRODUCERS ->
                            ProducersSnapshot.wellFormed(
                                    into.memory.segment(),
                                    offset + RecordHeader.BYTES,
                                    header.bodyBytes);
                    default -> true;
                };
    }

    /** A record that a newer version has put here is no damage. */
    private void refuseUnknown(Mark at, RecordHeader header) {
        if (header.unknown && header.position == at.position() && header.firstId == at.id())
            throw new QueueException.UnsupportedFeatureException(path, header.unknownWords());
    }

    /** The first record behind a damaged one; the committed end if there is none. */
    Mark findNext(Mark damaged, Mark committed, RecordHeader header) {
        for (long at = damaged.position() + 8; at < committed.position(); at += 8) {
            if (ring.word(at + RecordHeader.AT_POSITION) == at
                    && header.decode(ring, at, superblock)
                    && header.firstId >= damaged.id()
                    && header.endId() <= committed.id()
                    && header.mayFollow()) {
                return new Mark(header.firstId, at);
            }
        }
        return committed;
    }

    /** The first message of this order time or a later one; the committed end if there is none. */
    long idAtTime(long millis) {
        RecordHeader header = new RecordHeader();
        while (true) {
            Mark oldest = bounds.oldest();
            Mark committed = bounds.committed();
            Mark at = index.floor(Index.BY_TIME, millis - 1, oldest, committed, header);
            while (at.position() < committed.position()) {
                boolean valid = isRecord(at, committed, header);
                Mark behind =
                        valid
                                ? new Mark(header.endId(), header.endPosition())
                                : findNext(at, committed, header);
                if (overwritten(at.position())) break;
                if (valid && header.timeMillis >= millis) return at.id();
                at = behind;
            }
            if (at.position() >= committed.position()) return committed.id();
        }
    }

    /**
     * When a committed message was pushed, by the clock; empty if it was overwritten meanwhile, or
     * is damaged.
     */
    Optional<Instant> timeOf(long id) {
        RecordHeader header = new RecordHeader();
        try {
            Mark at = locate(id, bounds.oldest(), bounds.committed(), header);
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

    /**
     * The first record boundary at or behind a position, but not behind {@code limit}, which is
     * one. Called by the writer: nothing is overwritten.
     */
    Mark boundary(long position, Mark limit, Mark oldest, Mark committed, RecordHeader header) {
        if (position >= limit.position()) return limit;
        Mark at = index.floor(Index.BY_POSITION, position, oldest, committed, header);
        while (at.position() < position) {
            boolean valid = isRecord(at, committed, header);
            if (!valid) refuseUnknown(at, header);
            at =
                    valid
                            ? new Mark(header.endId(), header.endPosition())
                            : findNext(at, committed, header);
        }
        return at.position() >= limit.position() ? limit : at;
    }

    /**
     * The first record at or behind {@code from} from which on all are intact, as far as they begin
     * before {@code until}; {@code limit}, a boundary, if there is none before it.
     */
    Mark firstIntact(long from, long until, Mark oldest, Mark limit) {
        RecordHeader header = new RecordHeader();
        Mark at = boundary(from, limit, oldest, limit, header);
        Mark first = at;
        try (Messages scratch = new Messages()) {
            while (at.position() < Math.min(until, limit.position())) {
                if (intact(at, limit, scratch)) {
                    at = new Mark(scratch.header.endId(), scratch.header.endPosition());
                } else {
                    Mark behind = findNext(at, limit, header);
                    // A damaged snapshot of the producers takes no messages with it.
                    if (behind.id() > at.id()) first = behind;
                    at = behind;
                }
            }
        }
        return first;
    }

    private boolean intact(Mark at, Mark limit, Messages scratch) {
        copy(at, 0, RecordHeader.BYTES, scratch);
        if (!headerAt(at, 0, limit, scratch)) return false;
        copy(at, RecordHeader.BYTES, scratch.header.space(), scratch);
        return bodyAt(0, scratch);
    }

    /**
     * Tells the positions of all damaged records without messages, and of all records whose clock's
     * time is damaged: what costs no message.
     */
    void checkHarmless(LongConsumer withoutMessages, LongConsumer clock) {
        Mark committed = bounds.committed();
        Mark at = bounds.oldest();
        RecordHeader header = new RecordHeader();
        ClockDifference difference = new ClockDifference();
        try (Messages scratch = new Messages()) {
            while (at.position() < committed.position()) {
                boolean valid = isRecord(at, committed, header);
                Mark behind =
                        valid
                                ? new Mark(header.endId(), header.endPosition())
                                : findNext(at, committed, header);
                boolean intact =
                        valid
                                ? header.holdsMessages() || intact(at, committed, scratch)
                                : behind.id() > at.id();
                boolean clockIntact =
                        !valid
                                || !header.clocked()
                                || difference
                                        .clockMillis(header, ring, superblock.salt())
                                        .isPresent();
                if (overwritten(at.position())) {
                    at = bounds.oldest();
                    continue;
                }
                if (!intact) withoutMessages.accept(at.position());
                if (!clockIntact) clock.accept(at.position());
                at = behind;
            }
        }
    }

    private QueueException.CorruptMessageException corrupt(Mark damaged, Mark behind, String why) {
        return new QueueException.CorruptMessageException(
                damaged.id(), behind.id(), path, damaged.position(), why);
    }
}
