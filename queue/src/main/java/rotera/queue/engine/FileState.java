package rotera.queue.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rotera.queue.QueueException;
import rotera.queue.disk.Clock;
import rotera.queue.disk.Disk;
import rotera.queue.format.Features;
import rotera.queue.format.HeaderSlot;
import rotera.queue.format.Index;
import rotera.queue.format.LockOwner;
import rotera.queue.format.LogPosition;
import rotera.queue.format.ProducerTable;
import rotera.queue.format.Registry;
import rotera.queue.format.Ring;
import rotera.queue.format.Settings;
import rotera.queue.format.Superblock;

/** What opening a file finds and makes of it: docs/format.md, Recovery. */
public final class FileState {
    private static final long MOST_AHEAD_MILLIS = 60_000;

    public final Path path;
    public final Disk disk;
    public final Superblock superblock;
    public final Registry registry;
    public final Ring ring;
    public final Index index;
    public final ReadableRange bounds;
    public final Reader reader;
    final RecordBoundaries boundaries;

    /** Who is known to have pushed, and where a walk has to begin to find that again. */
    public final ProducerTable producers;

    public final @Nullable LogPosition producersBegin;

    /** What to know of the file although nothing of it is damaged, in words. */
    public final List<String> warnings;

    /** What was found to be wrong, in words, and the warnings. */
    public final List<String> findings;

    /** Intact messages behind the end, which do not count. */
    public final long unfinished;

    public final long openedMillis;

    /** The header in force. */
    public final HeaderSlot header;

    /** Makes an empty queue of a disk full of zeros. */
    public static void format(Disk disk, Superblock superblock, String name, long firstId)
            throws IOException {
        superblock.write(disk);
        Registry.format(disk, superblock.salt(), name);
        LogPosition begin = new LogPosition(firstId, 0);
        new HeaderSlot(1, 1, begin, begin, superblock.createdMillis(), 0)
                .write(disk, superblock.salt());
        new HeaderSlot(1, 2, begin, begin, superblock.createdMillis(), 0)
                .write(disk, superblock.salt());
        disk.force();
    }

    /** A queue without a name, whose ids begin at 0. */
    public static void format(Disk disk, Superblock superblock) throws IOException {
        format(disk, superblock, "", 0);
    }

    /** Without a clock it is opened to read only, and nothing of the file is changed. */
    public FileState(Disk disk, Path path, @Nullable Clock clock) throws IOException {
        this.path = path;
        long nowMillis = (clock == null ? Clock.SYSTEM : clock).millis();
        this.openedMillis = nowMillis;
        this.disk = disk;
        this.superblock = Superblock.read(disk, path);
        this.registry = Registry.read(disk, superblock.salt());
        refuseUnknown();
        this.ring = new Ring(disk, superblock);
        this.index = new Index(disk, superblock, ring);
        try (Recovery recovery = Recovery.of(disk, superblock, ring, index, path)) {
            this.warnings = warnings(recovery, nowMillis);
            this.findings = findings(recovery, clock != null && onlyRead().isEmpty());
            this.unfinished = isBehindBad(recovery) ? recovery.leftovers().messages() : 0;
            this.bounds =
                    new ReadableRange(
                            recovery.chosen().oldest(), recovery.end(), superblock.entries());
            this.reader = new Reader(ring, superblock, index, bounds, path);
            this.boundaries = new RecordBoundaries(ring, superblock, index, path);
            skipOverwritten(recovery);
            this.producers = recovery.producers().table();
            this.producersBegin = producersBegin(recovery);
            this.header =
                    clock == null || onlyRead().isPresent() ? show(recovery) : begin(recovery);
        }
    }

    /** A file that a newer version has made use of in a way that this one would not understand. */
    private void refuseUnknown() {
        List<String> refused = features().refused();
        if (!refused.isEmpty())
            throw new QueueException.UnsupportedFeatureException(path, String.join(", ", refused));
    }

    private Features features() {
        return superblock
                .features()
                .and(registry.settings().map(Settings::features).orElse(Features.NONE));
    }

    /** Why nothing of this file may be changed; mostly empty. */
    public Optional<String> onlyRead() {
        Optional<Settings> settings = registry.settings();
        if (settings.isEmpty())
            return Optional.of(
                    path
                            + " is open for reading only: both copies of its settings (bytes 20480 and 28672) are damaged; rotera repair makes a sound copy");
        List<String> unknown = new ArrayList<>(features().onlyRead());
        if (unknown.isEmpty() && settings.get().whenFull() != 0)
            unknown.add("when-full=" + settings.get().whenFull());
        return unknown.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "%s is open for reading only: it makes use of %s, which this version does not know; use a newer Rotera"
                                .formatted(path, String.join(", ", unknown)));
    }

    /** Empty without one. */
    public String name() {
        return registry.settings().map(Settings::name).orElse("");
    }

    /** A writer that was killed may have left in the cache what a power cut would take back. */
    private HeaderSlot show(Recovery recovery) throws IOException {
        disk.force();
        return recovery.chosen();
    }

    /**
     * Makes what was found durable and begins a new epoch: nothing that carries it is written
     * before a header that names it is durable, and both slots name it before the first push. What
     * a crash has left behind the end is wiped by then, but not earlier: it may be all that tells
     * that a newer header is missing.
     */
    private HeaderSlot begin(Recovery recovery) throws IOException {
        registry.write(0);
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
        registry.write(1);
        disk.force();
        HeaderSlot second =
                first.next(
                        first.oldest(), first.checkpoint(), first.lastMillis(), first.producers());
        second.write(disk, superblock.salt());
        LockOwner.write(disk, superblock.salt(), openedMillis, null);
        recovery.leftovers().wipe(ring, bounds.oldest().position() + ring.bytes());
        disk.force();
        return second;
    }

    /**
     * Where the newer header is damaged or lost, some of what the older one keeps may be
     * overwritten: by what was recovered, and further on by what was not, of which any part may be
     * on the disk.
     */
    private void skipOverwritten(Recovery recovery) {
        if (!recovery.newerHeaderMissing()) return;
        HeaderSlot chosen = recovery.chosen();
        long keptFrom = bounds.committed().position() - ring.bytes();
        bounds.moveOldest(
                boundaries.firstIntact(
                        Math.max(keptFrom, chosen.oldest().position()),
                        keptFrom + superblock.maxUncommitted(),
                        chosen.oldest(),
                        chosen.checkpoint()));
    }

    private @Nullable LogPosition producersBegin(Recovery recovery) {
        LogPosition begin = recovery.producers().begin();
        return begin == null || begin.position() < bounds.oldest().position() ? null : begin;
    }

    private List<String> warnings(Recovery recovery, long nowMillis) {
        List<String> warnings = new ArrayList<>();
        onlyRead().ifPresent(warnings::add);
        if (recovery.lastMillis() - nowMillis > MOST_AHEAD_MILLIS)
            warnings.add(
                    "the last push was at %s, but the clock shows %s: set the clock if it is wrong; until it has passed that time, readers see the clock's time, and a search by time takes new messages for as late as the last push"
                            .formatted(
                                    Instant.ofEpochMilli(recovery.lastMillis()),
                                    Instant.ofEpochMilli(nowMillis)));
        return List.copyOf(warnings);
    }

    /** Without a bad record before them they are the beginning of a push, as any kill leaves it. */
    private static boolean isBehindBad(Recovery recovery) {
        return recovery.leftovers().behindBad();
    }

    private List<String> findings(Recovery recovery, boolean toWrite) {
        List<String> findings = new ArrayList<>(warnings);
        if (registry.damaged(0) != registry.damaged(1))
            findings.add("one of the two copies of the settings was damaged; the other one serves");
        if (registry.misplaced(0) || registry.misplaced(1))
            findings.add(
                    "one of the two copies of the settings lies in the place of the other: the device has written it there; the newer one serves");
        if (recovery.slots().oneDamaged())
            findings.add("one of the two header slots was damaged; the other led to everything");
        findings.addAll(recovery.slots().findings());
        if (recovery.newestHeaderLost() && !recovery.slots().oneDamaged())
            findings.add(
                    "the device lost a write of the newest header: records lie beyond the room that header %d frees; it led to everything"
                            .formatted(recovery.chosen().sequence()));
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
        if (isBehindBad(recovery))
            findings.add(
                    "the queue ends at id %d, where a bad record begins (position %d); behind it lie %d intact records with %d messages, of a commit that was not finished or is damaged: they are not part of the queue, and %s"
                            .formatted(
                                    recovery.end().id(),
                                    recovery.bad(),
                                    recovery.leftovers().records(),
                                    recovery.leftovers().messages(),
                                    toWrite
                                            ? "were removed"
                                            : "the next opening for writing removes them; if in doubt, copy the file before"));
        return List.copyOf(findings);
    }
}
