package rotera.queue.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import rotera.queue.QueueException;
import rotera.queue.record.RecordBody;

/**
 * The forms of push and commit that do not wait. A push that can be staged at once is; everything
 * else is done in order by one thread, which exists only once it is needed. Commits that wait
 * together share one sync.
 *
 * <p>A push that is not staged at once is copied, so that its batch belongs to the caller again.
 * The copies are bounded: at {@link #MAX_WAITING_BYTES} callers wait until some are staged.
 */
public final class AsyncWriter {
    /** Copies of pushes, and what is noted of pushes and commits, take no more than this. */
    public static final long MAX_WAITING_BYTES = 16 << 20;

    /** What a push or commit takes besides the bytes of the batch. */
    private static final long TASK_BYTES = 1 << 10;

    /** Memory of copies that is kept to be used again: making it costs more than all the rest. */
    private static final long MAX_KEPT_BYTES = 4 << 20;

    private final Writer writer;
    private final ThreadFactory threads;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Task> tasks = new ArrayDeque<>();
    private @Nullable Thread thread;
    private final AtomicInteger unfinished = new AtomicInteger();
    private volatile boolean nudged;
    private volatile boolean working;
    private boolean nudgeTaken; // the thread's own
    private boolean stopped;
    private final ArrayDeque<RecordBody> kept = new ArrayDeque<>();
    private long keptBytes;
    private long waitingBytes;

    /** A push, or a commit if there is no batch. */
    private record Task(
            @Nullable RecordBody body,
            boolean copied,
            long bytes,
            CompletableFuture<Long> result) {}

    AsyncWriter(Writer writer, ThreadFactory threads) {
        this.writer = writer;
        this.threads = threads;
    }

    /** Whether every earlier push and commit of these forms has taken effect. */
    public boolean idle() {
        return unfinished.get() == 0;
    }

    /** Whether the thread has nothing to do, not even what only {@link #nudge} asked for. */
    public boolean quiet() {
        return idle() && !nudged && !working;
    }

    public CompletableFuture<Long> pushAsync(RecordBody body) {
        lock.lock();
        try {
            if (idle()) {
                long id = writer.tryStage(body);
                if (id >= 0) return CompletableFuture.completedFuture(id);
            }
            writer.checkLimits(body);
            long bytes = TASK_BYTES + body.bytes();
            awaitRoom(bytes);
            return add(new Task(copy(body), true, bytes, new CompletableFuture<>()));
        } catch (QueueException e) {
            return CompletableFuture.failedFuture(e);
        } finally {
            lock.unlock();
        }
    }

    /** A push whose caller waits for its result, and leaves the batch alone until then. */
    public CompletableFuture<Long> push(RecordBody body) {
        return addWaited(body);
    }

    /** A commit whose caller waits for its result. */
    public CompletableFuture<Long> commit() {
        return addWaited(null);
    }

    private CompletableFuture<Long> addWaited(@Nullable RecordBody body) {
        lock.lock();
        try {
            if (thread == Thread.currentThread())
                throw new IllegalStateException(
                        "a function that depends on a future of this queue cannot wait for the queue: use pushAsync and commitAsync there, or run it on another thread");
            return add(new Task(body, false, 0, new CompletableFuture<>()));
        } finally {
            lock.unlock();
        }
    }

    public CompletableFuture<Long> commitAsync() {
        lock.lock();
        try {
            awaitRoom(TASK_BYTES);
            return add(new Task(null, false, TASK_BYTES, new CompletableFuture<>()));
        } catch (QueueException e) {
            return CompletableFuture.failedFuture(e);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until so much more may wait. The thread that does the work never waits for itself. */
    private void awaitRoom(long bytes) {
        while (waitingBytes > 0
                && waitingBytes + bytes > MAX_WAITING_BYTES
                && !stopped
                && thread != Thread.currentThread()) changed.awaitUninterruptibly();
    }

    private RecordBody copy(RecordBody body) {
        body.pushedMillis(-1);
        RecordBody copy = new RecordBody();
        if (!kept.isEmpty()) {
            copy = kept.removeLast();
            keptBytes -= copy.capacity();
        }
        copy.copy(body);
        return copy;
    }

    /** Starts a commit that nobody waits for, unless one is on its way. */
    public void nudge() {
        if (nudged) return;
        lock.lock();
        try {
            if (stopped) return;
            nudged = true;
            wakeThread();
        } finally {
            lock.unlock();
        }
    }

    private CompletableFuture<Long> add(Task task) {
        if (stopped) throw writer.closedError();
        tasks.add(task);
        waitingBytes += task.bytes();
        unfinished.incrementAndGet();
        wakeThread();
        return task.result();
    }

    private void wakeThread() {
        if (thread == null) {
            thread = threads.newThread(this::work);
            thread.start();
        }
        changed.signalAll();
    }

    private void work() {
        List<Task> taken = new ArrayList<>();
        while (take(taken)) {
            List<CompletableFuture<Long>> commits = new ArrayList<>();
            for (Task task : taken) {
                RecordBody body = task.body();
                if (body == null) {
                    commits.add(task.result());
                } else {
                    complete(List.of(task.result()), () -> writer.stage(body));
                    if (task.copied()) release(body, task.bytes());
                }
            }
            if (nudgeTaken || !commits.isEmpty()) complete(commits, writer::commitStaged);
            finish(taken);
            taken.clear();
        }
    }

    private boolean take(List<Task> into) {
        lock.lock();
        try {
            while (tasks.isEmpty() && !nudged && !stopped) changed.awaitUninterruptibly();
            if (tasks.isEmpty() && stopped) return false;
            into.addAll(tasks);
            tasks.clear();
            working = true;
            nudgeTaken = nudged;
            nudged = false;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** A copy was pushed: its room is for others. */
    private void release(RecordBody copy, long bytes) {
        lock.lock();
        try {
            waitingBytes -= bytes;
            if (keptBytes + copy.capacity() <= MAX_KEPT_BYTES) {
                kept.add(copy);
                keptBytes += copy.capacity();
            } else {
                copy.close();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void finish(List<Task> done) {
        lock.lock();
        try {
            for (Task task : done) if (!task.copied()) waitingBytes -= task.bytes();
            unfinished.addAndGet(-done.size());
            working = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static void complete(List<CompletableFuture<Long>> results, LongSupplier work) {
        try {
            long value = work.getAsLong();
            for (CompletableFuture<Long> result : results) result.complete(value);
        } catch (RuntimeException | Error e) {
            for (CompletableFuture<Long> result : results) result.completeExceptionally(e);
        }
    }

    /** Takes nothing more and returns once everything is done. */
    public void drain() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
            while (!idle()) changed.awaitUninterruptibly();
            for (RecordBody copy : kept) copy.close();
            kept.clear();
        } finally {
            lock.unlock();
        }
    }
}
