package rotera.simulator;

import java.util.List;

/** A way of using a queue on a simulated disk, with a check of every promise on the way. */
public interface History extends AutoCloseable {

    /** Makes the decisions and runs what they say; an error if a promise is broken. */
    void run(Choices choices);

    /** Whether to write down what is done, which takes time. */
    void tracing(boolean on);

    /** What the last run did, a line each. */
    List<String> trace();

    /** How often a queue was opened, in all runs. */
    long openings();

    @Override
    void close();
}
