package rotera.queue;

import org.junit.jupiter.api.Test;

/**
 * Random histories on a simulated disk: docs/testing.md. {@code -Drotera.seed=7} repeats one seed
 * and tells its steps, {@code -Drotera.seeds=100000} runs more of them, from {@code
 * -Drotera.firstSeed=} on.
 */
class TornWriteSimulationTest {
    private static final int SEEDS = Integer.getInteger("rotera.seeds", 2000);

    @Test
    void nothingCommittedIsLostOrChanged() {
        Long one = Long.getLong("rotera.seed");
        if (one != null) {
            run(one, 1);
            return;
        }
        run(Long.getLong("rotera.firstSeed", 0), SEEDS);
    }

    private static void run(long first, long count) {
        long begin = System.nanoTime();
        try (Simulation simulation = new Simulation().tracing(count == 1)) {
            for (long seed = first; seed < first + count; seed++) {
                try {
                    simulation.run(seed);
                } catch (Throwable e) {
                    throw new AssertionError(
                            "seed %d: %s%nrerun: ./build test -pl queue -Dtest=TornWriteSimulationTest -Drotera.seed=%d%n%s"
                                    .formatted(
                                            seed,
                                            e.getMessage(),
                                            seed,
                                            String.join("\n", simulation.trace())),
                            e);
                }
            }
            System.out.printf(
                    "%,d histories with %,d openings in %.1f s%n",
                    count, simulation.recoveries(), (System.nanoTime() - begin) / 1e9);
        }
    }
}
