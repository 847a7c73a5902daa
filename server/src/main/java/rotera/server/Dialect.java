package rotera.server;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import rotera.queue.Batch;
import rotera.queue.QueueException;

/**
 * What a connection speaks: how its requests are read and its replies are written. Touched by the
 * leader only, save {@link #wrap}.
 */
abstract sealed class Dialect permits OriginalDialect, OwnDialect {
    /** A request that is not whole, or that has to wait. */
    static final long NOT_YET = 0;

    final Loop loop;
    final Connection connection;

    Dialect(Loop loop, Connection connection) {
        this.loop = loop;
        this.connection = connection;
    }

    /** What a request has at least. */
    abstract int leastBytes();

    /** Whether another request may be taken, as far as its replies go. */
    abstract boolean mayTake();

    /**
     * Takes one request, of which at least {@link #leastBytes} have come; says how many bytes it
     * had, or {@link #NOT_YET}.
     */
    abstract long take(MemorySegment data, long at, long to);

    /** No more requests can be taken for now: what can be sent should be. */
    abstract void taken();

    /** Makes a batch of the push that begins here. From any thread. */
    abstract Batch wrap(Batch batch, MemorySegment data, long at);

    /**
     * The push that begins here and had to wait is done; says how many bytes it had.
     *
     * @param id of its first message, if it did not fail
     */
    abstract long pushed(MemorySegment data, long at, long id, @Nullable Throwable failure);

    /** So many commits, the first that are not answered, are done. */
    abstract void committed(int commits, long next, @Nullable Throwable failure);

    /** Adds what the stream can send; false if it has nothing more for now. */
    abstract boolean follow(Following stream, Bytes into);

    /** The stream met what cannot be read. */
    abstract void streamFailed(Following stream, QueueException failure);

    /** The stream ends with the server: what it is told. */
    abstract void endStream(Following stream, Bytes into);

    /** Gives back what it holds. */
    abstract void release();
}
