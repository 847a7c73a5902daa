package rotera.compare.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import rotera.compare.Cell;
import rotera.compare.contender.Contenders;
import rotera.compare.work.Figure;
import rotera.compare.work.Works;

class ResultsTest {
    private static final Cell OURS = new Cell(Works.INGEST_100, Contenders.ROTERA);
    private static final Cell THEIRS = new Cell(Works.INGEST_100, Contenders.KAFKA);

    private final Results results = new Results();

    private void add(Cell cell, int round, double value) {
        results.add(new Outcome(cell, round, 1, Map.of(Figure.INGEST, value), ""));
    }

    @Test
    void aRatioIsTheMedianOfTheRatiosOfTheRounds() {
        add(OURS, 0, 10);
        add(THEIRS, 0, 1);
        add(OURS, 1, 100);
        add(THEIRS, 1, 50);
        add(OURS, 2, 30);
        add(THEIRS, 2, 10);
        assertThat(results.ratio(OURS, Figure.INGEST, THEIRS, Figure.INGEST))
                .contains(Spread.of(10, 2, 3));
    }

    @Test
    void aRoundWithoutAPartnerHasNoRatio() {
        add(OURS, 0, 10);
        add(THEIRS, 1, 1);
        assertThat(results.ratio(OURS, Figure.INGEST, THEIRS, Figure.INGEST)).isEmpty();
    }

    @Test
    void aFailedCellHasNoFigure() {
        results.add(new Outcome(OURS, 0, 1, Map.of(), "wrong checksum"));
        assertThat(results.spread(OURS, Figure.INGEST)).isEmpty();
    }
}
