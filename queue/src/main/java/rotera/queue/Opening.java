package rotera.queue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import rotera.queue.disk.Clock;
import rotera.queue.disk.Disk;

/** What opening a file finds and makes of it: docs/format.md, Recovery. */
final class Opening {
    final Path path;
    final Disk disk;
    final Superblock superblock;
    final Ring ring;
    final Index index;
    final Bounds bounds;
    final Reader reader;

    /** Who is known to have pushed, and where a walk has to begin to find that again. */
    final Producers producers;

    final @Nullable Mark producersBegin;

    /** What was found to be wrong, in words. */
    final List<String> findings;

    /** The header in force. */
    final HeaderSlot header;

    /** Without a clock it is opened to read only, and nothing of the file is changed. */
    Opening(Disk disk, Path path, @Nullable Clock clock) throws IOException {
        this.path = path;
        this.disk = disk;
        this.superblock = Superblock.read(disk, path);
        this.ring = new Ring(disk, superblock);
        this.index = new Index(disk, superblock, ring);
        try (Recovery recovery = Recovery.of(disk, superblock, ring, index, path)) {
            this.findings = findings(recovery);
            this.bounds =
                    new Bounds(recovery.chosen().oldest(), recovery.end(), superblock.entries());
            this.reader = new Reader(ring, superblock, index, bounds, path);
            skipOverwritten(recovery);
            this.producers = recovery.producers().table();
            this.producersBegin = producersBegin(recovery);
            this.header = clock == null ? show(recovery) : begin(recovery, index, clock);
        }
    }

    /** A writer that was killed may have left in the cache what a power cut would take back. */
    private HeaderSlot show(Recovery recovery) throws IOException {
        disk.force();
        return recovery.chosen();
    }

    /**
     * Makes what was found durable and begins a new epoch: nothing that carries it is written
     * before a header that names it is durable, and both slots name it before the first push.
     */
    private HeaderSlot begin(Recovery recovery, Index index, Clock clock) throws IOException {
        recovery.rewrite(index);
        HeaderSlot first =
                recovery.chosen()
                        .nextEpoch(
                                bounds.oldest(),
                                recovery.end(),
                                recovery.lastMillis(),
                                producersBegin == null
                                        ? recovery.end().position()
                                        : producersBegin.position());
        first.write(disk, superblock.salt());
        disk.force();
        HeaderSlot second =
                first.next(
                        first.oldest(), first.checkpoint(), first.lastMillis(), first.producers());
        second.write(disk, superblock.salt());
        WritersNote.write(disk, superblock.salt(), clock.millis());
        disk.force();
        return second;
    }

    /**
     * Where the newer header was damaged, some of what the older one keeps may be overwritten: by
     * what was recovered, and further on by what was not, of which any part may be on the disk.
     */
    private void skipOverwritten(Recovery recovery) {
        if (!recovery.slotDamaged()) return;
        HeaderSlot chosen = recovery.chosen();
        long keptFrom = bounds.committed().position() - ring.bytes();
        bounds.moveOldest(
                reader.firstIntact(
                        Math.max(keptFrom, chosen.oldest().position()),
                        keptFrom + superblock.maxUncommitted(),
                        chosen.oldest(),
                        chosen.checkpoint()));
    }

    private @Nullable Mark producersBegin(Recovery recovery) {
        Mark begin = recovery.producers().begin();
        return begin == null || begin.position() < bounds.oldest().position() ? null : begin;
    }

    private static List<String> findings(Recovery recovery) {
        List<String> findings = new ArrayList<>();
        if (recovery.slotDamaged())
            findings.add("one of the two header slots was damaged; the other led to everything");
        if (!recovery.producers().whole())
            findings.add(
                    "the table of producers is damaged: of pushes that come again, some may be kept twice");
        for (Recovery.Hole hole : recovery.holes()) {
            if (hole.from().id() == hole.to().id()) {
                if (!hole.proven()) continue;
                findings.add(
                        "a snapshot of the producers is damaged (position %d); no message is lost"
                                .formatted(hole.from().position()));
                continue;
            }
            findings.add(
                    "messages %d to %d are damaged (positions %d to %d)"
                            .formatted(
                                    hole.from().id(),
                                    hole.to().id() - 1,
                                    hole.from().position(),
                                    hole.to().position()));
        }
        recovery.unproven()
                .ifPresent(hole ->
                        findings.add(
                                "the queue ends at id %d, but intact records follow a bad one (position %d): a commit that was not finished, or damage; the next push overwrites them, so copy the file first if in doubt"
                                        .formatted(recovery.end().id(), hole.from().position())));
        return List.copyOf(findings);
    }
}
