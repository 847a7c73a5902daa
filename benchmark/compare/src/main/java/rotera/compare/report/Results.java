package rotera.compare.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rotera.compare.Cell;
import rotera.compare.work.Figure;

/** All outcomes, in the order in which they came. */
public final class Results {
    private final List<Outcome> outcomes = new ArrayList<>();

    public void add(Outcome outcome) {
        outcomes.add(outcome);
    }

    public List<Outcome> outcomes() {
        return outcomes;
    }

    /** A figure of all rounds; empty if there is none. */
    Optional<Spread> spread(Cell cell, Figure figure) {
        double[] values =
                outcomes.stream()
                        .filter(outcome -> outcome.cell().equals(cell))
                        .filter(outcome -> outcome.figures().containsKey(figure))
                        .mapToDouble(outcome -> outcome.figures().get(figure))
                        .toArray();
        return values.length == 0 ? Optional.empty() : Optional.of(Spread.of(values));
    }

    /** The median of one system's figure divided by another's, round by round. */
    Optional<Spread> ratio(Cell above, Cell below, Figure figure) {
        List<Double> ratios = new ArrayList<>();
        for (Outcome one : outcomes) {
            Double value = one.figures().get(figure);
            if (!one.cell().equals(above) || value == null) continue;
            for (Outcome other : outcomes) {
                Double base = other.figures().get(figure);
                if (other.cell().equals(below) && other.round() == one.round() && base != null) {
                    ratios.add(value / base);
                }
            }
        }
        if (ratios.isEmpty()) return Optional.empty();
        return Optional.of(Spread.of(ratios.stream().mapToDouble(Double::doubleValue).toArray()));
    }
}
