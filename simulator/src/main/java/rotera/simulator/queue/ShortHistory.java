package rotera.simulator.queue;

import java.util.List;
import rotera.simulator.Choices;
import rotera.simulator.History;

/**
 * Short histories that lose power before one operation of the disk, and then every image that this
 * can leave, or some of them where there are many.
 */
public final class ShortHistory implements History {
    private final Simulation simulation = new Simulation();
    private final int mostImages;
    private long crashAt;
    private boolean crashed;

    public ShortHistory(int mostImages) {
        this.mostImages = mostImages;
    }

    /** The power goes before this operation from now on. */
    public void crashAt(long operation) {
        crashAt = operation;
    }

    /** Whether the last history came so far. */
    public boolean crashed() {
        return crashed;
    }

    @Override
    public void run(Choices choices) {
        crashed = simulation.runShort(choices, crashAt, mostImages);
    }

    @Override
    public void tracing(boolean on) {
        simulation.tracing(on);
    }

    @Override
    public List<String> trace() {
        return simulation.trace();
    }

    @Override
    public long openings() {
        return simulation.openings();
    }

    @Override
    public void close() {
        simulation.close();
    }
}
