package rotera.compare.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import rotera.compare.Cell;
import rotera.compare.contender.Contenders;
import rotera.compare.work.Figure;
import rotera.compare.work.Works;

class GoalTest {
    private final Results results = new Results();

    private void add(Works work, Contenders contender, Figure figure, double value) {
        results.add(new Outcome(new Cell(work, contender), 0, 1, Map.of(figure, value), ""));
    }

    private List<String> rows() {
        return Goal.all().stream()
                .map(goal -> goal.row(results))
                .flatMap(Optional::stream)
                .toList();
    }

    @Test
    void aFigureThatReachesItsTargetAndItsMultipleIsEnough() {
        add(Works.INGEST_100, Contenders.ROTERA, Figure.INGEST, 8e6);
        add(Works.INGEST_100, Contenders.KAFKA, Figure.INGEST, 0.7e6);
        add(Works.INGEST_100, Contenders.REDIS, Figure.INGEST, 0.4e6);
        assertThat(rows())
                .containsExactly(
                        "| server: ingest | at least 7.00 M/s; 10.0 x Apache Kafka | 8.00 M/s; 11.4 x | yes |");
    }

    @Test
    void aFigureThatFallsShortOfTheBestIsNotEnough() {
        add(Works.INGEST_100, Contenders.ROTERA, Figure.INGEST, 8e6);
        add(Works.INGEST_100, Contenders.KAFKA, Figure.INGEST, 0.9e6);
        assertThat(rows()).singleElement().asString().endsWith("| 8.00 M/s; 8.89 x | **no** |");
    }

    @Test
    void whereLessIsBetterTheTargetIsAnUpperLimit() {
        add(Works.START, Contenders.ROTERA, Figure.START, 0.3);
        assertThat(rows())
                .containsExactly(
                        "| server: start to first message | at most 0.25 s | 0.30 s | **no** |");
    }
}
