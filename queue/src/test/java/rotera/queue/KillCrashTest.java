package rotera.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that pushes and commits is killed at random times, again and again: what it reported as
 * committed is there, in order and unchanged (I1, I3, I5).
 */
@Tag("slow")
class KillCrashTest {
    private static final long SEED = Long.getLong("kill.seed", System.nanoTime());
    private static final int KILLS = Integer.getInteger("kill.count", 30);
    private static final long BUDGET_NANOS = KILLS * 1_000_000_000L;
    private static final int MESSAGE_BYTES = 120;

    @TempDir Path directory;

    @Test
    void everythingReportedSurvivesKills() throws Exception {
        Random random = new Random(SEED);
        Path path = Rot.create(directory, 300_000);
        long end = System.nanoTime() + BUDGET_NANOS;
        long committed = 0;
        for (int kill = 0; kill < KILLS && System.nanoTime() < end; kill++) {
            committed = Math.max(committed, runAndKill(path, random));
            try (RotFile file = RotFile.open(path)) {
                assertThat(file.ping().next())
                        .as("seed %d, kill %d", SEED, kill)
                        .isGreaterThanOrEqualTo(committed);
                assertThat(file.findings()).isEmpty();
                committed = verify(file);
            } catch (Throwable e) {
                throw new AssertionError("seed " + SEED + ", kill " + kill, e);
            }
        }
        assertThat(committed).isGreaterThan(1000);
    }

    /** Returns the highest id that the child reported as committed. */
    private long runAndKill(Path path, Random random) throws Exception {
        Process child =
                LockingTest.Children.start(
                        KillCrashTest.class, path.toString(), "" + random.nextLong());
        AtomicLong reported = new AtomicLong();
        try (BufferedReader lines = child.inputReader(UTF_8)) {
            String first = lines.readLine();
            assertThat(first).as("the child's first line").startsWith("committed ");
            CompletableFuture<Void> listening =
                    CompletableFuture.runAsync(
                            () -> lines.lines().forEach(line -> note(line, reported)), Rot.THREADS);
            Thread.sleep(random.nextInt(400), random.nextInt(1_000_000));
            // Not that of Process, which closes the pipe before everything is read.
            assertThat(child.toHandle().destroyForcibly()).isTrue();
            listening.get(20, TimeUnit.SECONDS);
            child.waitFor();
        }
        return reported.get();
    }

    private static void note(String line, AtomicLong reported) {
        // The last line may be cut.
        if (line.startsWith("committed ") && line.endsWith("."))
            reported.set(Long.parseLong(line.substring(10, line.length() - 1)));
        else if (!"committed ".startsWith(line.substring(0, Math.min(10, line.length()))))
            throw new AssertionError("the child said: " + line);
    }

    /** Every message says its id, and whole pushes of five end the queue; returns the next id. */
    private static long verify(RotFile file) {
        long id = file.ping().oldest();
        for (byte[] message : Rot.messages(file, id)) {
            assertThat(Arrays.equals(message, Rot.message(id, length(id))))
                    .as("message " + id)
                    .isTrue();
            id++;
        }
        assertThat(id).isEqualTo(file.ping().next());
        assertThat(id % 5).as("whole pushes").isZero();
        return id;
    }

    private static int length(long id) {
        return (int) (id * 7 % MESSAGE_BYTES) + (id % 1009 == 0 ? 9000 : 0);
    }

    /** The child: pushes five messages at a time, each of which depends on its id. */
    public static void main(String[] arguments) {
        Random random = new Random(Long.parseLong(arguments[1]));
        try (RotFile file = RotFile.open(Path.of(arguments[0]));
                Batch batch = new Batch()) {
            long id = file.commit();
            report(id);
            while (true) {
                batch.clear();
                for (int i = 0; i < 5; i++) batch.add(Rot.message(id + i, length(id + i)));
                if (file.push(batch) != id) throw new AssertionError("another id than " + id);
                id += 5;
                if (random.nextInt(6) == 0) report(file.commit());
                else if (random.nextInt(20) == 0) report(file.commitAsync().join());
            }
        }
    }

    private static void report(long id) {
        System.out.print("committed " + id + ".\n");
        System.out.flush();
    }
}
