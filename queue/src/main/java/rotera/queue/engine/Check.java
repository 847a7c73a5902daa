package rotera.queue.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import rotera.queue.CheckResult;
import rotera.queue.QueueException;
import rotera.queue.format.ClockDifference;
import rotera.queue.format.HeaderSlot;
import rotera.queue.format.LogPosition;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Registry;
import rotera.queue.format.Slots;
import rotera.queue.format.Superblock;
import rotera.queue.record.RecordBuffer;

/** Compares every checksum of a file: superblocks, header slots, settings, index, records. */
public final class Check {
    private final FileState opening;
    private final Consumer<String> damage;
    private long problems;

    public Check(FileState opening, Consumer<String> damage) {
        this.opening = opening;
        this.damage = damage;
    }

    public CheckResult run(LongConsumer progress) {
        try {
            superblocks();
            headers();
            registry();
            index();
        } catch (IOException e) {
            throw new QueueException.StorageException(
                    "cannot read " + opening.path + ": " + e.getMessage(), e);
        }
        opening.findings.stream().filter(finding -> !isFoundAgain(finding)).forEach(this::problem);
        CheckResult messages = records(progress);
        harmless();
        return CheckResult.of(
                messages.messages(),
                messages.lost(),
                opening.unfinished,
                messages.bytes(),
                problems);
    }

    /** Whether the check comes to this damage by itself, and knows more of it than the opening. */
    private boolean isFoundAgain(String finding) {
        return opening.warnings.contains(finding)
                || finding.startsWith("one of the two copies of the settings")
                || finding.startsWith("message")
                || finding.startsWith("a snapshot of the producers")
                || finding.startsWith("one of the two header slots")
                || finding.startsWith("header slot");
    }

    private void superblocks() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment expected = opening.superblock.encode(arena);
            MemorySegment actual = arena.allocate(Superblock.PAGE);
            for (int copy = 0; copy < 2; copy++) {
                opening.disk.read((long) copy * Superblock.PAGE, actual);
                if (expected.mismatch(actual) >= 0) {
                    problem(
                            "superblock copy %d (byte %d) is damaged; the other one serves"
                                    .formatted(copy + 1, copy * Superblock.PAGE));
                }
            }
        }
    }

    private void headers() throws IOException {
        Slots slots = Slots.read(opening.disk, opening.superblock);
        if (slots.oneDamaged() || !slots.findings().isEmpty()) {
            Thread.onSpinWait(); // a writer may have been in the middle of it
            slots = Slots.read(opening.disk, opening.superblock);
        }
        if (slots.a().isEmpty()) headerDamaged(0);
        if (slots.b().isEmpty()) headerDamaged(1);
        slots.findings().forEach(this::problem);
    }

    private void registry() throws IOException {
        Registry registry = Registry.read(opening.disk, opening.superblock.salt());
        for (int copy = 0; copy < 2; copy++) {
            if (registry.damaged(copy))
                problem(
                        "copy %d of the settings (byte %d) is damaged; %s"
                                .formatted(
                                        copy + 1,
                                        Registry.offset(copy),
                                        registry.damaged(1 - copy)
                                                ? "the other one, too: the file can only be read"
                                                : "the other one serves"));
            if (registry.misplaced(copy))
                problem(
                        "copy %d of the settings (byte %d) lies in the place of the other one: the device has written it there; it serves"
                                .formatted(2 - copy, Registry.offset(copy)));
        }
    }

    private void headerDamaged(int slot) {
        problem(
                "header slot %s (byte %d) is damaged; the other one leads to everything"
                        .formatted(Slots.name(slot), HeaderSlot.offset(slot)));
    }

    private void index() {
        List<Long> damaged = opening.index.damaged();
        if (damaged.isEmpty()) return;
        problem(
                damaged.size() == 1
                        ? "an index entry (byte %d) is damaged; searches take longer, no message is lost"
                                .formatted(damaged.getFirst())
                        : "%d index entries (the first at byte %d, the last at byte %d) are damaged; searches take longer, no message is lost"
                                .formatted(damaged.size(), damaged.getFirst(), damaged.getLast()));
    }

    private CheckResult records(LongConsumer progress) {
        LogPosition from = opening.bounds.oldest();
        long until = opening.bounds.committed().id();
        long messages = 0;
        long lost = 0;
        try (RecordBuffer buffer = new RecordBuffer(1 << 20)) {
            for (long id = from.id(); id < until; ) {
                try {
                    int count = opening.reader.read(id, Integer.MAX_VALUE, buffer);
                    messages += count;
                    id = buffer.nextId();
                    progress.accept(buffer.resume().position() - from.position());
                } catch (QueueException.CorruptMessageException e) {
                    problem(String.valueOf(e.getMessage()));
                    lost += e.resumeId() - id;
                    id = e.resumeId();
                }
            }
        }
        return CheckResult.of(
                messages,
                lost,
                0,
                opening.bounds.committed().position() - from.position(),
                problems);
    }

    /**
     * What costs no message: damaged snapshots of the producers, and damaged times of the clock.
     */
    private void harmless() {
        RecordHeader header = new RecordHeader();
        RecordWalker walker =
                new RecordWalker(opening.ring, opening.superblock, opening.path, header);
        LogPosition committed = opening.bounds.committed();
        walker.begin(opening.bounds.oldest(), committed);
        try (RecordBuffer buffer = new RecordBuffer(RecordBuffer.DEFAULT_LIMIT)) {
            while (!walker.atEnd()) {
                LogPosition at = walker.at();
                boolean valid = walker.look();
                boolean clockIntact = !valid || clockIntact(header);
                boolean intact = valid && (header.holdsMessages() || walker.lookInto(buffer));
                walker.step();
                VarHandle.loadLoadFence();
                LogPosition oldest = opening.bounds.oldest();
                if (oldest.position() > at.position()) {
                    header.beginWalk();
                    walker.begin(oldest, committed);
                    continue;
                }
                // Damage to messages was told by the read.
                if (!intact && (valid || walker.id() == at.id())) snapshotDamaged(at.position());
                if (!clockIntact) clockDamaged(at.position());
            }
        }
    }

    private boolean clockIntact(RecordHeader header) {
        return !header.clocked()
                || new ClockDifference()
                        .clockMillis(header, opening.ring, opening.superblock.salt())
                        .isPresent();
    }

    private void snapshotDamaged(long position) {
        problem(
                "a snapshot of the producers is damaged, or was never finished (position %d); no message is lost"
                        .formatted(position));
    }

    private void clockDamaged(long position) {
        problem(
                "the clock's time of a push is damaged (position %d); the time of the order is shown instead"
                        .formatted(position));
    }

    private void problem(String text) {
        problems++;
        damage.accept(text);
    }
}
