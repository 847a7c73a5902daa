package rotera.queue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Compares every checksum of a file: superblocks, header slots, index, records. */
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
            index();
        } catch (IOException e) {
            throw new QueueException.Io("cannot read " + file.path() + ": " + e.getMessage(), e);
        }
        file.findings().forEach(this::problem);
        CheckResult messages = records(progress);
        opening.reader.checkSnapshots(position ->
                problem(
                        "a snapshot of the producers is damaged, or was never finished (position %d); no message is lost"
                                .formatted(position)));
        return new CheckResult(messages.messages(), messages.bytes(), problems);
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

    private void index() throws IOException {
        long damaged = opening.index.countDamaged();
        if (damaged > 0)
            problem(
                    damaged
                            + " index entries are damaged; searches take longer, no message is lost");
    }

    private CheckResult records(LongConsumer progress) {
        Mark from = opening.bounds.oldest();
        long until = opening.bounds.committed().id();
        long messages = 0;
        try (Messages batch = new Messages(1 << 20)) {
            for (long id = from.id(); id < until; ) {
                try {
                    int count = file.read(id, Integer.MAX_VALUE, batch);
                    messages += count;
                    id = batch.nextId();
                    progress.accept(batch.resume.position() - from.position());
                } catch (QueueException.CorruptMessage e) {
                    problem(String.valueOf(e.getMessage()));
                    id = e.resumeId();
                }
            }
        }
        return new CheckResult(
                messages, opening.bounds.committed().position() - from.position(), problems);
    }

    private void problem(String text) {
        problems++;
        damage.accept(text);
    }
}
