package rotera.queue.engine;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import rotera.queue.QueueException;
import rotera.queue.disk.Disk;
import rotera.queue.format.HeaderSlot;
import rotera.queue.format.LockOwner;
import rotera.queue.format.LogPosition;
import rotera.queue.format.Registry;
import rotera.queue.format.Ring;
import rotera.queue.format.Settings;
import rotera.queue.format.Superblock;

/**
 * Group commit: one sync at a time, made by one of the threads that want it; those that come while
 * it runs share the next one.
 *
 * <p>A commit's target is the end of the last push, taken under the append lock after the
 * write-out, before its sync starts (I1). Nothing is published after a write or sync has failed:
 * Linux reports an error once and may then call the page clean. A header rides on the sync when a
 * checkpoint or room is due; the room is free only when that sync has finished.
 *
 * <p>Who waits for a commit is woken once, when it is there, and goes on without the lock; of those
 * for whom it was too early one is woken, to make the next sync. Waking costs more than all the
 * rest when many wait.
 */
public final class GroupCommit {
    private final Disk disk;
    private final Superblock superblock;
    private final Ring ring;
    private final Appender appender;
    private final RecordBoundaries boundaries;
    private final Registry registry;
    private final ReadableRange bounds;
    private final FailureLatch failure;
    private final FileName name;
    private final Runnable published;
    private final long openedMillis;

    private final ReentrantLock lock = new ReentrantLock();

    /** For those who wait for a sync to end, rather than for a commit. */
    private final Condition finished = lock.newCondition();

    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();

    /** To be woken once the lock is free. */
    private List<Waiter> released = new ArrayList<>();

    private final SyncMeter meter = new SyncMeter();
    private boolean syncing;
    private long wantedRoom;
    private boolean over;
    private boolean closing;

    GroupCommit(
            FileState opening,
            Appender appender,
            FailureLatch failure,
            FileName name,
            Runnable published) {
        this.disk = opening.disk;
        this.superblock = opening.superblock;
        this.ring = opening.ring;
        this.boundaries = opening.boundaries;
        this.registry = opening.registry;
        this.bounds = opening.bounds;
        this.appender = appender;
        this.failure = failure;
        this.name = name;
        this.published = published;
        this.openedMillis = opening.openedMillis;
    }

    /** A thread that waits until everything before a position is durable. */
    private static final class Waiter {
        final long position;
        private final Thread thread = Thread.currentThread();
        private volatile boolean woken;

        Waiter(long position) {
            this.position = position;
        }

        void await() {
            boolean interrupted = false;
            while (!woken) {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
            if (interrupted) thread.interrupt();
        }

        void wake() {
            woken = true;
            LockSupport.unpark(thread);
        }
    }

    SyncMeter meter() {
        return meter;
    }

    /** Returns once everything before this position is durable. */
    public void await(long position) {
        while (true) {
            if (!failure.failed() && bounds.committed().position() >= position) return;
            Waiter waiter = null;
            lock.lock();
            try {
                // Perhaps this one was to make the next sync, and now nobody will.
                if (failure.failed()) release();
                failure.check();
                if (syncing && !over) {
                    waiter = new Waiter(position);
                    waiters.add(waiter);
                } else if (bounds.committed().position() < position) {
                    syncOrWait(0, false);
                }
            } finally {
                unlock();
            }
            if (waiter != null) waiter.await();
        }
    }

    /** Takes part in one sync that frees this much room, if it can; the caller looks again. */
    public void makeRoom(long space) {
        lock.lock();
        try {
            failure.check();
            syncOrWait(space, false);
        } finally {
            unlock();
        }
    }

    /**
     * Changes the settings, with syncs of its own: none runs beside another one. False if it is too
     * late.
     */
    public boolean change(UnaryOperator<Settings> change) {
        lock.lock();
        try {
            while (syncing) finished.awaitUninterruptibly();
            failure.check();
            if (over) return false;
            syncing = true;
        } finally {
            unlock();
        }
        try {
            registry.change(change);
            return true;
        } catch (IOException e) {
            throw failure.fail("change of the settings", e);
        } catch (RuntimeException | Error e) {
            failure.fail("change of the settings", e);
            throw e;
        } finally {
            endSync();
            unlock();
        }
    }

    /** Moves the checkpoint to what is committed, with a sync of its own, unless it is there. */
    public void checkpoint() {
        lock.lock();
        try {
            failure.check();
            while (syncing) finished.awaitUninterruptibly();
            failure.check();
            if (!isCheckpointed()) syncOrWait(0, true);
        } finally {
            unlock();
        }
    }

    /**
     * Writes a header with what is committed as its checkpoint, without a sync of its own. The next
     * sync covers it; until then it is in the page cache, where a kill of the process leaves it.
     * The next header goes to the same slot, with the same sequence: {@code durable} stays the one
     * that a sync has covered.
     */
    public void noteCheckpoint() {
        lock.lock();
        try {
            failure.check();
            if (!syncing && !over) writeNote();
        } finally {
            unlock();
        }
    }

    private void writeNote() {
        appender.lock();
        try {
            HeaderSlot durable = appender.durable();
            LogPosition committed = bounds.committed();
            if (committed.equals(durable.checkpoint())) return;
            appender.snapshots().durable(committed);
            long producers = appender.snapshots().position(durable.oldest(), committed);
            durable.next(durable.oldest(), committed, appender.lastMillis(), producers)
                    .write(disk, superblock.salt());
        } catch (IOException e) {
            throw failure.fail("write", e);
        } catch (RuntimeException | Error e) {
            failure.fail("write", e);
            throw e;
        } finally {
            appender.unlock();
        }
    }

    private boolean isCheckpointed() {
        appender.lock();
        try {
            return appender.durable().checkpoint().equals(bounds.committed());
        } finally {
            appender.unlock();
        }
    }

    /**
     * Commits, and moves the checkpoint to the end; an error if the queue has failed with pushes
     * that are not committed. When this returns no sync runs, and none will: the disk can be
     * closed.
     */
    public void finish() {
        lock.lock();
        try {
            while (syncing) finished.awaitUninterruptibly();
            if (failure.failed()) tellWhatIsLost();
            else commitAll();
        } finally {
            over = true;
            finished.signalAll();
            unlock();
        }
    }

    /** The last sync says in the writer's note that nothing is left behind the end. */
    private void commitAll() {
        syncOrWait(0, false);
        failure.check();
        closing = true;
        syncOrWait(0, true);
    }

    /** The failure may have been that of a commit in the background, which nobody was told of. */
    private void tellWhatIsLost() {
        appender.lock();
        try {
            if (appender.uncommitted() > 0) failure.check();
        } finally {
            appender.unlock();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the callers look again
    private void syncOrWait(long space, boolean checkpoint) {
        if (over) return; // everything is committed, or the queue has failed
        wantedRoom = Math.max(wantedRoom, space);
        if (syncing) {
            finished.awaitUninterruptibly();
            return;
        }
        long wanted = wantedRoom;
        wantedRoom = 0;
        syncing = true;
        lock.unlock();
        try {
            sync(wanted, checkpoint);
        } finally {
            endSync();
        }
    }

    /** Takes the lock again. */
    private void endSync() {
        lock.lock();
        syncing = false;
        finished.signalAll();
        release();
    }

    /** Lets those go who have what they waited for, and before them one for the next sync. */
    private void release() {
        boolean all = failure.failed();
        long committed = bounds.committed().position();
        Waiter next = null;
        for (int i = waiters.size(); i > 0; i--) {
            Waiter waiter = waiters.remove();
            if (all || waiter.position <= committed) released.add(waiter);
            else if (next == null) next = waiter;
            else waiters.add(waiter);
        }
        if (next != null) released.addFirst(next);
    }

    /** Frees the lock, and wakes whom a sync has released. */
    private void unlock() {
        List<Waiter> done = released.isEmpty() ? List.of() : released;
        if (!done.isEmpty()) released = new ArrayList<>();
        lock.unlock();
        for (Waiter waiter : done) waiter.wake();
    }

    private void sync(long wanted, boolean checkpoint) {
        LogPosition target;
        HeaderSlot header;
        appender.lock();
        try {
            failure.check();
            appender.snapshots().durable(bounds.committed());
            if (!checkpoint) takeSnapshot(wanted);
            target = appender.writeOut();
            header = plan(target, wanted, checkpoint);
            if (header != null) {
                bounds.moveOldest(header.oldest());
                header.write(disk, superblock.salt());
            }
            if (closing && target.equals(bounds.committed())) {
                HeaderSlot last = header == null ? appender.durable() : header;
                LockOwner.write(disk, superblock.salt(), openedMillis, last);
            }
        } catch (IOException e) {
            throw failure.fail("write", e);
        } catch (InternalError e) {
            // What a fault under the mapping is turned into, when the search for a boundary meets
            // one.
            throw failure.fail(
                    "read", new IOException("the device failed, or the file was cut", e));
        } catch (QueueException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            failure.fail("write", e);
            throw e;
        } finally {
            appender.unlock();
        }
        long begin = System.nanoTime();
        try {
            disk.force();
        } catch (IOException e) {
            throw failure.fail("sync", e);
        } catch (RuntimeException | Error e) {
            failure.fail("sync", e);
            throw e;
        }
        meter.add(System.nanoTime() - begin);
        failure.check();
        // After the sync: a file that has its name now had it when all of this was on the disk.
        if (!target.equals(bounds.committed())) name.check();
        publish(target, header);
    }

    private void publish(LogPosition target, @Nullable HeaderSlot header) {
        if (header != null) {
            appender.lock();
            appender.durable(header);
            appender.unlock();
        }
        bounds.moveCommitted(target);
        published.run();
    }

    /**
     * A snapshot of the producers goes behind everything that this sync covers, if one is due or in
     * the way of room; the next header may count on it.
     */
    private void takeSnapshot(long wanted) throws IOException {
        SnapshotSchedule snapshots = appender.snapshots();
        LogPosition committed = bounds.committed();
        if (snapshots.due(committed) || snapshots.inTheWay(evictTo(appender.next(), wanted)))
            appender.takeSnapshot();
    }

    /**
     * Up to where messages have to be evicted when the ring is filled to this end; 0 if nowhere.
     */
    private long evictTo(LogPosition end, long wanted) {
        long reserve = 2 * superblock.uncommittedBytes();
        if (free(end) >= Math.max(reserve, wanted)) return 0;
        long freed = Math.max(reserve + superblock.uncommittedBytes(), wanted);
        return Math.max(0, end.position() + freed - ring.bytes());
    }

    private long free(LogPosition end) {
        return ring.bytes() - (end.position() - appender.durable().oldest().position());
    }

    /**
     * The header to write along, if one is due. Its oldest never passes the checkpoint of the
     * header in the other slot, so that either slot alone leads to everything that was committed;
     * its checkpoint is what an earlier sync has covered.
     */
    private @Nullable HeaderSlot plan(LogPosition target, long wanted, boolean finish) {
        HeaderSlot durable = appender.durable();
        SnapshotSchedule snapshots = appender.snapshots();
        LogPosition committed = bounds.committed();
        long evictTo = evictTo(target, wanted);
        boolean checkpoint =
                finish
                        || committed.position() - durable.checkpoint().position()
                                > superblock.checkpointBytes();
        if (evictTo == 0 && !checkpoint) return null;
        LogPosition oldest = durable.oldest();
        if (evictTo > oldest.position()) {
            LogPosition limit =
                    snapshots.evictable(durable.checkpoint(), oldest, free(target) < wanted);
            oldest = boundaries.at(evictTo, limit, oldest, committed);
        }
        boolean moves = !oldest.equals(durable.oldest()) || !committed.equals(durable.checkpoint());
        if (!moves) return null;
        long producers = snapshots.position(oldest, committed);
        return durable.next(oldest, committed, appender.lastMillis(), producers);
    }
}
