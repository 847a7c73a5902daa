package rotera.client;

import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import rotera.queue.Batch;
import rotera.queue.Queue;
import rotera.queue.QueueException;
import rotera.queue.RotFileInfo;
import rotera.queue.buffer.SequenceNumber;

/**
 * The pushes that are not known to be on the server's disk: one open batch, to which pushes are
 * added until it is sealed, and those that are sealed, with their sequence numbers. Bounds their
 * memory. Knows neither threads nor sockets. Not thread-safe.
 */
final class PushAccumulator {
    /** A push of this much is not held back. */
    private static final long FLUSH_BYTES = 64 << 10;

    private final UncommittedPushes uncommitted = new UncommittedPushes();
    private int maxMessageBytes;
    private long maxPushBytes;
    private int nextSequence;

    private @Nullable PushBatch open;
    private boolean flushAsked;

    /** Follows the open batch, for all that asked for a commit while it could not be sent. */
    private @Nullable Request commitOfOpen;

    void limits(RotFileInfo file) {
        maxMessageBytes = file.maxMessageBytes();
        maxPushBytes = file.maxPushBytes();
    }

    long maxPushBytes() {
        return maxPushBytes;
    }

    void checkLimits(Batch batch) {
        if (batch.largest() > maxMessageBytes)
            throw new QueueException.MessageTooLargeException(batch.largest(), maxMessageBytes);
        if (batch.count() > Queue.MAX_PUSH_MESSAGES)
            throw QueueException.BatchTooLargeException.ofMessages(
                    batch.count(), Queue.MAX_PUSH_MESSAGES);
        if (batch.bytes() > maxPushBytes)
            throw QueueException.BatchTooLargeException.ofBytes(batch.bytes(), maxPushBytes);
    }

    /** Whether a batch of this size can be added now; one alone always can. */
    boolean hasRoom(long bytes) {
        long kept = uncommitted.bytes() + (open == null ? 0 : open.bytes());
        return kept == 0 || kept + bytes <= UncommittedPushes.MAX_BYTES;
    }

    // The open batch.

    boolean hasOpen() {
        return open != null;
    }

    /** Whether a push has been held back since this time, or longer. */
    boolean isHeldSince(long nanoTime) {
        return open != null && open.since - nanoTime <= 0;
    }

    /** Whether the batch can be added; else the open one has to be sealed first. */
    boolean fits(Batch batch) {
        return open == null || open.fits(batch, maxPushBytes);
    }

    /** Copies the batch. Returns whether the open batch is large enough to be sent. */
    boolean add(Batch batch, ReplyFuture future) {
        PushBatch into = open;
        if (into == null) {
            into = uncommitted.newBatch(batch.enveloped(), System.nanoTime());
            open = into;
        }
        into.add(batch, future);
        return into.bytes() >= FLUSH_BYTES;
    }

    void askFlush() {
        flushAsked = open != null;
    }

    boolean flushAsked() {
        return flushAsked;
    }

    /** Joins the commit behind the open batch. Returns whether it is the first one. */
    boolean commitOpen(Request commit) {
        flushAsked = true;
        if (commitOfOpen != null) {
            commitOfOpen.join(commit);
            return false;
        }
        commitOfOpen = commit;
        return true;
    }

    /** Gives the open batch its sequence numbers; null if there is none. */
    @Nullable PushBatch seal() {
        PushBatch sealed = open;
        if (sealed == null) return null;
        open = null;
        flushAsked = false;
        sealed.seal(nextSequence);
        nextSequence = SequenceNumber.plus(nextSequence, sealed.count());
        uncommitted.add(sealed);
        return sealed;
    }

    /** The commit that follows the batch that was sealed last, if one was asked for. */
    @Nullable Request takeCommit() {
        Request commit = commitOfOpen;
        commitOfOpen = null;
        return commit;
    }

    // The sealed ones.

    boolean hasUncommitted() {
        return open != null || !uncommitted.isEmpty();
    }

    /** Whether so much is kept that the client asks for a commit by itself. */
    boolean needsCommit() {
        return uncommitted.bytes() >= UncommittedPushes.COMMIT_BYTES;
    }

    /** Forgets what is on the server's disk; whether that was anything. */
    boolean release(long next) {
        return uncommitted.release(next);
    }

    /** Forgets one that the server has refused. */
    void drop(PushBatch push) {
        uncommitted.drop(push);
    }

    /** Those that the server had acknowledged and does not have any more, in their order. */
    List<PushBatch> lost(OptionalInt lastSequence) {
        return uncommitted.lost(lastSequence);
    }

    /** Forgets everything. Returns the batch that was open, if any. */
    @Nullable PushBatch clear() {
        PushBatch held = open;
        open = null;
        flushAsked = false;
        uncommitted.clear();
        return held;
    }
}
