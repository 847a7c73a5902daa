package rotera.queue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Compares every checksum of a file: superblocks, header slots, settings, index, records. */
final class Check {
    private final RotFile file;
    private final Opening opening;
    private final Consumer<String> damage;
    private long problems;

    Check(RotFile file, Opening opening, Consumer<String> damage) {
        this.file = file;
        this.opening = opening;
        this.damage = damage;
    }

    CheckResult run(LongConsumer progress) {
        try {
            superblocks();
            headers();
            registry();
            index();
        } catch (IOException e) {
            throw new QueueException.StorageException(
                    "cannot read " + file.path() + ": " + e.getMessage(), e);
        }
        file.findings().stream().filter(finding -> !isFoundAgain(finding)).forEach(this::problem);
        CheckResult messages = records(progress);
        opening.reader.checkHarmless(
                position ->
                        problem(
                                "a snapshot of the producers is damaged, or was never finished (position %d); no message is lost"
                                        .formatted(position)),
                position ->
                        problem(
                                "the clock's time of a push is damaged (position %d); the time of the order is shown instead"
                                        .formatted(position)));
        return new CheckResult(
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
        Mark from = opening.bounds.oldest();
        long until = opening.bounds.committed().id();
        long messages = 0;
        long lost = 0;
        try (Messages batch = new Messages(1 << 20)) {
            for (long id = from.id(); id < until; ) {
                try {
                    int count = file.read(id, Integer.MAX_VALUE, batch);
                    messages += count;
                    id = batch.nextId();
                    progress.accept(batch.resume.position() - from.position());
                } catch (QueueException.CorruptMessageException e) {
                    problem(String.valueOf(e.getMessage()));
                    lost += e.resumeId() - id;
                    id = e.resumeId();
                }
            }
        }
        return new CheckResult(
                messages,
                lost,
                0,
                opening.bounds.committed().position() - from.position(),
                problems);
    }

    private void problem(String text) {
        problems++;
        damage.accept(text);
    }
}
