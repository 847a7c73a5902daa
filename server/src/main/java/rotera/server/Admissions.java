package rotera.server;

/** The memory that all connections share. Only the leader's. */
final class Admissions {

    /** How much may be read at once. */
    int readLimit(Connection connection) {
        return Loop.INPUT_BYTES;
    }

    /** This much input is kept, of a request that needs so much. */
    void ask(Connection connection, long kept, long needed) {}

    /** Whether a reply may be built; if not, the connection is told later. */
    boolean mayReply(Connection connection) {
        return true;
    }

    /** This much of a reply is kept. */
    void keeps(Connection connection, long bytes) {}

    void forget(Connection connection) {}
}
