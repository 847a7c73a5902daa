package rotera.server;

import org.jspecify.annotations.Nullable;
import rotera.queue.Messages;

/** Where a stream of a connection is. */
final class Following {
    final ServedQueue queue;
    final int chunk;
    final int tag;
    long nextId;
    long left;

    /** Whether anything was replied yet. */
    boolean told;

    /** Listed with the queue until that has more. */
    boolean waiting;

    /** What was read in advance, as long as the stream is not waiting; may be none. */
    @Nullable Messages messages;

    Following(ServedQueue queue, int chunk, long nextId, long left, int tag) {
        this.queue = queue;
        this.chunk = chunk;
        this.nextId = nextId;
        this.left = left;
        this.tag = tag;
    }

    /** Goes back to where it was: what was read since then is not sent. */
    void returnTo(long nextId, long left, boolean told) {
        this.nextId = nextId;
        this.left = left;
        this.told = told;
    }
}
