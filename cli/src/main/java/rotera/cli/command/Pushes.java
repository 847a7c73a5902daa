package rotera.cli.command;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import rotera.cli.text.CommandException;
import rotera.cli.text.Plural;
import rotera.cli.text.Separator;
import rotera.queue.Batch;
import rotera.queue.Queue;
import rotera.queue.QueueException;

/**
 * Pushes batches without waiting for each, and knows what became of them. What fails is told with
 * the part of the input it came from. For one thread.
 */
final class Pushes implements AutoCloseable {
    private static final int MOST_UNDER_WAY = 8;

    /** A batch that has grown larger than this is not kept for the next messages. */
    private static final long LARGE_BYTES = 1 << 20;

    /** A batch that was pushed; which parts of the input are in it, counted from 1. */
    private record UnderWay(Batch batch, CompletableFuture<Long> firstId, long from, long to) {}

    private final Queue queue;
    private final Separator separator;
    private final ArrayDeque<UnderWay> underWay = new ArrayDeque<>();
    private final ArrayDeque<Batch> free = new ArrayDeque<>();
    private long pushed;
    private long uncommitted;
    private long uncommittedSinceNanos;
    private long firstId = -1;
    private long nextId = -1;
    private boolean dense = true;

    Pushes(Queue queue, Separator separator) {
        this.queue = queue;
        this.separator = separator;
    }

    /** An empty batch to fill. */
    Batch take() {
        Batch batch = free.poll();
        return batch == null ? new Batch() : batch;
    }

    /** Pushes a batch that was taken; waits when too much is under way. */
    void push(Batch batch, long from, long to) {
        if (!hasUncommitted()) uncommittedSinceNanos = System.nanoTime();
        CompletableFuture<Long> id;
        try {
            id = queue.pushAsync(batch);
        } catch (QueueException e) {
            id = CompletableFuture.failedFuture(e);
        }
        underWay.add(new UnderWay(batch, id, from, to));
        if (batch.bytes() > LARGE_BYTES) settle();
        else if (underWay.size() > MOST_UNDER_WAY) settle(underWay.remove());
    }

    /** Commits all that was pushed. */
    void commit() {
        CompletableFuture<Long> commit = queue.commitAsync();
        settle();
        join(commit);
        uncommitted = 0;
    }

    /** Waits for the answers to all pushes; fails with the first that failed. */
    void settle() {
        @Nullable RuntimeException failure = null;
        for (UnderWay push = underWay.poll(); push != null; push = underWay.poll()) {
            try {
                settle(push);
            } catch (RuntimeException e) {
                if (failure == null) failure = e;
                else failure.addSuppressed(e);
            }
        }
        if (failure != null) throw failure;
    }

    private void settle(UnderWay push) {
        long id;
        try {
            id = join(push.firstId);
        } catch (QueueException e) {
            throw new CommandException(
                    separator.describe(push.from, push.to) + ": " + e.getMessage(), e);
        }
        int count = push.batch.count();
        if (firstId < 0) firstId = id;
        else if (id != nextId) dense = false;
        nextId = id + count;
        pushed += count;
        uncommitted += count;
        if (push.batch.bytes() > LARGE_BYTES) push.batch.close();
        else free.add(push.batch.clear());
    }

    private static long join(CompletableFuture<Long> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) throw cause;
            throw e;
        }
    }

    /** How many messages the queue took. */
    long pushed() {
        return pushed;
    }

    boolean hasUncommitted() {
        return uncommitted > 0 || !underWay.isEmpty();
    }

    /** How many messages are pushed and not committed, those under way included. */
    long uncommitted() {
        long count = uncommitted;
        for (UnderWay push : underWay) count += push.batch.count();
        return count;
    }

    /** Since when there is something that is not committed. */
    long uncommittedSinceNanos() {
        return uncommittedSinceNanos;
    }

    /** For people: how many messages were pushed, and their ids once they are certain. */
    String report() {
        String text = "pushed " + Plural.of(pushed, "message");
        if (pushed == 0) return text;
        if (uncommitted > 0) return text + ", the last " + uncommitted + " of them not committed";
        if (dense) return text + ", " + Plural.ids(firstId, nextId);
        return "%s, all committed, ids within %d to %d (others pushed as well)"
                .formatted(text, firstId, nextId - 1);
    }

    @Override
    public void close() {
        free.forEach(Batch::close);
    }
}
