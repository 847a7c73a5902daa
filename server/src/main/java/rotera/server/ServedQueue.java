package rotera.server;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import rotera.protocol.QueueInfo;
import rotera.queue.Batch;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.Status;

/**
 * A queue and who waits for it. Touched by the leader only, save {@link #work}, which may block:
 * between {@link #begin} and {@link #finish}, at most once at a time for a queue. Who asks
 * meanwhile has his turn in the next one.
 */
final class ServedQueue {
    private final int number;
    private final RotFile file;
    private final long maxPushBytes;

    private List<Connection> commits = new ArrayList<>();
    private List<Connection> pushes = new ArrayList<>();
    private boolean commitWanted;
    private boolean checkpointWanted;
    private boolean noteWanted;
    private boolean listed;
    private final List<Connection> followers = new ArrayList<>();

    // The work that is under way.
    private boolean working;
    private List<Connection> committing = new ArrayList<>();
    private List<Connection> pushing = new ArrayList<>();
    private boolean toCommit;
    private boolean toCheckpoint;
    private boolean toNote;
    private long committed;
    private @Nullable Throwable failure;
    private final Batch batch = new Batch();

    /** Told when the queue, which was removed, has nothing to do any more. */
    private @Nullable Runnable removed;

    /** Set while it is known to the loop that a commit was published. */
    final AtomicBoolean published = new AtomicBoolean();

    // What clients of this server do with it, in messages, bytes, messages and commits. Only the
    // leader's.
    final Activity pushed = new Activity();
    final Activity pushedBytes = new Activity();
    final Activity read = new Activity();
    final Activity commitsAsked = new Activity();

    /** What is done with it at other doors. */
    final Traffic elsewhere = new Traffic();

    /** Streams. */
    int readers;

    /** When to commit without being asked; 0 for not at all. */
    long commitAtNanos;

    /** When the last commit was made, and when to look whether there was one since. */
    long committedNanos;

    long idleAtNanos;

    /** Whether the checkpoint was written since the last commit, though not synced. */
    boolean noted;

    ServedQueue(int number, RotFile file) {
        this.number = number;
        this.file = file;
        Status status = file.ping();
        this.maxPushBytes = status.maxPushBytes();
    }

    int number() {
        return number;
    }

    RotFile file() {
        return file;
    }

    long maxPushBytes() {
        return maxPushBytes;
    }

    /** One more commit of this connection. */
    void wantCommit(Connection connection) {
        if (connection.countCommit() == 1) commits.add(connection);
        commitsAsked.add(1, System.nanoTime());
        commitWanted = true;
    }

    void wantCommit() {
        commitWanted = true;
    }

    /** The queue has fallen idle. */
    void wantCheckpoint() {
        checkpointWanted = true;
    }

    /** The connection has a push in its input that has to wait for the disk. */
    void wantPush(Connection connection) {
        pushes.add(connection);
    }

    void follow(Connection connection) {
        followers.add(connection);
    }

    void unfollow(Connection connection) {
        followers.remove(connection);
    }

    /** The queue has made no commit for a moment. */
    void wantNote() {
        noteWanted = true;
    }

    /** Whether it should be put on the list of work; true once until the work begins. */
    boolean list() {
        boolean wanted = commitWanted || checkpointWanted || noteWanted || !pushes.isEmpty();
        if (!wanted || listed || working) return false;
        listed = true;
        return true;
    }

    /** Whether it has work, or is on the list for it. */
    boolean isWorking() {
        return listed || working;
    }

    /** It is not served any more; {@code retired} is run by {@link #retire}. */
    void remove(Runnable retired) {
        removed = retired;
    }

    boolean isRemoved() {
        return removed != null;
    }

    void retire() {
        if (removed != null) removed.run();
    }

    void begin() {
        listed = false;
        working = true;
        List<Connection> done = committing;
        committing = commits;
        commits = done;
        done = pushing;
        pushing = pushes;
        pushes = done;
        toCommit = commitWanted;
        boolean idle = !toCommit && pushing.isEmpty();
        toCheckpoint = checkpointWanted && idle;
        toNote = noteWanted && idle && !toCheckpoint;
        commitWanted = false;
        checkpointWanted = false;
        noteWanted = false;
        commitAtNanos = 0;
        for (Connection connection : committing) connection.beginCommits();
        failure = null;
    }

    /** Pushes, then commits. May block. */
    void work() {
        for (Connection connection : pushing) connection.pushWaiting(file, batch);
        if (toCheckpoint || toNote) checkpoint();
        if (!toCommit) return;
        try {
            committed = file.commit();
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    private void checkpoint() {
        try {
            if (toCheckpoint) file.checkpoint();
            else file.noteCheckpoint();
        } catch (QueueException e) {
            // The queue has failed, or can only be read: the next who pushes or commits is told.
        }
    }

    /** Tells everybody; they may ask for more at once. Returns whether it was a commit. */
    boolean finish() {
        working = false;
        for (Connection connection : pushing) connection.pushed(this);
        pushing.clear();
        for (Connection connection : committing) connection.committed(committed, failure);
        committing.clear();
        wakeFollowers();
        return toCommit;
    }

    void wakeFollowers() {
        if (followers.isEmpty()) return;
        List<Connection> woken = List.copyOf(followers);
        followers.clear();
        for (Connection connection : woken) connection.wake();
    }

    QueueInfo info(long nanos) {
        return new QueueInfo(
                Integer.toUnsignedLong(number),
                file.info(),
                pushed.perSecond(nanos) + elsewhere.pushedPerSecond(nanos),
                pushedBytes.perSecond(nanos) + elsewhere.pushedBytesPerSecond(nanos),
                read.perSecond(nanos) + elsewhere.readPerSecond(nanos),
                commitsAsked.perSecond(nanos) + elsewhere.commitsPerSecond(nanos),
                readers,
                file.failure());
    }

    void close() {
        try {
            file.close();
        } finally {
            batch.close();
        }
    }
}
