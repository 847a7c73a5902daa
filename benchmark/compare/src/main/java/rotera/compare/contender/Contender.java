package rotera.compare.contender;

import java.util.List;

/**
 * A running system under comparison, with two queues: one to warm up with, and the one that is
 * measured. One class each; what is special about driving it is written there.
 */
public interface Contender extends AutoCloseable {
    int WARM_UP = 1;
    int MEASURED = 2;

    /**
     * Starts it on {@link Setup#directory()}; returns when it takes messages. Queues that are there
     * from an earlier start are kept.
     */
    void start() throws Exception;

    /**
     * For one thread. Producers of a queue share a client where its documentation advises it, else
     * they have a connection each.
     */
    Producer producer(int queue) throws Exception;

    /**
     * Whether many producers that wait are faster as virtual threads than as threads of the system;
     * found by trying both.
     */
    default boolean suitsVirtualThreads() {
        return true;
    }

    /**
     * Hands all messages from the oldest on to the receiver, then those that come, until {@link
     * Receiver#isDone()}.
     */
    void read(int queue, Receiver receiver) throws Exception;

    /** The processes of its server; none for a library in this process. */
    List<ProcessHandle> processes();

    /** Stops it and waits for its end; leaves its files. */
    @Override
    void close() throws Exception;
}
