package rotera.simulator;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A bounded number of histories of each kind, always the same: docs/testing.md. */
@Tag("slow")
class HistoriesSimulationTest {

    @ParameterizedTest
    @CsvSource({"RANDOM, 2000", "SHORT, 30", "THREADS, 5000", "CONSUMERS, 3000"})
    void nothingCommittedIsLostOrChanged(Kind kind, int seeds) {
        String command = "simulator/run --kind " + kind.option() + " --seed";
        try (History history = kind.make()) {
            Search search = new Search(history, command);
            long begin = System.nanoTime();
            long histories = 0;
            for (int seed = 0; seed < seeds; seed++) histories += search.run(seed);
            System.out.printf(
                    "%s: %,d histories with %,d openings in %.1f s%n",
                    kind, histories, history.openings(), (System.nanoTime() - begin) / 1e9);
        }
    }
}
