package rotera.queue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;
import rotera.queue.disk.Clock;

/**
 * The writing side of a rot file: what order pushes and commits have, and what they wait for.
 * Thread-safe.
 */
final class Writer {
    private static final long NO_ROOM = -1;
    private static final long TOO_MUCH_UNCOMMITTED = -2;

    private final Path path;
    private final Superblock superblock;
    private final Bounds bounds;
    private final Failure failure;
    private final FileName name;
    private final Appender appender;
    private final Commits commits;
    private final Committer committer;
    private volatile boolean closed;

    Writer(Opening opening, Clock clock, ThreadFactory threads, Runnable published)
            throws IOException {
        this.path = opening.path;
        this.superblock = opening.superblock;
        this.bounds = opening.bounds;
        this.failure = new Failure(path);
        this.name = new FileName(opening.disk, path);
        this.appender = new Appender(opening, clock);
        this.commits = new Commits(opening, appender, failure, name, published);
        this.committer = new Committer(this, threads);
    }

    long push(Batch batch) {
        batch.cut().forget();
        return idle() ? stage(batch) : result(committer.push(batch));
    }

    /** Like {@link #push}, but without waiting: a negative number if it had to wait. */
    long tryPush(Batch batch) {
        batch.cut().forget();
        return tryStage(batch);
    }

    CompletableFuture<Long> pushAsync(Batch batch) {
        batch.cut().forget();
        return committer.pushAsync(batch);
    }

    long commit() {
        return idle() ? commitStaged() : result(committer.commit());
    }

    CompletableFuture<Long> commitAsync() {
        return committer.commitAsync();
    }

    private static long result(CompletableFuture<Long> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof QueueException cause) throw cause;
            throw e;
        }
    }

    /** Whether every push and commit of the forms that do not wait has taken effect. */
    boolean idle() {
        return committer.idle();
    }

    boolean quiet() {
        return committer.quiet();
    }

    /** Stages the batch, waiting for room and for the disk as needed. */
    long stage(Batch batch) {
        while (true) {
            long id = tryStage(batch);
            if (id >= 0) return id;
            if (id == NO_ROOM)
                commits.makeRoom(superblock.maxPushSpace(batch.bytes()) + keptFree(batch));
            else commits.makeRoom(0); // one sync, mostly the running one; go on beside the next
        }
    }

    private long keptFree(Batch batch) {
        appender.lock();
        try {
            return appender.keptFree(batch);
        } finally {
            appender.unlock();
        }
    }

    /**
     * Stages the batch if that needs no sync, and was not done before; else says what is in the
     * way.
     */
    long tryStage(Batch batch) {
        batch.checkOpen();
        batch.pushedMillis(-1);
        checkLimits(batch);
        Cut parts = batch.cut();
        parts.of(batch, superblock);
        name.checkIfGone();
        boolean much;
        long id;
        appender.lock();
        try {
            checkOpen();
            failure.check();
            long known = appender.find(batch);
            if (known != Producers.NEW) return known;
            if (!appender.hasRoom(parts.space() + appender.keptFree(batch))) return NO_ROOM;
            if (appender.exceedsUncommitted(parts.space())) return TOO_MUCH_UNCOMMITTED;
            id = append(batch, parts);
            much = appender.uncommitted() > superblock.uncommittedBytes() / 2;
        } finally {
            appender.unlock();
        }
        if (much) committer.nudge();
        return id;
    }

    /** Whatever stops it on the way leaves half a push behind: the queue has failed then. */
    private long append(Batch batch, Cut parts) {
        try {
            return appender.stage(batch, parts);
        } catch (IOException e) {
            throw failure.fail("write", e);
        } catch (RuntimeException | Error e) {
            failure.fail("write", e);
            throw e;
        }
    }

    void checkLimits(Batch batch) {
        if (batch.largest() > superblock.maxMessageBytes())
            throw new QueueException.MessageTooLargeException(
                    batch.largest(), superblock.maxMessageBytes());
        if (batch.count() > Queue.MAX_PUSH_MESSAGES)
            throw new QueueException.BatchTooLargeException(
                    batch.count(), Queue.MAX_PUSH_MESSAGES, "messages");
        if (batch.bytes() > superblock.maxPushBytes())
            throw new QueueException.BatchTooLargeException(
                    batch.bytes(),
                    superblock.maxPushBytes(),
                    "bytes (4 + length for each message)");
    }

    long commitStaged() {
        long target;
        appender.lock();
        try {
            checkOpen();
            target = appender.next().position();
        } finally {
            appender.unlock();
        }
        commits.await(target);
        return bounds.committed().id();
    }

    void checkpoint() {
        checkOpen();
        commits.checkpoint();
    }

    /** Makes a change of the settings durable. */
    void change(UnaryOperator<Settings> change) {
        checkOpen();
        name.check();
        if (!commits.change(change)) throw closedError();
    }

    void noteCheckpoint() {
        checkOpen();
        commits.noteCheckpoint();
    }

    Optional<String> failureText() {
        return failure.text();
    }

    Optional<Producer> lastPush(long producerId) {
        return appender.lastPush(producerId);
    }

    /** The header that a finished sync has covered, and the end of what was pushed. */
    HeaderSlot durable() {
        return appender.durable();
    }

    Mark next() {
        return appender.next();
    }

    /** Takes no more, and commits what was pushed. */
    void close() {
        committer.drain();
        closed = true;
        try {
            commits.finish();
        } finally {
            appender.close();
        }
    }

    private void checkOpen() {
        if (closed) throw closedError();
    }

    QueueException closedError() {
        return new QueueException.QueueClosedException(path + " was closed");
    }
}
