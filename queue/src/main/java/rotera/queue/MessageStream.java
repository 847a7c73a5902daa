package rotera.queue;

import java.time.Duration;

/**
 * Follows a queue: messages in order, each at least once, waiting at the end without polling.
 *
 * <pre>{@code
 * while (!stream.isEnded()) {
 *     Messages messages = stream.take();
 *     while (messages.next()) use(messages);
 * }
 * }</pre>
 *
 * For one thread, save {@link #close}, which any thread may call to end a wait.
 */
public interface MessageStream extends AutoCloseable {

    /**
     * Waits for messages, at most this long.
     *
     * @return what came; empty if nothing came in time, or if the stream {@linkplain #isEnded has
     *     ended}. Valid until the next call
     * @throws InterruptedException if the thread was interrupted; the stream can be used on
     * @throws QueueException.CorruptMessageException once for a damaged place; the next call goes
     *     on behind it
     */
    Messages poll(Duration timeout) throws InterruptedException;

    /**
     * Like {@link #poll}, without a limit of time. Empty if the stream has ended; also where all
     * messages that were there were overwritten, and {@link Messages#skipped} says how many.
     */
    Messages take() throws InterruptedException;

    /** Whether nothing more comes: the total is reached, or the stream or its queue was closed. */
    boolean isEnded();

    /** Id of the message that comes next, unless it is overwritten before it is read. */
    long nextId();

    /**
     * Limits how many messages one call brings. Without it they are as many as there are, within
     * the limit of {@link Messages}.
     */
    MessageStream chunk(int max);

    /** Ends the stream, and the wait of a thread that is in {@link #poll} or {@link #take}. */
    @Override
    void close();
}
