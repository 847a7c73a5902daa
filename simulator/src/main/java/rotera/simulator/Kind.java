package rotera.simulator;

import java.util.Locale;
import rotera.simulator.consumers.ConsumersHistory;
import rotera.simulator.queue.Interleaving;
import rotera.simulator.queue.ShortHistory;
import rotera.simulator.queue.Simulation;

/** The kinds of histories. */
enum Kind {
    /** Long ones of all that a queue can do, which crash, fail and are damaged anywhere. */
    RANDOM,
    /** Short ones that lose power before each operation, with some of the images this leaves. */
    SHORT,
    /** Several threads that the seed interleaves. */
    THREADS,
    /** The model of named consumers, which are designed and not built: docs/consumers.md. */
    CONSUMERS;

    private static final int MOST_IMAGES = Integer.getInteger("rotera.images", 16);

    History make() {
        return switch (this) {
            case RANDOM -> new Simulation();
            case SHORT -> new ShortHistory(MOST_IMAGES);
            case THREADS -> new Interleaving();
            case CONSUMERS -> new ConsumersHistory();
        };
    }

    /** As the command takes it. */
    String option() {
        return name().toLowerCase(Locale.ROOT);
    }
}
