package rotera.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import rotera.compare.contender.Contenders;
import rotera.compare.work.Works;

class PlanTest {

    private static Plan plan(String... arguments) {
        return new Plan(Options.parse(Path.of("."), arguments));
    }

    @Test
    void theSystemsTakeTurnsAndEachRoundAnotherOneBegins() {
        Plan plan = plan("--cell", "ingest-100:rotera,kafka,tape");
        assertThat(plan.round(0).stream().map(Cell::contender))
                .containsExactly(Contenders.ROTERA, Contenders.KAFKA, Contenders.TAPE);
        assertThat(plan.round(1).stream().map(Cell::contender))
                .containsExactly(Contenders.KAFKA, Contenders.TAPE, Contenders.ROTERA);
    }

    @Test
    void whatHardlyVariesIsDoneOnceUnlessAskedFor() {
        assertThat(plan().round(0).stream().map(Cell::work)).contains(Works.START, Works.LATENCY);
        assertThat(plan().round(1).stream().map(Cell::work))
                .contains(Works.LATENCY)
                .doesNotContain(Works.START);
        assertThat(plan("--cell", "start:rotera").count(3)).isEqualTo(3);
    }

    @Test
    void whatASystemCannotDoIsSkippedWithItsReason() {
        Plan plan = plan("--cell", "fan-out:rotera,tape");
        assertThat(plan.round(0)).hasSize(1);
        assertThat(plan.skipped()).containsValue("a reader cannot follow a writer");
    }

    @Test
    void unknownNamesAreRefused() {
        assertThatThrownBy(() -> plan("--cell", "ingest-100:kafak")).hasMessageContaining("kafak");
        assertThatThrownBy(() -> plan("--quick")).hasMessageContaining("--quick");
        assertThatThrownBy(() -> plan("--rounds")).hasMessageContaining("needs a value");
    }
}
