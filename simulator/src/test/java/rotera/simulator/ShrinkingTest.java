package rotera.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

class ShrinkingTest {

    @Test
    void onlyTheStepsThatMatterAreLeft() {
        Steps steps = new Steps(step -> step > 700);
        assertThatThrownBy(() -> new Search(steps, "again", 60).run(3))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("rerun: again 3")
                .hasMessageContaining("1 steps of");
        assertThat(steps.trace()).containsExactly("step 701");
    }

    @Test
    void anotherFailureIsNotTakenForTheSame() {
        Steps steps = new Steps(step -> step > 700);
        steps.otherFailure = step -> step == 0;
        assertThatThrownBy(() -> new Search(steps, "again", 60).run(3))
                .hasMessageContaining("failed at");
        assertThat(steps.trace()).endsWith("step 701");
    }

    /** Draws some steps and fails at one. */
    private static final class Steps implements History {
        private final IntPredicate failure;
        private final List<String> trace = new ArrayList<>();
        private boolean tracing;
        IntPredicate otherFailure = step -> false;

        Steps(IntPredicate failure) {
            this.failure = failure;
        }

        @Override
        public void run(Choices choices) {
            trace.clear();
            for (int i = 0; i < 100 && !choices.ended(); i++) {
                choices.step();
                int step = choices.nextInt(1000);
                if (tracing) trace.add("step " + step);
                if (failure.test(step)) throw new AssertionError("failed at " + step);
                if (otherFailure.test(step)) throw new AssertionError("another one");
            }
        }

        @Override
        public void tracing(boolean on) {
            tracing = on;
        }

        @Override
        public List<String> trace() {
            return trace;
        }

        @Override
        public long openings() {
            return 0;
        }

        @Override
        public void close() {}
    }
}
