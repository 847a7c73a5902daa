package rotera.simulator.consumers;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import rotera.simulator.consumers.EveryHistory.Step;

/** All short histories of the model; more with {@code -Drotera.consumersLength=2}. */
class EveryHistorySimulationTest {
    private static final int LENGTH = Integer.getInteger("rotera.consumersLength", 1);
    private static final int MOST_IMAGES = Integer.getInteger("rotera.consumersImages", 8);

    private final EveryHistory every = new EveryHistory(Rules.ALL, MOST_IMAGES);

    @Test
    void nothingThatWasToldIsLost() {
        for (List<Step> beginning : EveryHistory.BEGINNINGS) longer(beginning, List.of());
        System.out.println(every);
    }

    private void longer(List<Step> beginning, List<Step> steps) {
        if (steps.size() == LENGTH) {
            every.run(beginning, steps);
            return;
        }
        for (Step step : EveryHistory.STEPS) {
            List<Step> next = new ArrayList<>(steps);
            next.add(step);
            longer(beginning, next);
        }
    }
}
