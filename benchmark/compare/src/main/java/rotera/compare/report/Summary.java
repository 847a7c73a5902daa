package rotera.compare.report;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import rotera.compare.Cell;
import rotera.compare.contender.Contenders;
import rotera.compare.work.Figure;
import rotera.compare.work.Works;

/** Where Rotera stands: beside the best other system of each work, and beside its goals. */
final class Summary {
    /** What Rotera is compared by at a glance. */
    private static final Set<Figure> SUMMED_UP =
            EnumSet.of(
                    Figure.INGEST,
                    Figure.REPLAY,
                    Figure.MEMORY_AFTER,
                    Figure.BATCH_1,
                    Figure.BATCH_8,
                    Figure.ONE_1,
                    Figure.ONE_1_P99,
                    Figure.ONE_16,
                    Figure.ONE_64,
                    Figure.LATENCY_P50,
                    Figure.LATENCY_P99,
                    Figure.DELIVERED,
                    Figure.START,
                    Figure.DISK_PEAK,
                    Figure.PUSHED_RATE);

    private final StringBuilder text = new StringBuilder();
    private final Results results;

    Summary(Results results) {
        this.results = results;
    }

    String text() {
        line("## Rotera beside the best of its kind");
        line("");
        line(
                "The ratio is the median of the ratios of the rounds; below 1, in bold, Rotera loses. The best one");
        line("is so by this figure alone: its durability may be less.");
        line("");
        line("| work | Rotera | best other | ratio |");
        line("|---|---|---|---:|");
        for (Works work : Works.values()) {
            for (Figure figure : work.figures()) {
                if (!SUMMED_UP.contains(figure)) continue;
                compare(work, figure, Contenders.ROTERA);
                compare(work, figure, Contenders.ROTERA_FILE);
            }
        }
        line("");
        goals();
        return text.toString();
    }

    private void goals() {
        List<String> rows =
                Goal.all().stream()
                        .map(goal -> goal.row(results))
                        .flatMap(Optional::stream)
                        .toList();
        if (rows.isEmpty()) return;
        line("## Goals");
        line("");
        line("| | asked for | reached | enough |");
        line("|---|---|---|---|");
        rows.forEach(this::line);
        line("");
    }

    private void compare(Works work, Figure figure, Contenders rotera) {
        Cell ours = new Cell(work, rotera);
        Optional<Spread> own = results.spread(ours, figure);
        Optional<Contenders> best = results.best(work, figure, others(rotera.kind()));
        if (own.isEmpty() || best.isEmpty()) return;
        Cell theirs = new Cell(work, best.get());
        Optional<Spread> ratio =
                figure.unit().moreIsBetter()
                        ? results.ratio(ours, figure, theirs, figure)
                        : results.ratio(theirs, figure, ours, figure);
        if (ratio.isEmpty()) return;
        double times = ratio.get().median();
        String number = Format.number(times, false);
        line(
                "| %s: %s | %s | %s | %s |"
                        .formatted(
                                work.title(),
                                figure.title(),
                                described(ours, figure),
                                described(theirs, figure),
                                times < 1 ? "**" + number + "**" : number));
    }

    private static List<Contenders> others(Contenders.Kind kind) {
        return Stream.of(Contenders.values())
                .filter(one -> one.kind() == kind && !one.isRotera())
                .toList();
    }

    private String described(Cell cell, Figure figure) {
        double median = results.spread(cell, figure).map(Spread::median).orElse(Double.NaN);
        return "%s %s, %s"
                .formatted(
                        cell.contender().title(),
                        Format.value(figure, median),
                        cell.work().durability(cell.contender()));
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
