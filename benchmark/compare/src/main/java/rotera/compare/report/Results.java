package rotera.compare.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import rotera.compare.Cell;
import rotera.compare.contender.Contenders;
import rotera.compare.work.Figure;
import rotera.compare.work.Works;

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

    /** One figure divided by another, round by round. */
    Optional<Spread> ratio(Cell above, Figure aboveFigure, Cell below, Figure belowFigure) {
        List<Double> ratios = new ArrayList<>();
        for (Outcome one : outcomes) {
            Double value = one.figures().get(aboveFigure);
            if (!one.cell().equals(above) || value == null) continue;
            for (Outcome other : outcomes) {
                Double base = other.figures().get(belowFigure);
                if (other.cell().equals(below) && other.round() == one.round() && base != null) {
                    ratios.add(value / base);
                }
            }
        }
        if (ratios.isEmpty()) return Optional.empty();
        return Optional.of(Spread.of(ratios.stream().mapToDouble(Double::doubleValue).toArray()));
    }

    /** Who has the best median of these. */
    Optional<Contenders> best(Works work, Figure figure, List<Contenders> contenders) {
        double sign = figure.unit().moreIsBetter() ? 1 : -1;
        ToDoubleFunction<Contenders> value =
                one ->
                        spread(new Cell(work, one), figure)
                                .map(spread -> sign * spread.median())
                                .orElse(Double.NEGATIVE_INFINITY);
        return contenders.stream()
                .filter(one -> spread(new Cell(work, one), figure).isPresent())
                .max(Comparator.comparingDouble(value));
    }
}
