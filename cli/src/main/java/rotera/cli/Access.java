package rotera.cli;

import java.util.OptionalLong;

/** What the commands do with a queue, in a file or on a server. For one thread. */
sealed interface Access extends AutoCloseable permits FileAccess, Connection {

    /** Stands for the oldest message, whichever that is; nothing is skipped then. */
    long OLDEST = -1;

    /**
     * The answer to a ping.
     *
     * @param oldest first readable id, where it is known
     * @param next behind the last committed message
     */
    record Standing(OptionalLong oldest, long next, boolean alive) {}

    Standing ping();

    /** The most bytes one push may have, counted as 4 + length for each line. */
    long pushBytes();

    /** Pushes the complete lines together. */
    void push(Lines lines);

    /** Makes everything pushed so far durable and returns the next committed id. */
    long commit();

    /** Prints committed messages from an id on, up to {@code most} and below {@code end}. */
    void read(long id, long most, long end, Printer printer);

    /**
     * Prints messages as they come, until {@code total} are printed or, in a file, all that are
     * there.
     *
     * @param chunk how many may come together
     */
    void stream(long id, long total, int chunk, Printer printer);

    @Override
    void close();
}
