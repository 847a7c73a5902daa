package rotera.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many random bits of a file on a real disk turn at once. No read returns a wrong byte, nothing is
 * lost but the pushes that were hit, they are named by reads and by the check, and the queue goes
 * on (I2). One superblock and one header slot may be hit; that of both is {@link RebuildTest}'s.
 *
 * <p>{@code -Drotten.mebibytes=1024 -Drotten.bits=5000 -Drotten.rounds=10} for more; {@code
 * -Drotten.seed=N} repeats.
 */
@Timeout(3600)
class RottenFilePropertyTest {
    private static final long SEED = Long.getLong("rotten.seed", System.nanoTime());
    private static final int ROUNDS = Integer.getInteger("rotten.rounds", 6);
    private static final long FILE_BYTES = Long.getLong("rotten.mebibytes", 4) << 20;
    private static final int MOST_BITS = Integer.getInteger("rotten.bits", 100);

    @TempDir Path directory;
    private final Random random = new Random(SEED);

    /** A push: where its records lie, how many messages it has, and which commit was its own. */
    private record Pushed(long firstId, int count, long from, long to, int commit) {
        long endId() {
            return firstId + count;
        }
    }

    private final NavigableMap<Long, Pushed> pushes = new TreeMap<>();

    @Test
    void randomBitsCostAtMostThePushesTheyHit() throws Exception {
        Path path = Rot.create(directory, FILE_BYTES);
        long named = 0;
        for (int round = 0; round < ROUNDS; round++) {
            boolean crashed = round % 2 == 1;
            Path rotten = fill(path, crashed);
            RotFileInfo info;
            try (RotFile file = RotFile.openReadOnly(rotten)) {
                info = file.info();
            }
            NavigableMap<Long, Pushed> hit = turnBits(rotten, info);
            try {
                named += compare(rotten, info, hit, crashed);
            } catch (Throwable e) {
                throw new AssertionError("-Drotten.seed=" + SEED + ", round " + round, e);
            }
            Files.delete(rotten);
        }
        assertThat(named).as("damaged messages that were named").isPositive();
    }

    /** Pushes more than a lap; returns a copy as it is after a close or in the middle. */
    private Path fill(Path path, boolean crashed) {
        try (RotFile file = RotFile.open(path);
                Batch batch = new Batch()) {
            long until = file.info().next().position() + FILE_BYTES * 5 / 4;
            int commit = pushes.isEmpty() ? 0 : pushes.lastEntry().getValue().commit + 1;
            while (file.info().next().position() < until) {
                push(file, batch, commit);
                if (random.nextInt(30) == 0) {
                    file.commit();
                    commit++;
                }
            }
            file.commit();
            long kept = file.info().next().position() - file.info().ringBytes();
            pushes.values().removeIf(push -> push.to <= kept);
            if (crashed) return Rot.copy(path, "rotten.rot");
        }
        return Rot.copy(path, "rotten.rot");
    }

    private void push(RotFile file, Batch batch, int commit) {
        long from = file.info().next().position();
        long id = file.info().next().id();
        batch.clear();
        int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 500 : 20);
        for (int i = 0; i < count; i++) batch.add(message(id + i));
        if (random.nextInt(8) == 0)
            batch.producer(new Producer(1 + random.nextInt(9), 0, (int) (id & 0x3fffffff)));
        assertThat(file.push(batch)).isEqualTo(id);
        pushes.put(id, new Pushed(id, count, from, file.info().next().position(), commit));
    }

    private static byte[] message(long id) {
        return Rot.message(id, (int) (id * 31 % 400) + (id % 997 == 0 ? 20_000 : 0));
    }

    /** Returns the pushes that have one of these bits in their records, by id. */
    private NavigableMap<Long, Pushed> turnBits(Path path, RotFileInfo info) {
        NavigableMap<Long, Pushed> hit = new TreeMap<>();
        int bits = 1 + random.nextInt(MOST_BITS);
        long spared = random.nextBoolean() ? 0 : 4096;
        for (int i = 0; i < bits; i++) {
            long at =
                    random.nextInt(20) == 0
                            ? random.nextLong(info.ringOffset())
                            : random.nextLong(FILE_BYTES);
            if (at < 16_384 && at % 8192 / 4096 * 4096 == spared) continue;
            Rot.flip(path, at, random.nextInt(8));
            for (Pushed push : pushes.values())
                if (covers(push, info, at)) hit.put(push.firstId, push);
        }
        return hit;
    }

    /** Whether the push still has this byte of the file. */
    private static boolean covers(Pushed push, RotFileInfo info, long at) {
        long inRing = at - info.ringOffset();
        if (inRing < 0 || inRing >= info.ringBytes()) return false;
        long lap = Math.floorDiv(push.to - 1 - inRing, info.ringBytes());
        long position = lap * info.ringBytes() + inRing;
        return position >= push.from && position < push.to;
    }

    /** Returns how many damaged messages were named. */
    private long compare(
            Path path, RotFileInfo info, NavigableMap<Long, Pushed> hit, boolean crashed) {
        List<String> told = new ArrayList<>();
        long named;
        try (RotFile file = RotFile.open(path)) {
            long end = file.ping().next();
            if (crashed) expectOnlyTheLastCommitLost(end, info, hit);
            else assertThat(end).isEqualTo(info.committed().id());
            long oldest = file.ping().oldest();
            if (oldest > info.oldest().id()) expectGivenUp(file, oldest, hit);
            named = readEverything(file, hit);
            file.check(told::add, bytes -> {});
            for (Pushed push : hit.values()) {
                if (push.firstId < Math.max(oldest, info.oldest().id()) || push.endId() > end)
                    continue;
                if (isPadding(file, push)) continue;
                assertThat(told).anyMatch(text -> names(text, push));
            }
            assertThat(Rot.commit(file, "more")).isEqualTo(end);
        }
        try (RotFile file = RotFile.open(path)) {
            assertThat(Rot.texts(file, file.ping().next() - 1)).containsExactly("more");
        }
        return named;
    }

    /**
     * With the newer header slot gone, a damaged record among the oldest ones cannot be told from
     * one that was overwritten, and neither can those before it.
     */
    private void expectGivenUp(RotFile file, long oldest, NavigableMap<Long, Pushed> hit) {
        assertThat(file.findings()).anyMatch(finding -> finding.contains("header slot"));
        assertThat(isIn(hit, oldest - 1)).as("the last one that is given up was hit").isTrue();
    }

    /** What was hit in a commit that nothing follows cannot be told from one that was torn. */
    private void expectOnlyTheLastCommitLost(
            long end, RotFileInfo info, NavigableMap<Long, Pushed> hit) {
        if (end == info.committed().id()) return;
        int last = pushes.lastEntry().getValue().commit;
        assertThat(hit).as("the first one that is gone").containsKey(end);
        for (Pushed push : pushes.tailMap(end).values())
            assertThat(push.commit).isGreaterThanOrEqualTo(last - 1);
    }

    private static long readEverything(RotFile file, NavigableMap<Long, Pushed> hit) {
        long named = 0;
        try (Messages messages = new Messages(1 << 18)) {
            long id = file.ping().oldest();
            while (true) {
                try {
                    if (file.read(id, 1000, messages) == 0) break;
                } catch (QueueException.CorruptMessageException e) {
                    for (long lost = e.id(); lost < e.resumeId(); lost++)
                        assertThat(isIn(hit, lost)).as("message %d is lost", lost).isTrue();
                    assertThat(e.id()).isEqualTo(id);
                    named += e.resumeId() - e.id();
                    id = e.resumeId();
                    continue;
                }
                assertThat(messages.skipped()).isZero();
                while (messages.next()) {
                    assertThat(messages.id()).isEqualTo(id);
                    if (!Arrays.equals(messages.toByteArray(), message(id)))
                        throw new AssertionError("message " + id + " is wrong");
                    id++;
                }
            }
            assertThat(id).isEqualTo(file.ping().next());
        }
        return named;
    }

    private static boolean isIn(NavigableMap<Long, Pushed> hit, long id) {
        var push = hit.floorEntry(id);
        return push != null && id < push.getValue().endId();
    }

    /** A bit of the padding, or of the snapshot behind the push, costs nothing. */
    private static boolean isPadding(RotFile file, Pushed push) {
        try (Messages messages = new Messages()) {
            for (long id = push.firstId; id < push.endId(); id += messages.count())
                if (file.read(id, (int) (push.endId() - id), messages) == 0) return false;
            return true;
        } catch (QueueException.CorruptMessageException e) {
            return false;
        }
    }

    /** Whether this line names ids of the push. */
    private static boolean names(String text, Pushed push) {
        var ids = java.util.regex.Pattern.compile("messages? (\\d+)(?: to (\\d+))?").matcher(text);
        if (!ids.find()) return false;
        long from = Long.parseLong(ids.group(1));
        long to = ids.group(2) == null ? from : Long.parseLong(ids.group(2));
        return from < push.endId() && to >= push.firstId;
    }
}
