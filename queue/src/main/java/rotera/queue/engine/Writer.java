package rotera.queue.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;
import rotera.queue.Producer;
import rotera.queue.QueueException;
import rotera.queue.disk.Clock;
import rotera.queue.format.HeaderSlot;
import rotera.queue.format.LogPosition;
import rotera.queue.format.ProducerTable;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Settings;
import rotera.queue.format.Superblock;
import rotera.queue.record.RecordBody;
import rotera.queue.record.RecordSplitter;

/**
 * The writing side of a rot file: what order pushes and commits have, and what they wait for.
 * Thread-safe.
 */
public final class Writer {
    private static final long NO_ROOM = -1;
    private static final long TOO_MUCH_UNCOMMITTED = -2;

    private final Path path;
    private final Superblock superblock;
    private final ReadableRange bounds;
    private final FailureLatch failure;
    private final FileName name;
    private final Appender appender;
    private final GroupCommit commits;
    private final AsyncWriter committer;
    private volatile boolean closed;

    public Writer(FileState opening, Clock clock, ThreadFactory threads, Runnable published)
            throws IOException {
        this.path = opening.path;
        this.superblock = opening.superblock;
        this.bounds = opening.bounds;
        this.failure = new FailureLatch(path);
        this.name = new FileName(opening.disk, path);
        this.appender = new Appender(opening, clock);
        this.commits = new GroupCommit(opening, appender, failure, name, published);
        this.committer = new AsyncWriter(this, threads);
    }

    public SyncMeter meter() {
        return commits.meter();
    }

    public long push(RecordBody body) {
        body.splitter().forget();
        return idle() ? stage(body) : result(committer.push(body));
    }

    /** Like {@link #push}, but without waiting: a negative number if it had to wait. */
    public long tryPush(RecordBody body) {
        body.splitter().forget();
        return tryStage(body);
    }

    public CompletableFuture<Long> pushAsync(RecordBody body) {
        body.splitter().forget();
        return committer.pushAsync(body);
    }

    public long commit() {
        return idle() ? commitStaged() : result(committer.commit());
    }

    public CompletableFuture<Long> commitAsync() {
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
    public boolean idle() {
        return committer.idle();
    }

    public boolean quiet() {
        return committer.quiet();
    }

    /** Stages the batch, waiting for room and for the disk as needed. */
    public long stage(RecordBody body) {
        while (true) {
            long id = tryStage(body);
            if (id >= 0) return id;
            if (id == NO_ROOM) commits.makeRoom(body.splitter().space() + keptFree(body));
            else commits.makeRoom(0); // one sync, mostly the running one; go on beside the next
        }
    }

    private long keptFree(RecordBody body) {
        appender.lock();
        try {
            return appender.keptFree(body);
        } finally {
            appender.unlock();
        }
    }

    /**
     * Stages the batch if that needs no sync, and was not done before; else says what is in the
     * way.
     */
    public long tryStage(RecordBody body) {
        body.checkOpen();
        body.pushedMillis(-1);
        checkLimits(body);
        RecordSplitter parts = body.splitter();
        parts.split(body, superblock);
        name.checkIfGone();
        boolean much;
        long id;
        appender.lock();
        try {
            checkOpen();
            failure.check();
            long known = appender.find(body);
            if (known != ProducerTable.NEW) return known;
            if (!appender.hasRoom(parts.space() + appender.keptFree(body))) return NO_ROOM;
            if (appender.exceedsUncommitted(parts.space())) return TOO_MUCH_UNCOMMITTED;
            id = append(body, parts);
            much = appender.uncommitted() > superblock.uncommittedBytes() / 2;
        } finally {
            appender.unlock();
        }
        if (much) committer.nudge();
        return id;
    }

    /** Whatever stops it on the way leaves half a push behind: the queue has failed then. */
    private long append(RecordBody body, RecordSplitter parts) {
        try {
            return appender.stage(body, parts);
        } catch (IOException e) {
            throw failure.fail("write", e);
        } catch (RuntimeException | Error e) {
            failure.fail("write", e);
            throw e;
        }
    }

    public void checkLimits(RecordBody body) {
        if (body.largest() > superblock.maxMessageBytes())
            throw new QueueException.MessageTooLargeException(
                    body.largest(), superblock.maxMessageBytes());
        if (body.count() > RecordHeader.MAX_MESSAGES)
            throw QueueException.BatchTooLargeException.ofMessages(
                    body.count(), RecordHeader.MAX_MESSAGES);
        if (body.bytes() > superblock.maxPushBytes())
            throw QueueException.BatchTooLargeException.ofBytes(
                    body.bytes(), superblock.maxPushBytes());
    }

    public long commitStaged() {
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

    public void checkpoint() {
        checkOpen();
        commits.checkpoint();
    }

    /** Makes a change of the settings durable. */
    public void change(UnaryOperator<Settings> change) {
        checkOpen();
        name.check();
        if (!commits.change(change)) throw closedError();
    }

    public void noteCheckpoint() {
        checkOpen();
        commits.noteCheckpoint();
    }

    public Optional<String> failureText() {
        return failure.text();
    }

    public Optional<Producer> lastPush(long producerId) {
        return appender.lastPush(producerId);
    }

    /** The header that a finished sync has covered, and the end of what was pushed. */
    public HeaderSlot durable() {
        return appender.durable();
    }

    public LogPosition next() {
        return appender.next();
    }

    /** Takes no more, and commits what was pushed. */
    public void close() {
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
