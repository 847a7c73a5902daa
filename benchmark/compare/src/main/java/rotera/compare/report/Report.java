package rotera.compare.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import rotera.compare.Cell;
import rotera.compare.contender.Contenders;
import rotera.compare.work.Figure;
import rotera.compare.work.Works;

/** Writes report.md, its plots, and results.json. */
public final class Report {
    private static final Set<Figure> PLOTTED =
            EnumSet.of(
                    Figure.INGEST,
                    Figure.REPLAY,
                    Figure.MEMORY_AFTER,
                    Figure.BATCH_1,
                    Figure.ONE_1,
                    Figure.ONE_64,
                    Figure.LATENCY_P99,
                    Figure.DELIVERED,
                    Figure.START,
                    Figure.DISK_PEAK);

    private final StringBuilder text = new StringBuilder();
    private final Path root;
    private final Results results;
    private final Map<String, String> skipped;
    private final List<String> words;
    private final int rounds;
    private final double minutes;

    public Report(
            Path root,
            Results results,
            Map<String, String> skipped,
            List<String> words,
            int rounds,
            double minutes) {
        this.root = root;
        this.results = results;
        this.skipped = skipped;
        this.words = words;
        this.rounds = rounds;
        this.minutes = minutes;
    }

    public void write(Path directory) throws IOException {
        Map<String, String> facts = Machine.facts(root, directory);
        head(facts);
        text.append(new Summary(results).text());
        for (Works work : Works.values()) {
            if (contenders(work).isEmpty()) continue;
            line("## " + work.title());
            line("");
            tables(work);
            plots(work, directory);
        }
        systems();
        Files.writeString(directory.resolve("report.md"), text);
        Files.writeString(directory.resolve("results.json"), Json.of(facts, results));
    }

    private void head(Map<String, String> facts) {
        line("# Rotera and what its users would pick instead");
        line("");
        line(
                String.format(
                        Locale.ROOT,
                        "Written by `benchmark/compare/run%s` on %s: %d round%s in %.0f minutes.",
                        words.isEmpty() ? "" : " " + String.join(" ", words),
                        LocalDate.now(ZoneId.systemDefault()),
                        rounds,
                        rounds == 1 ? "" : "s",
                        minutes));
        line("What is measured and how each system is driven: benchmark/compare/README.md.");
        line(
                "Medians, with lowest and highest where there are several rounds. Every message was read");
        line(
                "back: a cell whose messages did not all come, in order and with the right checksum, has");
        line("failed and no figure.");
        line("");
        line("| machine | |");
        line("|---|---|");
        facts.forEach((name, value) -> line("| " + name + " | " + value + " |"));
        line("");
        problems();
    }

    private void problems() {
        List<Outcome> failed = results.outcomes().stream().filter(Outcome::failed).toList();
        if (!skipped.isEmpty()) {
            line("Not measured:");
            line("");
            skipped.forEach((what, why) -> line("- " + what + ": " + why + "."));
            line("");
        }
        if (!failed.isEmpty()) {
            line("Failed:");
            line("");
            for (Outcome outcome : failed) {
                line(
                        "- "
                                + outcome.cell()
                                + ", round "
                                + (outcome.round() + 1)
                                + ": "
                                + outcome.failure());
            }
            line("");
        }
        for (Contenders contender : contenders(Works.SYNCS)) {
            if (syncsMissing(contender)) {
                line(
                        "**"
                                + contender.title()
                                + " acknowledged without the syncs that it promised.**");
                line("");
            }
        }
    }

    /** Fewer syncs than acknowledgements that were waited for one by one. */
    private boolean syncsMissing(Contenders contender) {
        Cell cell = new Cell(Works.SYNCS, contender);
        return List.of(Figure.SYNCS_BATCH, Figure.SYNCS_ONE).stream()
                .map(figure -> results.spread(cell, figure))
                .flatMap(Optional::stream)
                .anyMatch(spread -> spread.lowest() < 1);
    }

    /** Those that did this work, in the order of the tables. */
    private List<Contenders> contenders(Works work) {
        return List.of(Contenders.values()).stream()
                .filter(one ->
                        results.outcomes().stream()
                                .anyMatch(outcome -> outcome.cell().equals(new Cell(work, one))))
                .toList();
    }

    private void tables(Works work) {
        if (work == Works.REFERENCES) {
            references(work);
            return;
        }
        List<Figure> figures =
                work.figures().stream()
                        .filter(figure ->
                                contenders(work).stream()
                                        .anyMatch(one ->
                                                results.spread(new Cell(work, one), figure)
                                                        .isPresent()))
                        .toList();
        StringBuilder head = new StringBuilder("| | durability |");
        StringBuilder rule = new StringBuilder("|---|---|");
        for (Figure figure : figures) {
            head.append(' ').append(figure.title()).append(" |");
            rule.append("---:|");
        }
        line(head.toString());
        line(rule.toString());
        Contenders.Kind kind = null;
        for (Contenders contender : contenders(work)) {
            if (kind != contender.kind()) {
                kind = contender.kind();
                line("| **" + kind.title() + "** | |" + " |".repeat(figures.size()));
            }
            row(work, contender, figures);
        }
        line("");
    }

    private void row(Works work, Contenders contender, List<Figure> figures) {
        StringBuilder row = new StringBuilder("| ");
        row.append(contender.title()).append(" | ").append(work.durability(contender)).append(" |");
        for (Figure figure : figures) {
            row.append(' ').append(cell(new Cell(work, contender), figure)).append(" |");
        }
        line(row.toString());
    }

    private String cell(Cell cell, Figure figure) {
        return results.spread(cell, figure)
                .map(spread -> Format.spread(figure, spread))
                .orElse("-");
    }

    private void references(Works work) {
        line("| | |");
        line("|---|---:|");
        for (Figure figure : work.figures()) {
            line(
                    "| "
                            + figure.title()
                            + " | "
                            + cell(new Cell(work, Contenders.ROTERA), figure)
                            + " |");
        }
        line("");
    }

    private void plots(Works work, Path directory) throws IOException {
        for (Figure figure : work.figures()) {
            if (!PLOTTED.contains(figure)) continue;
            List<BarPlot.Bar> bars = new ArrayList<>();
            for (Contenders one : contenders(work)) {
                results.spread(new Cell(work, one), figure)
                        .ifPresent(spread ->
                                bars.add(new BarPlot.Bar(one, spread, work.durability(one))));
            }
            if (bars.size() < 2) continue;
            String name =
                    work.id()
                            + "-"
                            + figure.name().toLowerCase(Locale.ROOT).replace('_', '-')
                            + ".svg";
            String title = work.title() + ": " + figure.title();
            Files.writeString(directory.resolve(name), new BarPlot(title, figure, bars).svg());
            line("![" + title + "](" + name + ")");
            line("");
        }
    }

    private void systems() throws IOException {
        line("## The systems");
        line("");
        line("| | version | settings |");
        line("|---|---|---|");
        for (Contenders contender : Contenders.values()) {
            boolean ran =
                    results.outcomes().stream()
                            .anyMatch(outcome -> outcome.cell().contender() == contender);
            if (!ran) continue;
            line(
                    "| %s | %s | %s |"
                            .formatted(
                                    contender.title(),
                                    Machine.version(contender),
                                    contender.settings()));
        }
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
