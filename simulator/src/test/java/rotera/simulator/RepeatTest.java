package rotera.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A seed means the same each time, whatever ran before it. */
@Tag("slow")
class RepeatTest {
    private static final int SEEDS = 40;

    @ParameterizedTest
    @EnumSource
    void aSeedRepeatsEverything(Kind kind) {
        try (History one = kind.make();
                History other = kind.make()) {
            one.tracing(true);
            other.tracing(true);
            other.run(new Choices(SEEDS));
            for (long seed = 0; seed < SEEDS; seed++) {
                List<String> first = traceOf(one, new Choices(seed));
                Choices again = new Choices(seed);
                assertThat(traceOf(other, again)).as("seed %d", seed).isEqualTo(first);
                Choices noted = new Choices(again.noted().values());
                assertThat(traceOf(other, noted)).as("noted seed %d", seed).isEqualTo(first);
            }
        }
    }

    private static List<String> traceOf(History history, Choices choices) {
        history.run(choices);
        return List.copyOf(history.trace());
    }
}
