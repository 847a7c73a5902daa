package rotera.server;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import rotera.queue.QueueException;

/**
 * Deletes and renames queues for clients: one after the other, on a thread of its own, since each
 * waits for syncs. A connection has one change under way at most, so no more wait than there are
 * connections.
 */
final class QueueChanges {
    private static final long KEEP_SECONDS = 10;

    private final QueueDirectory directory;
    private final QueueDirectory.Stopping stopping;
    private final Log log;
    private final ThreadPoolExecutor worker =
            new ThreadPoolExecutor(
                    1,
                    1,
                    KEEP_SECONDS,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    Thread.ofPlatform().daemon().name("rotera-changes").factory());

    /** What is done to a queue: durable when it returns. */
    interface Change {
        void make(QueueChanges changes) throws InterruptedException;
    }

    QueueChanges(QueueDirectory directory, QueueDirectory.Stopping stopping, Log log) {
        this.directory = directory;
        this.stopping = stopping;
        this.log = log;
        worker.allowCoreThreadTimeOut(true);
    }

    static Change deletion(ServedQueue queue) {
        return changes -> {
            if (!changes.directory.delete(queue.number(), queue.file(), changes.stopping))
                throw QueueDirectory.deleted(queue);
        };
    }

    static Change naming(ServedQueue queue, String name) {
        return changes -> changes.directory.rename(queue, name);
    }

    /**
     * @param done is told on the thread of the changes why the change failed; null if it did not
     */
    void begin(Change change, Consumer<@Nullable Throwable> done) {
        try {
            worker.execute(() -> done.accept(failureOf(change)));
        } catch (RejectedExecutionException e) {
            done.accept(new QueueException.ShuttingDownException("the server is shutting down"));
        }
    }

    private @Nullable Throwable failureOf(Change change) {
        try {
            change.make(this);
            return null;
        } catch (QueueException | IllegalArgumentException e) {
            return e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e;
        } catch (RuntimeException | Error e) {
            log.warn("changing a queue: " + e, e);
            return e;
        }
    }

    /** Begins no more. */
    void end() {
        worker.shutdown();
    }
}
