package rotera.simulator;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * The decisions that make a history: drawn from the random numbers of a seed, or taken from a list
 * that was noted down before and then cut shorter. All are noted, with the places where steps
 * begin, so that a history that fails can be repeated with some of its steps left out.
 *
 * <p>Smaller is simpler: a list that has ended goes on with zeros.
 */
public final class Choices implements RandomGenerator {
    private final SplittableRandom random;
    private final long[] given;
    private final boolean repeats;
    private long[] noted = new long[1024];
    private int count;
    private int[] steps = new int[64];
    private int stepCount;
    private int[] times = new int[8];
    private int timeCount;
    private int[] counts = new int[8];
    private int countCount;

    /**
     * What a history decided, where its steps began, and which decisions said how many steps follow
     * or at what time along them something happens.
     */
    static final class Noted {
        private final long[] values;
        private final int[] steps;
        private final int[] counts;
        private final int[] times;

        Noted(long[] values, int[] steps, int[] counts, int[] times) {
            this.values = values;
            this.steps = steps;
            this.counts = counts;
            this.times = times;
        }

        long[] values() {
            return values;
        }

        int[] steps() {
            return steps;
        }

        int[] counts() {
            return counts;
        }

        int[] times() {
            return times;
        }
    }

    /** The decisions of a seed. */
    public Choices(long seed) {
        this.random = new SplittableRandom(seed);
        this.given = new long[0];
        this.repeats = false;
    }

    /** These decisions once more. */
    Choices(long[] given) {
        this.random = new SplittableRandom(0);
        this.given = given;
        this.repeats = true;
    }

    /** A step of the history begins, one that could be left out. */
    public void step() {
        if (stepCount == steps.length) steps = Arrays.copyOf(steps, 2 * stepCount);
        steps[stepCount++] = count;
    }

    /** Decides how many steps follow: one less when one of them is left out. */
    public int nextCount(int bound) {
        if (countCount == counts.length) counts = Arrays.copyOf(counts, 2 * countCount);
        counts[countCount++] = count;
        return nextInt(bound);
    }

    /**
     * Decides when something happens, counted along the steps that follow: it has to come earlier
     * when one of them is left out.
     */
    public int nextTime(int bound) {
        if (timeCount == times.length) times = Arrays.copyOf(times, 2 * timeCount);
        times[timeCount++] = count;
        return nextInt(bound);
    }

    /** Whether the list that was given is used up: then the history should come to its end. */
    public boolean ended() {
        return repeats && count >= given.length;
    }

    Noted noted() {
        return new Noted(
                Arrays.copyOf(noted, count),
                Arrays.copyOf(steps, stepCount),
                Arrays.copyOf(counts, countCount),
                Arrays.copyOf(times, timeCount));
    }

    @Override
    public long nextLong() {
        return note(repeats ? next() : random.nextLong());
    }

    @Override
    public long nextLong(long bound) {
        return note(repeats ? within(next(), bound) : random.nextLong(bound));
    }

    @Override
    public int nextInt() {
        return (int) note(repeats ? (int) next() : random.nextInt());
    }

    @Override
    public int nextInt(int bound) {
        return (int) note(repeats ? within(next(), bound) : random.nextInt(bound));
    }

    @Override
    public boolean nextBoolean() {
        return nextInt(2) == 1;
    }

    private long next() {
        return count < given.length ? given[count] : 0;
    }

    private static long within(long value, long bound) {
        return value >= 0 && value < bound ? value : Math.floorMod(value, bound);
    }

    private long note(long value) {
        if (count == noted.length) noted = Arrays.copyOf(noted, 2 * count);
        noted[count++] = value;
        return value;
    }
}
