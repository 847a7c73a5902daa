package rotera.queue;

import org.junit.jupiter.api.Test;

/**
 * Short histories that lose power before each operation of the disk, with every image that this can
 * leave where these are few, else with some of them: docs/testing.md.
 */
class EveryCrashSimulationTest {
    private static final int HISTORIES = Integer.getInteger("rotera.histories", 30);
    private static final int MOST_IMAGES = Integer.getInteger("rotera.images", 16);

    @Test
    void everyCrashOfShortHistoriesKeepsWhatWasCommitted() {
        long first = Long.getLong("rotera.firstHistory", 0);
        long crashes = 0;
        try (Simulation simulation = new Simulation().tracing(HISTORIES == 1)) {
            for (long seed = first; seed < first + HISTORIES; seed++) {
                boolean more = true;
                for (int at = 0; more; at++, crashes++) {
                    try {
                        more = simulation.runShort(seed, at, MOST_IMAGES);
                    } catch (Throwable e) {
                        throw new AssertionError(
                                "history %d, crash at %d: %s%nrerun: ./build test -pl queue -Dtest=EveryCrashSimulationTest -Drotera.firstHistory=%d -Drotera.histories=1%n%s"
                                        .formatted(
                                                seed,
                                                at,
                                                e.getMessage(),
                                                seed,
                                                String.join("\n", simulation.trace())),
                                e);
                    }
                }
            }
            System.out.printf(
                    "%d histories, %,d places to crash, %,d openings%n",
                    HISTORIES, crashes, simulation.recoveries());
        }
    }
}
