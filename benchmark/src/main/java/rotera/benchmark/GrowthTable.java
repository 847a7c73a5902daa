package rotera.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The figures of a group, as the table that is put into the docs: medians of all rounds, behind
 * each its ratio to the first size. What is not within 25 % of that is bold.
 */
final class GrowthTable {
    private static final double MOST_RATIO = 1.25;
    private static final String COST = ": processor time";
    private static final Pattern RATIO = Pattern.compile("\\((\\d+\\.\\d\\d)\\)");

    private final GrowthGroup group;
    private final Map<String, List<List<Double>>> values = new LinkedHashMap<>();

    GrowthTable(GrowthGroup group) {
        this.group = group;
    }

    void add(GrowthGroup.Row row, int size, Cost cost) {
        GrowthGroup.Unit unit = group.unit();
        add(row.name() + ": " + unit.rate, size, cost.unitsPerSecond() * unit.rateFactor);
        add(row.name() + COST, size, cost.processorNanosPerUnit() * unit.costFactor);
    }

    private void add(String name, int size, double value) {
        values.computeIfAbsent(
                        name,
                        _ ->
                                Stream.<List<Double>>generate(ArrayList::new)
                                        .limit(group.sizes().size())
                                        .toList())
                .get(size)
                .add(value);
    }

    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder("\n| %s (%s) |".formatted(group.title(), group.unit().cost));
        for (String size : group.sizes()) text.append(' ').append(size).append(" |");
        text.append("\n|---|").append("---:|".repeat(group.sizes().size())).append('\n');
        values.forEach((name, measured) -> {
            text.append("| ").append(name).append(" |");
            double first = Median.of(measured.getFirst());
            for (List<Double> rounds : measured)
                text.append(' ').append(cell(Median.of(rounds), first)).append(" |");
            text.append('\n');
        });
        return text.append('\n').toString();
    }

    private static String cell(double value, double first) {
        double ratio = value / first;
        String text = String.format(Locale.ROOT, "%s (%.2f)", number(value), ratio);
        return ratio > MOST_RATIO || ratio < 1 / MOST_RATIO ? "**" + text + "**" : text;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%,.0f", value);
    }

    /** What is in a table: its title, its sizes, and how the processor time of its works grows. */
    record Curves(String title, List<String> sizes, Map<String, List<Double>> ratios) {

        /** Takes them out of the text of a table; without sizes if there is none. */
        static Curves of(String table) {
            List<String> lines = table.lines().filter(line -> line.startsWith("|")).toList();
            if (lines.isEmpty()) return new Curves("", List.of(), Map.of());
            List<String> head = cells(lines.getFirst());
            Map<String, List<Double>> ratios = new LinkedHashMap<>();
            for (String line : lines.subList(2, lines.size())) {
                String name = cells(line).getFirst();
                if (!name.endsWith(COST)) continue;
                Matcher found = RATIO.matcher(line);
                List<Double> row = found.results().map(r -> Double.valueOf(r.group(1))).toList();
                ratios.put(name.substring(0, name.length() - COST.length()), row);
            }
            return new Curves(head.getFirst(), head.subList(1, head.size()), ratios);
        }

        private static List<String> cells(String line) {
            return Pattern.compile("\\|")
                    .splitAsStream(line)
                    .map(String::strip)
                    .filter(cell -> !cell.isEmpty())
                    .toList();
        }
    }
}
