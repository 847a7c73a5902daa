package rotera.kafka.groups;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import rotera.kafka.topics.Partition;
import rotera.queue.CreateOptions;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.engine.QueueAccess;
import rotera.simulator.SimulatedDisk;
import rotera.simulator.SimulatedDisk.AfterFailedSync;
import rotera.simulator.SimulatedDisk.Crash;

/**
 * Changes of an offsets file on a disk that loses power and fails: after each opening the file
 * holds every change that was answered, and of the one under way all or nothing. A failing case is
 * run again with {@code -Doffsets.seed=...}.
 */
class OffsetsSimulationTest {
    private static final int SEEDS = Integer.getInteger("offsets.seeds", 1_000);
    private static final int SIZE = 96 << 10;

    private final SimulatedDisk disk = new SimulatedDisk(SIZE);

    @Test
    void answeredChangesSurviveEveryCrash() throws IOException {
        Long given = Long.getLong("offsets.seed");
        Totals totals = new Totals();
        for (long seed = 0; seed < (given == null ? SEEDS : 1); seed++) {
            long each = given == null ? seed : given;
            try {
                new Case(disk, new SplittableRandom(each), totals).run();
            } catch (Throwable e) {
                throw new AssertionError("fails with -Doffsets.seed=" + each, e);
            }
        }
        System.out.printf(
                "%,d changes, %,d openings after %,d crashes and %,d failures, %,d laps%n",
                totals.changes, totals.openings, totals.crashes, totals.failures, totals.laps);
        if (given == null) {
            assertThat(totals.crashes).isPositive();
            assertThat(totals.failures).isPositive();
            assertThat(totals.laps).isPositive();
        }
    }

    private static final class Totals {
        private long changes;
        private long openings;
        private long crashes;
        private long failures;
        private long laps;
    }

    private static final class Case {
        private final SimulatedDisk disk;
        private final SplittableRandom random;
        private final Totals totals;
        private Offsets answered = new Offsets();
        private List<OffsetChange> underWay = List.of();
        private long clockMillis = 1_000;

        Case(SimulatedDisk disk, SplittableRandom random, Totals totals) throws IOException {
            this.disk = disk;
            this.random = random;
            this.totals = totals;
            disk.clear(SIZE, random.split());
            QueueAccess.format(disk, CreateOptions.ofSize(SIZE), () -> clockMillis);
        }

        void run() throws IOException {
            for (int runs = 2 + random.nextInt(8); runs > 0; runs--) {
                if (random.nextInt(3) == 0) disk.crashAfter(random.nextInt(30));
                OffsetsFile file = null;
                try {
                    file = open();
                    look(file);
                    trouble();
                    for (int i = random.nextInt(300); i > 0; i--) change(file);
                    file.close();
                } catch (Crash e) {
                    totals.crashes++;
                    letGo(file);
                    disk.loseCache();
                } catch (QueueException e) {
                    totals.failures++;
                    letGo(file);
                    if (random.nextBoolean()) disk.loseCache();
                    else disk.keepCache();
                } catch (IOException e) {
                    // An operation of the opening failed.
                    disk.keepCache();
                }
                disk.powerOn();
            }
            try (OffsetsFile file = open()) {
                look(file);
            }
        }

        private OffsetsFile open() throws IOException {
            List<String> told = new ArrayList<>();
            RotFile file =
                    QueueAccess.open(
                            disk,
                            Path.of("offsets"),
                            () -> clockMillis,
                            task -> {
                                throw new AssertionError("another thread");
                            });
            long ringBytes = file.info().ringBytes();
            totals.laps += file.info().next().position() / ringBytes > 0 ? 1 : 0;
            OffsetsFile offsets = OffsetsFile.open(file, told::add);
            // A commit that was not finished is told; nothing of ours may be missing.
            assertThat(told).noneMatch(each -> each.contains("lost"));
            totals.openings++;
            return offsets;
        }

        /** After a crash the change that was under way is there or not. */
        private void look(OffsetsFile file) {
            HashSet<OffsetChange> found = file.read(offsets -> new HashSet<>(offsets.messages()));
            Offsets both = new Offsets();
            answered.messages().forEach(both::apply);
            underWay.forEach(both::apply);
            if (found.equals(new HashSet<>(both.messages()))) answered = both;
            assertThat(found).isEqualTo(new HashSet<>(answered.messages()));
            underWay = List.of();
        }

        private void trouble() {
            switch (random.nextInt(4)) {
                case 0 -> disk.crashAfter(random.nextInt(300));
                case 1 -> {
                    AfterFailedSync[] ways = AfterFailedSync.values();
                    disk.failAfter(random.nextInt(300), true, ways[random.nextInt(ways.length)]);
                }
                default -> {}
            }
        }

        private void change(OffsetsFile file) {
            clockMillis += random.nextInt(100);
            underWay = changes();
            totals.changes++;
            assertThat(file.change(offsets -> underWay)).isTrue();
            underWay.forEach(answered::apply);
            underWay = List.of();
            if (random.nextInt(50) == 0) look(file);
        }

        private List<OffsetChange> changes() {
            List<OffsetChange> changes = new ArrayList<>();
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                String group = "g" + random.nextInt(4);
                Partition partition = new Partition("t" + random.nextInt(3), 0);
                switch (random.nextInt(12)) {
                    case 0 -> changes.add(new OffsetChange.GroupRemoved(group));
                    case 1 -> changes.add(new OffsetChange.Removed(group, partition));
                    default -> {
                        changes.add(new OffsetChange.Noted(group, "x", random.nextInt(3)));
                        changes.add(new OffsetChange.Committed(group, partition, offset(random)));
                    }
                }
            }
            return changes;
        }

        private static CommittedOffset offset(SplittableRandom random) {
            return new CommittedOffset(
                    new UUID(1, random.nextInt(2)), random.nextLong(1_000_000), -1, 5, "");
        }

        private static void letGo(@Nullable OffsetsFile file) {
            try {
                if (file != null) file.close();
            } catch (Crash | QueueException e) {
                // it is gone
            }
        }
    }
}
