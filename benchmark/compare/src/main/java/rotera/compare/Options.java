package rotera.compare;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import rotera.compare.contender.Contenders;
import rotera.compare.work.Works;

/** What the command line asks for. */
final class Options {
    static final String USAGE =
            """
            usage: benchmark/compare/run [OPTION]...

            Drives Rotera and what its users would pick instead through the same works, in alternating
            rounds, and writes a report. Without options the core table, in less than 45 minutes.

              --short               a short run, in less than 10 minutes: shows that all of it works
              --cell WORK[:SYSTEM,SYSTEM...]   only this; may be given several times
              --rounds N            at most so many rounds (3; short: 1; what hardly varies is done once)
              --minutes N           no further round begins that would not end in this time (45; short: 10)
              --out DIR             where the report goes (benchmark/compare/target/report)
              --dir DIR             where the systems keep their data (benchmark/compare/target/data)
              --install             installs what is missing of Debian's packages first (as root)
              --list                prints works and systems
            """;

    private static final int CORE_ROUNDS = 3;

    boolean isShort;
    boolean list;
    boolean help;
    int rounds;
    int minutes;
    Path out;
    Path directory;
    final List<Cell> cells = new ArrayList<>();
    final List<String> words;

    private Options(Path module, List<String> words) {
        this.words = words;
        out = module.resolve("target/report");
        directory = module.resolve("target/data");
    }

    static Options parse(Path module, String... arguments) {
        Options options = new Options(module, List.of(arguments));
        ArrayDeque<String> rest = new ArrayDeque<>(Arrays.asList(arguments));
        while (!rest.isEmpty()) options.take(rest.remove(), rest);
        if (options.rounds == 0) options.rounds = options.isShort ? 1 : CORE_ROUNDS;
        if (options.minutes == 0) options.minutes = options.isShort ? 10 : 45;
        return options;
    }

    private void take(String option, ArrayDeque<String> rest) {
        switch (option) {
            case "--short" -> isShort = true;
            case "--list" -> list = true;
            case "--help", "-h" -> help = true;
            case "--install" -> {} // Done by the script.
            case "--rounds" -> rounds = number(option, rest.poll());
            case "--minutes" -> minutes = number(option, rest.poll());
            case "--out" -> out = Path.of(value(option, rest.poll())).toAbsolutePath();
            case "--dir" -> directory = Path.of(value(option, rest.poll())).toAbsolutePath();
            case "--cell" -> addCells(value(option, rest.poll()));
            default -> throw new IllegalArgumentException("unknown option " + option);
        }
    }

    private static String value(String option, @Nullable String value) {
        if (value == null) throw new IllegalArgumentException(option + " needs a value");
        return value;
    }

    private static int number(String option, @Nullable String text) {
        int number = Integer.parseInt(value(option, text));
        if (number < 1)
            throw new IllegalArgumentException(option + "=" + number + " is less than 1");
        return number;
    }

    private void addCells(String text) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        Works work =
                Works.of(name)
                        .orElseThrow(
                                () -> new IllegalArgumentException("no work is called " + name));
        if (colon < 0) {
            for (Contenders contender : Contenders.values()) cells.add(new Cell(work, contender));
            return;
        }
        for (String id : text.substring(colon + 1).split(",", -1)) {
            Contenders contender =
                    Contenders.of(id)
                            .orElseThrow(() ->
                                    new IllegalArgumentException("no system is called " + id));
            cells.add(new Cell(work, contender));
        }
    }

    Duration limit() {
        return Duration.ofMinutes(minutes);
    }
}
