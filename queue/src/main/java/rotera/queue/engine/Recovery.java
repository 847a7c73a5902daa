package rotera.queue.engine;

import static rotera.queue.buffer.LittleEndian.U64;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rotera.queue.QueueException;
import rotera.queue.disk.Disk;
import rotera.queue.format.ClockDifference;
import rotera.queue.format.HeaderSlot;
import rotera.queue.format.Index;
import rotera.queue.format.LockOwner;
import rotera.queue.format.LogPosition;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Ring;
import rotera.queue.format.Slots;
import rotera.queue.format.Superblock;

/**
 * Finds the end of a queue: docs/format.md, Recovery. Reads past the mapping, so that a device that
 * cannot be read is an error and never taken for an end. Bounded by the distance of checkpoints,
 * not by the size of the file (I7).
 */
public final class Recovery implements AutoCloseable {
    /** What is looked at behind a bad record in any case: what was read already, mostly. */
    private static final int NEAR_BYTES = Window.BYTES - RecordHeader.BYTES;

    private final Path path;
    private final Disk disk;
    private final Superblock superblock;
    private final Ring ring;
    private final Index index;
    private final Slots slots;
    private final HeaderSlot chosen;
    private final boolean closed;
    private final long limit;

    private final RecordHeader header = new RecordHeader();
    private final ClockDifference difference = new ClockDifference();
    private final Window window;

    private final RecoveredProducers producers;
    private final List<Hole> holes = new ArrayList<>();
    private final List<LogPosition> boundaries = new ArrayList<>();
    private LogPosition end;
    private long bad;
    private long lastMillis;
    private Leftovers leftovers = new Leftovers();

    /**
     * Records that are damaged; reading can go on at {@code to}.
     *
     * @param proven whether they had been committed: else it may be the end that was not finished
     */
    record Hole(LogPosition from, LogPosition to, boolean proven) {}

    private Recovery(
            Path path, Disk disk, Superblock superblock, Ring ring, Index index, Slots slots)
            throws IOException {
        this.path = path;
        this.disk = disk;
        this.superblock = superblock;
        this.ring = ring;
        this.index = index;
        this.slots = slots;
        this.chosen = slots.newest();
        // Nobody has pushed in the first epoch, which the creation begins.
        this.closed = chosen.epoch() == 1 || LockOwner.closedWith(chosen, disk, superblock.salt());
        // Not by its oldest: a newer header, which the device has lost, may have freed that room.
        this.limit =
                chosen.checkpoint().position() + Math.min(ring.bytes(), superblock.walkBytes());
        this.window = new Window(ring);
        this.producers = new RecoveredProducers(superblock);
        this.end = chosen.checkpoint();
        this.lastMillis = chosen.lastMillis();
    }

    public static Recovery of(Disk disk, Superblock superblock, Ring ring, Index index, Path path)
            throws IOException {
        Slots slots = Slots.read(disk, superblock);
        if (slots.bothDamaged()) {
            throw new QueueException.NotARotFileException(
                    path
                            + " cannot be opened: both header slots (bytes 8192 and 12288) are damaged");
        }
        Recovery recovery = new Recovery(path, disk, superblock, ring, index, slots);
        try {
            recovery.rebuildProducers();
            // Nobody has pushed since the queue was closed.
            if (!recovery.closed) recovery.walk();
            return recovery;
        } catch (Throwable e) {
            recovery.close();
            throw e;
        }
    }

    public HeaderSlot chosen() {
        return chosen;
    }

    public Slots slots() {
        return slots;
    }

    /**
     * Whether a newer header than the chosen one may have been in force, and have freed some of
     * what this one keeps: the other slot is damaged, or the last run has written beyond the room
     * that the chosen one frees.
     */
    public boolean newerHeaderMissing() {
        return (slots.oneDamaged() && !closed) || newestHeaderLost();
    }

    /** Whether the device has lost the newest header: of the other slot, or of the same one. */
    boolean newestHeaderLost() {
        return Math.max(end.position(), leftovers.newestTo())
                > chosen.oldest().position() + ring.bytes();
    }

    public LogPosition end() {
        return end;
    }

    public long lastMillis() {
        return lastMillis;
    }

    /** Where the walk met something that is no record. */
    public long bad() {
        return bad;
    }

    /** What lies behind the end. */
    Leftovers leftovers() {
        return leftovers;
    }

    public List<Hole> holes() {
        return holes;
    }

    public RecoveredProducers producers() {
        return producers;
    }

    /**
     * Rebuilds the table of producers as it was at the checkpoint. All records up to there were
     * committed, in this epoch or an earlier one. Whatever is wrong with them costs the table, and
     * nothing else.
     */
    private void rebuildProducers() throws IOException {
        LogPosition until = chosen.checkpoint();
        if (until.position() - chosen.producers() > superblock.walkBytes()) {
            producers.damaged();
            return;
        }
        long id = chosen.oldest().id();
        for (long at = chosen.producers(); at < until.position(); ) {
            if (committedHeaderAt(at, until) && header.firstId >= id) {
                if (header.kind == RecordHeader.PRODUCERS
                        && !window.bodyMatches(header, until.position())) producers.damaged();
                else takeProducers(until.position());
                id = header.endId();
                at = header.endPosition();
            } else {
                producers.damaged();
                at += 8;
            }
        }
    }

    private boolean committedHeaderAt(long position, LogPosition until) throws IOException {
        if (position + RecordHeader.BYTES > until.position()) return false;
        long offset = window.load(position, RecordHeader.BYTES, until.position());
        return window.segment().get(U64, offset + RecordHeader.AT_POSITION) == position
                && header.decode(window.segment(), offset, position, superblock)
                && header.endPosition() <= until.position()
                && header.endId() <= until.id();
    }

    private void takeProducers(long readTo) throws IOException {
        long bytes = header.kind == RecordHeader.PRODUCERS ? header.space() : RecordHeader.BYTES;
        long offset = window.load(header.position, bytes, readTo);
        producers.take(header, window.segment(), offset + RecordHeader.BYTES);
    }

    private void walk() throws IOException {
        LogPosition running = chosen.checkpoint();
        long interval = -1;
        while (true) {
            if (valid(running) && !lacksItsTime(running)) {
                if (running.position() / superblock.intervalBytes() != interval)
                    boundaries.add(running);
                interval = running.position() / superblock.intervalBytes();
                running = new LogPosition(header.endId(), header.endPosition());
                lastMillis = Math.max(lastMillis, header.timeMillis);
                takeProducers(limit);
                if (header.lastPart()) end = running;
            } else {
                Optional<Hole> behind = findBehind(running);
                if (behind.isEmpty()) {
                    bad = running.position();
                    lookBehind();
                    return;
                }
                holes.add(behind.get());
                producers.hole();
                running = behind.get().to();
                if (behind.get().proven()) end = running;
            }
        }
    }

    /** What was written and never committed lies within this distance of the end. */
    private void lookBehind() throws IOException {
        long until =
                Math.min(
                        end.position() + superblock.maxUncommitted(),
                        chosen.checkpoint().position() + ring.bytes());
        leftovers = Leftovers.find(window, superblock, end, bad, until, chosen.epoch());
    }

    private boolean valid(LogPosition at) throws IOException {
        boolean known = headerAt(at.position());
        refuseUnknown(at, at.id());
        if (!known || header.firstId != at.id() || header.endPosition() > limit) return false;
        return window.bodyMatches(header, limit);
    }

    /**
     * Whether the clock's time of a valid record did not reach the disk: a push that was never
     * finished, unless a later record proves that it had been committed.
     */
    private boolean lacksItsTime(LogPosition at) throws IOException {
        if (!header.clocked()) return false;
        long offset = window.load(at.position(), header.space(), limit);
        if (difference
                .clockMillis(
                        header, window.segment(), offset + RecordHeader.BYTES, superblock.salt())
                .isPresent()) return false;
        boolean committed = new Search(at).findsProof();
        headerAt(at.position());
        return !committed;
    }

    /** Nothing may be written behind a record that a newer version has put here. */
    private void refuseUnknown(LogPosition at, long mostId) {
        if (header.unknown
                && header.position == at.position()
                && header.epoch == chosen.epoch()
                && header.firstId >= at.id()
                && header.firstId <= mostId)
            throw new QueueException.UnsupportedFeatureException(path, header.unknownWords());
    }

    private boolean headerAt(long position) throws IOException {
        if (position + RecordHeader.BYTES > limit) return false;
        long offset = window.load(position, RecordHeader.BYTES, limit);
        return header.decode(window.segment(), offset, position, superblock)
                && header.epoch == chosen.epoch();
    }

    /**
     * Up to the first valid record behind a bad one, if a later record proves that what lies here
     * had been committed, or if it is a snapshot of the producers with a valid header: without its
     * body the queue is a prefix of the pushes all the same, and whoever reads steps over it.
     */
    private Optional<Hole> findBehind(LogPosition damaged) throws IOException {
        boolean snapshot =
                headerAt(damaged.position())
                        && !header.holdsMessages()
                        && header.firstId == damaged.id();
        long snapshotEnd = snapshot ? header.endPosition() : -1;
        Search search = new Search(damaged);
        if (search.findsProof()) return Optional.of(new Hole(damaged, search.first(), true));
        LogPosition behind = search.first;
        if (behind == null) return Optional.empty();
        return behind.position() == snapshotEnd
                ? Optional.of(new Hole(damaged, behind, false))
                : Optional.empty();
    }

    /**
     * Looks for records of this epoch behind a bad one. Mostly there are none: it reads what comes
     * next, and further on only intervals of the ring in which the index knows a record. So an
     * opening does not depend on how much of the ring is empty (I7).
     */
    private final class Search {
        private final LogPosition damaged;
        private @Nullable LogPosition first;

        Search(LogPosition damaged) {
            this.damaged = damaged;
        }

        LogPosition first() {
            return Objects.requireNonNull(first);
        }

        /** Whether a record proves that the bad one had been committed. */
        boolean findsProof() throws IOException {
            long near = Math.min(limit, damaged.position() + NEAR_BYTES);
            if (findsProof(damaged.position() + 8, near)) return true;
            long interval = superblock.intervalBytes();
            for (long position : index.positions(near / interval, (limit - 1) / interval)) {
                long end = Math.min(limit, (position / interval + 1) * interval);
                if (findsProof(Math.max(position, near & -8), end)) return true;
            }
            return false;
        }

        /** Looks at what begins in this stretch. */
        private boolean findsProof(long from, long to) throws IOException {
            for (long at = from; at < to && at + RecordHeader.BYTES <= limit; at += 8) {
                long offset = window.load(at, RecordHeader.BYTES, limit);
                if (window.segment().get(U64, offset + RecordHeader.AT_POSITION) != at) continue;
                boolean known = headerAt(at);
                refuseUnknown(new LogPosition(damaged.id(), at), LogPosition.MAX);
                if (!known || header.firstId < damaged.id()) continue;
                if (first == null) first = new LogPosition(header.firstId, at);
                if (at - header.durableLag > damaged.position()) return true;
            }
            return false;
        }
    }

    /**
     * Writes what was found once more, byte for byte, with the index entries that belong to it, and
     * syncs: after a writeback error a page may be clean in memory and not on the disk, and after a
     * kill nobody knows.
     */
    void rewrite(Index index) throws IOException {
        chosen.write(disk, superblock.salt());
        long from = chosen.checkpoint().position();
        for (Hole hole : holes) {
            rewrite(from, hole.from().position());
            from = hole.to().position();
        }
        rewrite(from, end.position());
        for (LogPosition boundary : boundaries) {
            if (boundary.position() < end.position() && headerAt(boundary.position())) {
                index.write(boundary.position(), boundary.id(), header.timeMillis);
            }
        }
        disk.force();
    }

    private void rewrite(long from, long to) throws IOException {
        for (long at = from; at < to; ) {
            long length = Math.min(to - at, Window.BYTES);
            long offset = window.load(at, length, limit);
            ring.write(at, window.segment().asSlice(offset, length));
            at += length;
        }
    }

    @Override
    public void close() {
        window.close();
    }
}
