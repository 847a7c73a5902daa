package rotera.queue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import rotera.queue.disk.Disk;

/** Compares every checksum of a file: superblocks, header slots, index, records. */
final class Check {
    private final Disk disk;
    private final Superblock superblock;
    private final RotFile file;
    private final Consumer<String> damage;
    private long problems;

    Check(Disk disk, Superblock superblock, RotFile file, Consumer<String> damage) {
        this.disk = disk;
        this.superblock = superblock;
        this.file = file;
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
        return records(progress);
    }

    private void superblocks() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment expected = superblock.encode(arena);
            MemorySegment actual = arena.allocate(Superblock.PAGE);
            for (int copy = 0; copy < 2; copy++) {
                disk.read((long) copy * Superblock.PAGE, actual);
                if (expected.mismatch(actual) >= 0) {
                    problem(
                            "superblock copy %d (byte %d) is damaged; the other one serves"
                                    .formatted(copy + 1, copy * Superblock.PAGE));
                }
            }
        }
    }

    private void index() throws IOException {
        Index index = new Index(disk, superblock, new Ring(disk, superblock));
        long damaged = index.countDamaged();
        if (damaged > 0)
            problem(
                    damaged
                            + " index entries are damaged; searches take longer, no message is lost");
    }

    private CheckResult records(LongConsumer progress) {
        Mark from = file.bounds().oldest();
        long until = file.bounds().committed().id();
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
                messages, file.bounds().committed().position() - from.position(), problems);
    }

    private void problem(String text) {
        problems++;
        damage.accept(text);
    }
}
