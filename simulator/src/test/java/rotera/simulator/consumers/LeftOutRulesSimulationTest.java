package rotera.simulator.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import rotera.simulator.Choices;

/** The model can fail: it leaves out one rule after the other, and histories find each. */
class LeftOutRulesSimulationTest {
    private static final int MOST_SEEDS = Integer.getInteger("rotera.leftOutSeeds", 10_000);

    /** docs/consumers.md says why each of these is not found. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {
                "EACH_COPY_HAS_ITS_OWN_SYNC",
                "OLDEST_IS_BEHIND_THE_OTHER_CHECKPOINT",
                "READERS_COMPARE_EPOCHS",
                "AN_ENTRY_STAYS_UNTIL_THE_NEXT_INCARNATION_ACKNOWLEDGES",
                "AN_OPEN_WRITES_BOTH_PAGES",
                "ROOM_IS_WHAT_A_DURABLE_HEADER_FREES"
            })
    void eachRuleIsNeeded(Rule rule) {
        int histories = untilFailure(rule);
        System.out.printf("| %d | %s | %,d |%n", rule.number(), rule, histories);
        assertThat(histories).as("histories until %s is missed", rule).isPositive();
    }

    /** How many histories it took; -1 if none failed. */
    private static int untilFailure(Rule rule) {
        try (ConsumersHistory history = new ConsumersHistory(Rules.without(rule))) {
            for (int seed = 0; seed < MOST_SEEDS; seed++) {
                try {
                    history.run(new Choices(seed));
                } catch (AssertionError e) {
                    return seed + 1;
                }
            }
        }
        return -1;
    }
}
