package rotera.compare.contender;

/** Sends messages, in batches. */
public interface Producer extends AutoCloseable {

    /**
     * Adds a message; when it is sent is the system's affair. The array is used again by the
     * caller.
     */
    void add(byte[] message) throws Exception;

    /**
     * Sends what was added.
     *
     * @return waits for the acknowledgement of everything that was added so far
     */
    Ack endBatch() throws Exception;

    /** Makes readable what is acknowledged, where that is another step. */
    default void flush() throws Exception {}

    @Override
    void close() throws Exception;

    /** An acknowledgement that is to come; waited for in order. */
    interface Ack {
        Ack NOW = () -> {};

        void await() throws Exception;
    }
}
