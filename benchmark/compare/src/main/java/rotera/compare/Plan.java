package rotera.compare;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rotera.compare.contender.Contenders;
import rotera.compare.work.Works;

/** Which cells there are in which round, and why others are not there. */
final class Plan {
    private final List<Cell> wanted = new ArrayList<>();
    private final boolean repeatsAll;
    private final Map<String, String> skipped = new LinkedHashMap<>();

    Plan(Options options) {
        repeatsAll = !options.cells.isEmpty();
        for (Cell cell : options.cells.isEmpty() ? all(options.isShort) : options.cells) add(cell);
    }

    private static List<Cell> all(boolean isShort) {
        List<Cell> all = new ArrayList<>();
        for (Works work : Works.values()) {
            if (isShort && work.onlyInCore()) continue;
            for (Contenders contender : Contenders.values()) all.add(new Cell(work, contender));
        }
        return all;
    }

    private void add(Cell cell) {
        Optional<String> missing = cell.contender().missing();
        if (missing.isPresent()) {
            skipped.put(cell.contender().title(), notInstalled(missing.get()));
        } else if (cell.work().missing().isPresent()) {
            skipped.put(cell.work().title(), notInstalled(cell.work().missing().get()));
        } else {
            addPossible(cell);
        }
    }

    private static String notInstalled(String program) {
        return "`" + program + "` is not installed";
    }

    private void addPossible(Cell cell) {
        Optional<String> refusal = cell.work().refusal(cell.contender());
        if (refusal.isEmpty()) {
            wanted.add(cell);
        } else if (!refusal.get().isEmpty()) {
            skipped.put(cell.work().title() + ": " + cell.contender().title(), refusal.get());
        }
    }

    /** What is not measured, and why. */
    Map<String, String> skipped() {
        return skipped;
    }

    /** Work by work; within a work the systems take turns, and each round another one begins. */
    List<Cell> round(int number) {
        List<Cell> cells = new ArrayList<>();
        for (Works work : Works.values()) {
            if (number > 0 && work.once() && !repeatsAll) continue;
            List<Cell> same =
                    new ArrayList<>(wanted.stream().filter(cell -> cell.work() == work).toList());
            Collections.rotate(same, -number);
            cells.addAll(same);
        }
        return cells;
    }

    /** Of all rounds. */
    int count(int rounds) {
        int count = 0;
        for (int i = 0; i < rounds; i++) count += round(i).size();
        return count;
    }
}
