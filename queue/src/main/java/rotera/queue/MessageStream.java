package rotera.queue;

import java.time.Duration;

/**
 * Follows a queue: messages in order, each at least once, waiting at the end without polling. For
 * one thread, save {@link #close}, which any thread may call to end a wait.
 */
public interface MessageStream extends AutoCloseable {

    /**
     * Waits until there are messages and makes them the content of {@link #messages}.
     *
     * @return false if the stream has ended: its total is reached, or it or its queue was closed
     * @throws InterruptedException if the thread was interrupted; the stream can be used on
     * @throws QueueException.CorruptMessageException once for a damaged place; the next call goes
     *     on behind it
     */
    boolean next() throws InterruptedException;

    /**
     * Like {@link #next()}, but waits at most {@code timeout}; after it, returns true with no
     * messages.
     */
    boolean next(Duration timeout) throws InterruptedException;

    /** What the last {@link #next} brought; valid until the next one. */
    Messages messages();

    /**
     * Limits how many messages one {@link #next} brings. Without a call it is as many as there are,
     * within the limit of {@link #messages()}.
     */
    MessageStream chunk(int most);

    /** Ends the stream, and the wait of a thread that is in {@link #next}. */
    @Override
    void close();
}
