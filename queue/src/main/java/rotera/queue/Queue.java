package rotera.queue;

import java.util.concurrent.CompletableFuture;
import rotera.queue.format.RecordHeader;

/**
 * A persistent rotating queue: five functions, whether the queue is a file in this process or on a
 * server.
 *
 * <p><b>Atomicity.</b> A push is kept whole or not at all. <b>Durability.</b> What a commit covered
 * survives a crash of the process and of the machine; what was pushed after the last commit may be
 * lost, always as whole pushes from the end. <b>Order.</b> Messages have ids 0, 1, 2, ... in the
 * order of their pushes; ids of pushes that are not committed are provisional. <b>Room.</b> New
 * messages overwrite the oldest; nothing that is not committed is ever overwritten. <b>Threads.</b>
 * All methods may be called from any thread; interrupting a thread never harms the queue.
 * <b>Errors</b> are {@link QueueException}s; every call of a closed queue but {@link #close} fails
 * with a {@link QueueException.QueueClosedException}.
 */
public interface Queue extends AutoCloseable {

    /** The most messages that one push may hold. */
    int MAX_PUSH_MESSAGES = RecordHeader.MAX_MESSAGES;

    /** Tells where the queue begins and ends, without waiting. */
    Status ping();

    /**
     * Stages all messages of the batch, or none. May wait for the disk when the queue has more
     * uncommitted data than it allows. The batch may be used again as soon as this returns.
     *
     * <p>A batch with a {@link Producer} that was pushed before is not kept again, and its first id
     * is returned once more.
     *
     * @return the id of the batch's first message, provisional until committed; of an empty batch,
     *     the next id
     * @throws QueueException.OutOfOrderException if the sequence of the batch's producer lies
     *     before the expected one and the push is not remembered, or if it {@linkplain
     *     Batch#requireConsecutive() has to be} the expected one and is not
     * @throws QueueException.UnknownProducerException if the sequence has to be the expected one,
     *     is not 0, and the producer is not remembered
     * @throws QueueException.ProducerFencedException if the batch's producer has pushed with a
     *     larger epoch
     * @throws QueueException.MessageTooLargeException if one message is larger than {@link
     *     Status#maxMessageBytes()}
     * @throws QueueException.BatchTooLargeException if the batch is larger than {@link
     *     Status#maxPushBytes()}
     * @throws QueueException.QueueFailedException if an earlier write or sync failed; the queue
     *     takes no more pushes
     * @throws QueueException.FileGoneException if the file of the queue was removed, renamed or
     *     replaced
     * @throws IllegalStateException if the batch was closed
     */
    long push(Batch batch);

    /** Pushes one message. Many at once, in a {@link Batch}, are faster. */
    default long push(byte[] message) {
        try (Batch batch = new Batch()) {
            return push(batch.add(message));
        }
    }

    /**
     * Pushes one message and commits it: it is on the disk when this returns. Threads that append
     * at the same time share a sync; one thread that has more to push is faster with {@link #push}
     * and one {@link #commit}.
     *
     * @return the message's id. If the server was killed in between, the message was pushed again
     *     and may have another one
     */
    default long append(byte[] message) {
        long id = push(message);
        long _ = commit();
        return id;
    }

    /**
     * Like {@link #push}, without waiting for the disk or for a server. Pushes and commits take
     * effect in the order of their calls. The batch may be used again, changed or closed as soon as
     * this returns: what cannot be staged at once is copied.
     *
     * <p>The copies that wait take up to 16 MiB (one larger push may wait alone). A call that would
     * go beyond that waits until there is room, so that a program that is faster than the disk is
     * slowed down and does not fill the memory. The same holds for {@link #commitAsync}.
     *
     * <p>A function that depends on the future may run on the thread that does the work of the
     * queue: it has to be quick, and it must not call the forms that wait.
     */
    CompletableFuture<Long> pushAsync(Batch batch);

    /**
     * Makes everything pushed before this call durable, then readable. Commits that arrive while
     * the disk is syncing share the next sync.
     *
     * @return the next committed id: all messages below it are on the disk
     * @throws QueueException.QueueFailedException if this or an earlier write or sync failed
     * @throws QueueException.FileGoneException if the file of the queue was removed, renamed or
     *     replaced, and not everything had been committed before
     */
    long commit();

    /** Like {@link #commit}, without waiting. */
    CompletableFuture<Long> commitAsync();

    /**
     * Fills {@code into} with up to {@code most} committed messages from {@code id} on, without
     * waiting for new ones. Fewer may come than there are: as many as fit the {@linkplain
     * Messages#Messages(long) limit} of {@code into}, but at least one if there is any. Below the
     * oldest message, reading begins at the oldest, and {@link Messages#skipped()} tells how many
     * were missed.
     *
     * @param id 0 or more; beyond the end, nothing is read
     * @return how many messages were read; 0 if there are none at {@code id} yet
     * @throws QueueException.CorruptMessageException if what is stored there does not match its
     *     checksum
     * @throws IllegalStateException if {@code into} was closed
     */
    int read(long id, int most, Messages into);

    /**
     * The messages from {@code start} to what is committed now, as objects: for all who do not
     * count microseconds.
     */
    default MessageRange messages(Start start) {
        return MessageRange.of(this, start);
    }

    /** Follows the queue from {@code start}, for ever. */
    default MessageStream stream(Start start) {
        return stream(start, Long.MAX_VALUE);
    }

    /**
     * Follows the queue from {@code start}.
     *
     * @param total how many messages at most before the stream ends; {@link Long#MAX_VALUE} for
     *     ever
     */
    MessageStream stream(Start start, long total);

    /**
     * What has happened since this was opened. Of a queue on a server, this asks the server.
     * Counting costs the calls above nothing that can be measured.
     */
    QueueStatistics statistics();

    /**
     * Commits what was pushed and lets go of the queue. Streams end. Does nothing the second time.
     *
     * @throws QueueException.QueueFailedException if something that was pushed could not be
     *     committed, now or earlier; the queue is let go of all the same
     * @throws QueueException.FileGoneException if something that was pushed was not committed
     *     because the file was removed, renamed or replaced; the queue is let go of all the same
     */
    @Override
    void close();
}
