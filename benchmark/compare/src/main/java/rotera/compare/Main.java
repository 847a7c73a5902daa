package rotera.compare;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import rotera.compare.contender.Contenders;
import rotera.compare.report.Format;
import rotera.compare.report.Outcome;
import rotera.compare.report.Report;
import rotera.compare.report.Results;
import rotera.compare.work.Figure;
import rotera.compare.work.Works;

/** The command behind {@code benchmark/compare/run}. */
final class Main {
    private final long begin = System.nanoTime();
    private final Options options;
    private final Plan plan;
    private final CellProcess process;
    private final Results results = new Results();
    private final Map<Cell, Double> durations = new HashMap<>();
    private int done;

    private Main(Path root, Options options) {
        this.options = options;
        plan = new Plan(options);
        process = new CellProcess(root, options);
    }

    public static void main(String... arguments) throws Exception {
        Path root = Path.of(System.getProperty("compare.root", ".")).toAbsolutePath();
        Options options;
        try {
            options = Options.parse(root.resolve("benchmark/compare"), arguments);
        } catch (IllegalArgumentException e) {
            say(e.getMessage() + "\n\n" + Options.USAGE);
            System.exit(2);
            return;
        }
        if (options.help) say(Options.USAGE);
        else if (options.list) list();
        else new Main(root, options).run(root);
    }

    private static void list() {
        say("works:");
        for (Works work : Works.values()) say("  %-18s %s".formatted(work.id(), work.title()));
        say("systems:");
        for (Contenders one : Contenders.values()) {
            String missing =
                    one.missing().map(program -> " (" + program + " is not installed)").orElse("");
            say("  %-18s %s".formatted(one.id(), one.title() + missing));
        }
    }

    private void run(Path root) throws Exception {
        Files.createDirectories(options.out);
        Runtime.getRuntime().addShutdownHook(new Thread(Main::endOthers));
        plan.skipped().forEach((what, why) -> say("not measured: " + what + ": " + why));
        int rounds = 0;
        while (rounds < options.rounds && fits(plan.round(rounds))) {
            for (Cell cell : plan.round(rounds)) run(cell, rounds);
            rounds++;
        }
        double minutes = (System.nanoTime() - begin) / 60e9;
        new Report(root, results, plan.skipped(), options.words, rounds, minutes)
                .write(options.out);
        say("%.1f minutes; the report is %s".formatted(minutes, options.out.resolve("report.md")));
        if (results.outcomes().stream().anyMatch(Outcome::failed)) System.exit(1);
    }

    /** Nothing goes on when this ends, interrupted or not. */
    private static void endOthers() {
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    }

    /** Whether a round will end in time; the first one has to. */
    private boolean fits(List<Cell> round) {
        if (round.isEmpty()) return false;
        double expected = round.stream().mapToDouble(this::expectedSeconds).sum();
        return done == 0 || elapsed() + expected < options.limit().toSeconds();
    }

    private double expectedSeconds(Cell cell) {
        return durations.getOrDefault(cell, 10.0);
    }

    private double elapsed() {
        return (System.nanoTime() - begin) / 1e9;
    }

    private void run(Cell cell, int round) throws Exception {
        if (elapsed() > options.limit().toSeconds()) {
            results.add(new Outcome(cell, round, 0, Map.of(), "not run: the time was over"));
            return;
        }
        Outcome outcome = process.run(cell, round);
        results.add(outcome);
        durations.put(cell, outcome.seconds());
        done++;
        int all = plan.count(options.rounds);
        double average = elapsed() / done;
        say(
                String.format(
                        Locale.ROOT,
                        "[%d of %d] round %d, %s: %s (%.0f s; %s elapsed, about %s left)",
                        done,
                        all,
                        round + 1,
                        cell,
                        summary(outcome),
                        outcome.seconds(),
                        time(elapsed()),
                        time(average * (all - done))));
    }

    private static String summary(Outcome outcome) {
        if (outcome.failed()) return "FAILED: " + outcome.failure();
        StringBuilder text = new StringBuilder();
        for (Figure figure : outcome.cell().work().figures()) {
            Double value = outcome.figures().get(figure);
            if (value == null) continue;
            if (!text.isEmpty()) text.append(", ");
            text.append(figure.title()).append(' ').append(Format.value(figure, value));
        }
        return text.toString();
    }

    private static String time(double seconds) {
        return String.format(Locale.ROOT, "%d:%02d", (int) seconds / 60, (int) seconds % 60);
    }

    @SuppressWarnings("SystemOut")
    private static void say(String line) {
        System.err.println(line);
    }
}
