package rotera.simulator;

import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes a history that fails shorter: leaves out steps, many at once and then single ones, and
 * makes its decisions smaller, as long as it goes on to fail in the same way.
 */
final class Shrinking {
    /** Operations of the disk that a step has, mostly. */
    private static final long MOST_EARLIER = 12;

    private static final Pattern FIGURES = Pattern.compile("\\d+");

    private final History history;
    private final String failure;
    private final long endNanos;
    private Choices.Noted shortest;
    private int runs;

    /** The shortest decisions that were found, and how many runs that took. */
    record Result(Choices.Noted shortest, int runs) {}

    private Shrinking(History history, Choices.Noted noted, Throwable failure, long mostSeconds) {
        this.history = history;
        this.failure = kind(failure);
        this.shortest = noted;
        this.endNanos = System.nanoTime() + mostSeconds * 1_000_000_000;
    }

    /** Shortens the decisions of a run that ended with this failure. */
    static Result of(History history, Choices.Noted noted, Throwable failure, long mostSeconds) {
        Shrinking shrinking = new Shrinking(history, noted, failure, mostSeconds);
        shrinking.shrink();
        return new Result(shrinking.shortest, shrinking.runs);
    }

    private void shrink() {
        int before;
        do {
            before = shortest.values().length;
            leaveOutSteps();
            cutTheEnd();
            leaveOutDecisions();
            lowerDecisions();
        } while (shortest.values().length < before && !isOver());
    }

    private void leaveOutSteps() {
        for (int size = shortest.steps().length; size > 0 && !isOver(); size /= 2) {
            for (int first = shortest.steps().length - size; first >= 0 && !isOver(); first -= size)
                leaveOut(size, beginOf(first), beginOf(first + size));
        }
    }

    /** Leaves out steps; what was to happen at a time behind them may have to come earlier. */
    private void leaveOut(int steps, int from, int to) {
        if (from >= to) return;
        long[] values = without(from, to);
        int count = lastBefore(from, shortest.counts());
        if (count >= 0) values[count] = Math.max(0, values[count] - steps);
        if (attempt(values)) return;
        int time = lastBefore(from, shortest.times());
        if (time < 0) return;
        long before = values[time];
        for (long earlier = 1; earlier <= Math.min(before, MOST_EARLIER); earlier++) {
            values[time] = before - earlier;
            if (attempt(values)) return;
        }
    }

    private static int lastBefore(int place, int[] places) {
        return Arrays.stream(places).filter(at -> at < place).max().orElse(-1);
    }

    private int beginOf(int step) {
        int[] steps = shortest.steps();
        return step < steps.length ? steps[step] : shortest.values().length;
    }

    private void cutTheEnd() {
        int low = 0;
        while (low < shortest.values().length && !isOver()) {
            int middle = (low + shortest.values().length) >>> 1;
            if (!attempt(Arrays.copyOf(shortest.values(), middle))) low = middle + 1;
        }
    }

    private void leaveOutDecisions() {
        for (int size = 8; size > 0 && !isOver(); size /= 2)
            for (int at = shortest.values().length - size; at >= 0 && !isOver(); at--)
                tryWithout(at, at + size);
    }

    private void lowerDecisions() {
        for (int at = 0; at < shortest.values().length && !isOver(); at++) {
            long value = shortest.values()[at];
            if (value == 0 || tryWith(at, 0)) continue;
            // Down to the smallest with which it fails, as if there were one place from which on it
            // does.
            long passes = 0;
            while (at < shortest.values().length && !isOver()) {
                long now = shortest.values()[at];
                if (now - passes <= 1) break;
                long middle = passes + (now - passes) / 2;
                if (!tryWith(at, middle)) passes = middle;
            }
        }
    }

    private boolean tryWith(int at, long value) {
        long[] values = shortest.values().clone();
        values[at] = value;
        return attempt(values);
    }

    private boolean tryWithout(int from, int to) {
        return from < to && to <= shortest.values().length && attempt(without(from, to));
    }

    private long[] without(int from, int to) {
        long[] values = shortest.values();
        long[] rest = Arrays.copyOf(values, values.length - (to - from));
        System.arraycopy(values, to, rest, from, values.length - to);
        return rest;
    }

    /** Whether the history fails with these decisions as well; then they are the shortest. */
    private boolean attempt(long[] values) {
        runs++;
        Choices choices = new Choices(values.clone());
        Throwable failed = failureOf(choices);
        if (failed == null || !kind(failed).equals(failure)) return false;
        Choices.Noted noted = choices.noted();
        // What it drew beyond the list were zeros, which it would draw again.
        shortest =
                noted.values().length <= values.length
                        ? noted
                        : new Choices.Noted(
                                values,
                                within(noted.steps(), values.length),
                                within(noted.counts(), values.length),
                                within(noted.times(), values.length));
        return true;
    }

    private static int[] within(int[] places, int length) {
        return Arrays.stream(places).filter(place -> place < length).toArray();
    }

    private @Nullable Throwable failureOf(Choices choices) {
        try {
            history.run(choices);
            return null;
        } catch (Throwable e) {
            return e;
        }
    }

    private boolean isOver() {
        return System.nanoTime() - endNanos > 0;
    }

    /** Failures that differ only in their figures are the same. */
    private static String kind(Throwable failure) {
        return failure.getClass()
                + FIGURES.matcher(String.valueOf(failure.getMessage())).replaceAll("#");
    }
}
