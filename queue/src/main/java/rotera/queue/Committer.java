package rotera.queue;

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

/**
 * The forms of push and commit that do not wait. A push that can be staged at once is; everything
 * else is done in order by one thread, which exists only once it is needed. Commits that wait
 * together share one sync.
 */
final class Committer {
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

    /** A push, or a commit if there is no batch. */
    private record Task(@Nullable Batch batch, CompletableFuture<Long> result) {}

    Committer(Writer writer, ThreadFactory threads) {
        this.writer = writer;
        this.threads = threads;
    }

    /** Whether every earlier push and commit of these forms has taken effect. */
    boolean idle() {
        return unfinished.get() == 0;
    }

    /** Whether the thread has nothing to do, not even what only {@link #nudge} asked for. */
    boolean quiet() {
        return idle() && !nudged && !working;
    }

    CompletableFuture<Long> pushAsync(Batch batch) {
        lock.lock();
        try {
            if (idle()) {
                long id = writer.tryStage(batch);
                if (id >= 0) return CompletableFuture.completedFuture(id);
            }
            return add(batch);
        } catch (QueueException e) {
            return CompletableFuture.failedFuture(e);
        } finally {
            lock.unlock();
        }
    }

    CompletableFuture<Long> commitAsync() {
        lock.lock();
        try {
            return add(null);
        } catch (QueueException e) {
            return CompletableFuture.failedFuture(e);
        } finally {
            lock.unlock();
        }
    }

    /** Starts a commit that nobody waits for, unless one is on its way. */
    void nudge() {
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

    private CompletableFuture<Long> add(@Nullable Batch batch) {
        if (stopped) throw writer.closedError();
        CompletableFuture<Long> result = new CompletableFuture<>();
        tasks.add(new Task(batch, result));
        unfinished.incrementAndGet();
        wakeThread();
        return result;
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
                Batch batch = task.batch();
                if (batch == null) commits.add(task.result());
                else complete(List.of(task.result()), () -> writer.stage(batch));
            }
            if (nudgeTaken || !commits.isEmpty()) complete(commits, writer::commitStaged);
            finish(taken.size());
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

    private void finish(int count) {
        lock.lock();
        try {
            unfinished.addAndGet(-count);
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
    void drain() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
            while (!idle()) changed.awaitUninterruptibly();
        } finally {
            lock.unlock();
        }
    }
}
