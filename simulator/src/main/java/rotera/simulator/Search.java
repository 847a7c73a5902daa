package rotera.simulator;

import rotera.simulator.queue.ShortHistory;

/** Runs the histories of one seed after another, and makes the first that fails short. */
public final class Search {
    private static final long SHRINKING_SECONDS = 60;

    private final History history;
    private final String command;
    private final long shrinkingSeconds;

    /** {@code command} is what repeats a seed when the seed is put behind it. */
    public Search(History history, String command) {
        this(history, command, SHRINKING_SECONDS);
    }

    Search(History history, String command, long shrinkingSeconds) {
        this.history = history;
        this.command = command;
        this.shrinkingSeconds = shrinkingSeconds;
    }

    /** Runs this seed; returns how many histories that were. An error if one fails. */
    public long run(long seed) {
        if (!(history instanceof ShortHistory shorts)) {
            runOne(seed);
            return 1;
        }
        long operation = 0;
        do {
            shorts.crashAt(operation++);
            runOne(seed);
        } while (shorts.crashed());
        return operation;
    }

    private void runOne(long seed) {
        Choices choices = new Choices(seed);
        try {
            history.run(choices);
        } catch (Throwable e) {
            throw new AssertionError(report(seed, choices.noted(), e), e);
        }
    }

    private String report(long seed, Choices.Noted noted, Throwable failure) {
        Shrinking.Result result = Shrinking.of(history, noted, failure, shrinkingSeconds);
        history.tracing(true);
        try {
            history.run(new Choices(result.shortest().values()));
        } catch (Throwable again) {
            // Expected: it is written down what leads to it.
        } finally {
            history.tracing(false);
        }
        return "seed %d: %s%nrerun: %s %d%nthe shortest history that fails so (%d steps of %d, found in %d runs):%n  %s%n"
                .formatted(
                        seed,
                        failure.getMessage(),
                        command,
                        seed,
                        result.shortest().steps().length,
                        noted.steps().length,
                        result.runs(),
                        String.join(System.lineSeparator() + "  ", history.trace()));
    }
}
