package rotera.client;

/**
 * Is told when a server does not answer, and when it does again. Called on a thread that waits for
 * the queue, without a lock: it has to be quick. A queue and each of its streams have a connection
 * of their own and call it for that one.
 */
public interface ConnectionListener {
    /** Does nothing. */
    ConnectionListener NONE =
            new ConnectionListener() {
                @Override
                public void waiting(String reason) {}

                @Override
                public void resumed() {}
            };

    /**
     * The connection is lost and is made again, or nothing has come for 30 seconds. Called once,
     * until {@link #resumed}.
     */
    void waiting(String reason);

    /** The server answers again. */
    void resumed();
}
