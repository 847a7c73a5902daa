package rotera.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import rotera.benchmark.GrowthGroup.Beside;
import rotera.benchmark.GrowthGroup.Row;
import rotera.benchmark.GrowthTable.Curves;

/**
 * What grows with what: measures each work at several sizes of one thing, a group of works for each
 * thing. {@code Growth ROTERA DIRECTORY DOCS [short] [GROUP...]} prints a table for each group and
 * puts it into the docs, with a plot of all; {@code short} measures smaller sizes, less long, and
 * only prints. {@code benchmark/growth} starts it.
 */
public final class Growth {
    private static final List<String> GROUPS =
            List.of("ring", "queues", "streams", "bytes", "readers");
    private static final double MOST_PLOTTED = 2;

    private final Path rotera;
    private final Path directory;
    private final boolean small;
    private final int rounds;
    private final long nanos;

    private Growth(Path rotera, Path directory, boolean small) {
        this.rotera = rotera;
        this.directory = directory;
        this.small = small;
        this.rounds = small ? 1 : 3;
        this.nanos = small ? 300_000_000L : 1_000_000_000L;
    }

    public static void main(String... arguments) throws IOException, InterruptedException {
        List<String> names = new ArrayList<>(Arrays.asList(arguments).subList(3, arguments.length));
        boolean small = names.remove("short");
        if (!GROUPS.containsAll(names))
            throw new IllegalArgumentException("the groups are " + GROUPS + ", not " + names);
        Growth growth = new Growth(Path.of(arguments[0]), Path.of(arguments[1]), small);
        for (String name : names.isEmpty() ? GROUPS : names) {
            String table = growth.measure(name);
            System.out.println(table);
            if (!small) write(Path.of(arguments[2]), name, table);
        }
    }

    private String measure(String name) throws IOException, InterruptedException {
        say(name + ": preparing");
        try (GrowthGroup group = group(name)) {
            GrowthTable table = new GrowthTable(group);
            say(name + ": warming up");
            measure(group, true, table);
            for (int round = 1; round <= rounds; round++) {
                say(name + ": round " + round + " of " + rounds);
                measure(group, false, table);
            }
            return table.toString();
        }
    }

    private GrowthGroup group(String name) throws IOException, InterruptedException {
        return switch (name) {
            case "ring" -> new RingGrowth(directory, small);
            case "queues" -> new QueuesGrowth(rotera, directory, small);
            case "streams" -> new StreamsGrowth(rotera, directory, small);
            case "bytes" -> new BytesGrowth(rotera, directory);
            case "readers" -> new ReadersGrowth(rotera, directory);
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** All sizes of a work one after the other, so that a slow minute hits all of them. */
    private void measure(GrowthGroup group, boolean warmUp, GrowthTable table)
            throws IOException, InterruptedException {
        for (Row row : group.rows()) {
            for (int i = 0; i < group.sizes().size(); i++) {
                int size = i;
                long process = row.served() ? group.server(size) : ProcessHandle.current().pid();
                try (Beside _ = group.at(size)) {
                    // A server has compiled nothing yet.
                    long time = warmUp && row.served() ? 3 * nanos : nanos;
                    Cost cost = Cost.of(() -> row.work().run(size), process, time);
                    if (warmUp) continue;
                    table.add(row, size, cost);
                    say(
                            String.format(
                                    Locale.ROOT,
                                    "  %s, %s: %.0f/s, %.3f ns of processor time",
                                    row.name(),
                                    group.sizes().get(size),
                                    cost.unitsPerSecond(),
                                    cost.processorNanosPerUnit()));
                }
            }
        }
    }

    private static void write(Path docs, String name, String table) throws IOException {
        Path page = docs.resolve("benchmarks.md");
        place(page, name).write(table);
        Plot plot = new Plot();
        for (String group : GROUPS) {
            Curves curves = Curves.of(place(page, group).read());
            if (curves.sizes().isEmpty()) continue;
            List<Plot.Line> lines = new ArrayList<>();
            curves.ratios().forEach((work, ratios) -> lines.add(line(work, lines.size(), ratios)));
            plot.panel("ratio to the first: " + curves.title(), curves.sizes(), "", lines);
        }
        Files.writeString(docs.resolve("growth.svg"), plot.toString());
    }

    /** What goes beyond the plot is told by the line's name. */
    private static Plot.Line line(String work, int colour, List<Double> ratios) {
        double most = ratios.stream().mapToDouble(Double::doubleValue).max().orElse(1);
        String name = most > MOST_PLOTTED ? work + " (up to " + most + ")" : work;
        return new Plot.Line(
                name,
                false,
                colour,
                ratios.stream().map(ratio -> Math.min(ratio, MOST_PLOTTED)).toList());
    }

    private static MarkedText place(Path page, String group) {
        return new MarkedText(
                page,
                "<!-- written by benchmark/growth " + group + " -->",
                "<!-- end of benchmark/growth " + group + " -->");
    }

    private static void say(String text) {
        System.err.println(text);
    }
}
