package rotera.simulator.queue;

import rotera.simulator.Choices;

/** How often each step is done: every history does some more often than others, or not at all. */
final class StepWeights {
    private static final Step[] STEPS = Step.values();

    private final Choices random;
    private final int[] weights = new int[STEPS.length];
    private int sum;

    /** What can be done with an open queue, and how often it is in an average history. */
    enum Step {
        PUSH_AGAIN(6),
        PUSH_REFUSED(2),
        PUSH(44),
        COMMIT(18),
        COMMIT_LATER(6),
        PUSH_LATER(3),
        RACE_FOR_ROOM(4),
        READ(11),
        STREAM(4),
        TIME(5),
        READ_ALL(1),
        CHECKPOINT(2),
        RENAME(2);

        private final int weight;

        Step(int weight) {
            this.weight = weight;
        }
    }

    StepWeights(Choices random) {
        this.random = random;
        for (int i = 0; i < STEPS.length; i++) {
            int factor = STEPS[i] == Step.PUSH ? 2 : random.nextInt(4);
            weights[i] = STEPS[i].weight * factor * factor;
            sum += weights[i];
        }
    }

    Step next() {
        int step = -1;
        for (int at = random.nextInt(sum); at >= 0; at -= weights[step]) step++;
        return STEPS[step];
    }
}
