package rotera.compare.report;

import java.util.Map;
import rotera.compare.Cell;
import rotera.compare.work.Figure;

/**
 * What came out of a cell in one round.
 *
 * @param failure why there are no figures; empty if there are
 */
public record Outcome(
        Cell cell, int round, double seconds, Map<Figure, Double> figures, String failure) {

    public boolean failed() {
        return !failure.isEmpty();
    }
}
