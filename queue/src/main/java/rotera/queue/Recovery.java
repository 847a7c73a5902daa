package rotera.queue;

import static rotera.queue.Superblock.U64;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import rotera.queue.disk.Disk;

/**
 * Finds the end of a queue: docs/format.md, Recovery. Reads past the mapping, so that a device that
 * cannot be read is an error and never taken for an end. Bounded by the distance of checkpoints,
 * not by the size of the file (I7).
 */
final class Recovery implements AutoCloseable {
    private static final int WINDOW_BYTES = 1 << 20;

    /** What is looked at behind a bad record in any case: what was read already, mostly. */
    private static final int NEAR_BYTES = WINDOW_BYTES - RecordHeader.BYTES;

    private final Path path;
    private final Disk disk;
    private final Superblock superblock;
    private final Ring ring;
    private final Index index;
    private final HeaderSlot chosen;
    private final boolean slotDamaged;
    private final long limit;

    private final RecordHeader header = new RecordHeader();
    private final CRC32C crc = new CRC32C();
    private final Memory window;
    private long windowFrom;
    private long windowBytes;

    private final RecoveredProducers producers;
    private final List<Hole> holes = new ArrayList<>();
    private final List<Mark> boundaries = new ArrayList<>();
    private Optional<Hole> unproven = Optional.empty();
    private Mark end;
    private long lastMillis;

    /**
     * Records that are damaged; reading can go on at {@code to}.
     *
     * @param proven whether they had been committed: else it may be the end that was not finished
     */
    record Hole(Mark from, Mark to, boolean proven) {}

    private Recovery(
            Path path,
            Disk disk,
            Superblock superblock,
            Ring ring,
            Index index,
            HeaderSlot chosen,
            boolean slotDamaged) {
        this.path = path;
        this.disk = disk;
        this.superblock = superblock;
        this.ring = ring;
        this.index = index;
        this.chosen = chosen;
        this.slotDamaged = slotDamaged;
        // The older header's oldest may have been evicted since; what lies behind its checkpoint
        // was not.
        Mark kept = slotDamaged ? chosen.checkpoint() : chosen.oldest();
        this.limit =
                Math.min(
                        kept.position() + ring.bytes(),
                        chosen.checkpoint().position() + superblock.walkBytes());
        this.window =
                new Memory(
                        Math.clamp(
                                limit - chosen.checkpoint().position(),
                                RecordHeader.BYTES,
                                WINDOW_BYTES));
        this.producers = new RecoveredProducers(superblock);
        this.end = chosen.checkpoint();
        this.lastMillis = chosen.lastMillis();
    }

    static Recovery of(Disk disk, Superblock superblock, Ring ring, Index index, Path path)
            throws IOException {
        Optional<HeaderSlot> a = HeaderSlot.read(disk, 0, superblock);
        Optional<HeaderSlot> b = HeaderSlot.read(disk, 1, superblock);
        if (a.isEmpty() && b.isEmpty()) {
            throw new QueueException.NotARotFile(
                    path
                            + " cannot be opened: both header slots (bytes 8192 and 12288) are damaged");
        }
        HeaderSlot newest =
                a.isEmpty()
                        ? b.get()
                        : b.isEmpty() || a.get().sequence() > b.get().sequence()
                                ? a.get()
                                : b.get();
        Recovery recovery =
                new Recovery(
                        path, disk, superblock, ring, index, newest, a.isEmpty() || b.isEmpty());
        try {
            recovery.rebuildProducers();
            recovery.walk();
            return recovery;
        } catch (Throwable e) {
            recovery.close();
            throw e;
        }
    }

    HeaderSlot chosen() {
        return chosen;
    }

    /** Whether only one of the header slots was valid. */
    boolean slotDamaged() {
        return slotDamaged;
    }

    Mark end() {
        return end;
    }

    long lastMillis() {
        return lastMillis;
    }

    /**
     * Where the end was taken to be although an intact record follows, which nothing proves
     * committed.
     */
    Optional<Hole> unproven() {
        return unproven;
    }

    List<Hole> holes() {
        return holes;
    }

    RecoveredProducers producers() {
        return producers;
    }

    /**
     * Rebuilds the table of producers as it was at the checkpoint. All records up to there were
     * committed, in this epoch or an earlier one. Whatever is wrong with them costs the table, and
     * nothing else.
     */
    private void rebuildProducers() throws IOException {
        Mark until = chosen.checkpoint();
        if (until.position() - chosen.producers() > superblock.walkBytes()) {
            producers.damaged();
            return;
        }
        long id = chosen.oldest().id();
        for (long at = chosen.producers(); at < until.position(); ) {
            if (committedHeaderAt(at, until) && header.firstId >= id) {
                if (header.kind == RecordHeader.PRODUCERS && !bodyMatches(until.position()))
                    producers.damaged();
                else takeProducers(until.position());
                id = header.endId();
                at = header.endPosition();
            } else {
                producers.damaged();
                at += 8;
            }
        }
    }

    private boolean committedHeaderAt(long position, Mark until) throws IOException {
        if (position + RecordHeader.BYTES > until.position()) return false;
        long offset = load(position, RecordHeader.BYTES, until.position());
        return window.segment().get(U64, offset + RecordHeader.AT_POSITION) == position
                && header.decode(window.segment(), offset, position, superblock)
                && header.endPosition() <= until.position()
                && header.endId() <= until.id();
    }

    private void takeProducers(long readTo) throws IOException {
        long bytes = header.kind == RecordHeader.PRODUCERS ? header.space() : RecordHeader.BYTES;
        long offset = load(header.position, bytes, readTo);
        producers.take(header, window.segment(), offset + RecordHeader.BYTES);
    }

    private void walk() throws IOException {
        Mark running = chosen.checkpoint();
        long interval = -1;
        while (true) {
            if (valid(running)) {
                if (running.position() / superblock.intervalBytes() != interval)
                    boundaries.add(running);
                interval = running.position() / superblock.intervalBytes();
                running = new Mark(header.endId(), header.endPosition());
                lastMillis = Math.max(lastMillis, header.timeMillis);
                takeProducers(limit);
                if (header.lastPart()) end = running;
            } else {
                Optional<Hole> behind = findBehind(running);
                if (behind.isEmpty()) return;
                holes.add(behind.get());
                producers.hole();
                running = behind.get().to();
                if (behind.get().proven()) end = running;
            }
        }
    }

    private boolean valid(Mark at) throws IOException {
        boolean known = headerAt(at.position());
        refuseUnknown(at, at.id());
        if (!known || header.firstId != at.id() || header.endPosition() > limit) return false;
        return bodyMatches(limit);
    }

    /** Nothing may be written behind a record that a newer version has put here. */
    private void refuseUnknown(Mark at, long mostId) {
        if (header.unknown
                && header.position == at.position()
                && header.epoch == chosen.epoch()
                && header.firstId >= at.id()
                && header.firstId <= mostId)
            throw new QueueException.UnsupportedFeature(path, header.unknownWords());
    }

    private boolean bodyMatches(long readTo) throws IOException {
        long offset = load(header.position, header.space(), readTo) + header.bodyAt();
        crc.reset();
        window.checksum(crc, offset, header.bodyBytes);
        return (int) crc.getValue() == header.bodyChecksum;
    }

    private boolean headerAt(long position) throws IOException {
        if (position + RecordHeader.BYTES > limit) return false;
        long offset = load(position, RecordHeader.BYTES, limit);
        return header.decode(window.segment(), offset, position, superblock)
                && header.epoch == chosen.epoch();
    }

    /**
     * Up to the first valid record behind a bad one, if a later record proves that what lies here
     * had been committed, or if it is a snapshot of the producers with a valid header: without its
     * body the queue is a prefix of the pushes all the same, and whoever reads steps over it.
     */
    private Optional<Hole> findBehind(Mark damaged) throws IOException {
        boolean snapshot =
                headerAt(damaged.position())
                        && !header.holdsMessages()
                        && header.firstId == damaged.id();
        long snapshotEnd = snapshot ? header.endPosition() : -1;
        Search search = new Search(damaged);
        if (search.findsProof()) return Optional.of(new Hole(damaged, search.first(), true));
        Mark behind = search.first;
        if (behind == null) return Optional.empty();
        Hole hole = new Hole(damaged, behind, false);
        if (behind.position() == snapshotEnd) return Optional.of(hole);
        unproven = Optional.of(hole);
        return Optional.empty();
    }

    /**
     * Looks for records of this epoch behind a bad one. Mostly there are none: it reads what comes
     * next, and further on only intervals of the ring in which the index knows a record. So an
     * opening does not depend on how much of the ring is empty (I7).
     */
    private final class Search {
        private final Mark damaged;
        private @Nullable Mark first;

        Search(Mark damaged) {
            this.damaged = damaged;
        }

        Mark first() {
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
                long offset = load(at, RecordHeader.BYTES, limit);
                if (window.segment().get(U64, offset + RecordHeader.AT_POSITION) != at) continue;
                boolean known = headerAt(at);
                refuseUnknown(new Mark(damaged.id(), at), Mark.MOST);
                if (!known || header.firstId < damaged.id()) continue;
                if (first == null) first = new Mark(header.firstId, at);
                if (at - header.durableLag > damaged.position()) return true;
            }
            return false;
        }
    }

    /**
     * Makes this stretch of the ring part of the window, which ends at {@code readTo} at the
     * latest; returns where in the window it begins.
     */
    private long load(long position, long length, long readTo) throws IOException {
        if (position < windowFrom || position + length > windowFrom + windowBytes) {
            window.ensure(length, 0);
            windowFrom = position;
            windowBytes = Math.min(window.bytes(), readTo - position);
            ring.read(position, window.segment().asSlice(0, windowBytes));
        }
        return position - windowFrom;
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
        for (Mark boundary : boundaries) {
            if (boundary.position() < end.position() && headerAt(boundary.position())) {
                index.write(boundary.position(), boundary.id(), header.timeMillis);
            }
        }
        disk.force();
    }

    private void rewrite(long from, long to) throws IOException {
        for (long at = from; at < to; ) {
            long length = Math.min(to - at, WINDOW_BYTES);
            long offset = load(at, length, limit);
            ring.write(at, window.segment().asSlice(offset, length));
            at += length;
        }
    }

    @Override
    public void close() {
        window.close();
    }
}
