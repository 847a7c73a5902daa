package rotera.server;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import rotera.protocol.Reply;
import rotera.protocol.Request;
import rotera.queue.Batch;
import rotera.queue.Queue;
import rotera.queue.QueueException;
import rotera.queue.RotFile;

/**
 * One client. Requests are taken straight from the buffer of the loop; what is left of it is kept
 * here, so an idle connection has no buffer at all. Replies go out in the order of the requests:
 * pushes and commits of one queue may follow a commit that is under way, everything else waits for
 * it. A reply that the socket does not take at once is kept, and nothing is read or taken until it
 * is gone.
 *
 * <p>Touched by the leader only, save {@link #pushWaiting}.
 */
final class Connection {
    /** What is kept of the input without asking the budget. */
    static final int SMALL_BYTES = Pool.SMALLEST;

    private static final int MAX_COMMITS = 256;

    /** A request that is not whole, or that has to wait. */
    private static final long NOT_YET = 0;

    private final Loop loop;
    private final SocketChannel channel;
    private final SelectionKey key;

    private final Inbox inbox;
    private final Outbox outbox;
    private @Nullable Following stream;

    // Commits: of one queue at a time.
    private int commitQueue;
    private int commitsWaiting;
    private int commitsRunning;

    /** A push at the front of the input waits for the disk. */
    private boolean pushing;

    private int pushMessages;
    private @Nullable Throwable pushFailure;

    private long movedNanos = System.nanoTime();
    private boolean inputEnded;
    private boolean closing;
    private boolean closed;

    Connection(Loop loop, SocketChannel channel, SelectionKey key) {
        this.loop = loop;
        this.channel = channel;
        this.key = key;
        this.inbox = new Inbox(loop, this);
        this.outbox = new Outbox(loop, this, channel);
    }

    // ---- what comes in

    void ready(int operations) {
        guard(() -> {
            try {
                if ((operations & SelectionKey.OP_WRITE) != 0) writable();
                if ((operations & SelectionKey.OP_READ) != 0 && wantsToRead()) readable();
            } catch (IOException e) {
                close();
            }
        });
    }

    /** Whatever goes wrong with a connection ends that one only. */
    private void guard(Runnable step) {
        if (closed) return;
        try {
            step.run();
            settle();
        } catch (RuntimeException | OutOfMemoryError e) {
            loop.log().warn("closing the connection of " + address() + ": " + e, e);
            close();
        }
    }

    private void readable() throws IOException {
        Bytes bytes = inbox.gather();
        int most =
                stream != null ? SMALL_BYTES - bytes.length() : loop.admissions().readLimit(this);
        int read = channel.read(bytes.room(most));
        if (read < 0) inputEnded = true;
        else bytes.to += read;
        movedNanos = loop.nanos();
        if (inputEnded && stream != null && stream.waiting) closing = true; // nobody is there
        take(bytes);
    }

    /** Takes all requests that can be; keeps the rest. */
    private void take(Bytes bytes) {
        if (inbox.hasWhatIsNeeded(bytes)) {
            while (bytes.length() >= Request.BYTES && mayTake()) {
                long taken = take(bytes.segment(), bytes.from, bytes.to);
                if (taken == NOT_YET) break;
                bytes.from += (int) taken;
            }
        }
        if (closed) return;
        if (closing) bytes.clear();
        inbox.keep(bytes);
    }

    private boolean mayTake() {
        return !closing
                && !closed
                && stream == null
                && outbox.isEmpty()
                && !pushing
                && commitsWaiting < MAX_COMMITS;
    }

    /** Takes one request; says how many bytes it had, or {@link #NOT_YET}. */
    private long take(MemorySegment data, long at, long to) {
        return switch (Request.decode(data, at)) {
            case Request.Push push -> push(push, data, at, to);
            case Request.Commit commit -> commit(commit);
            case Request.Ping ping -> ping(ping);
            case Request.Read read -> read(read);
            case Request.Stream start -> stream(start);
            case Request.Unknown unknown ->
                    refuse("unknown operation 0x%016x".formatted(unknown.operation()));
        };
    }

    private long push(Request.Push push, MemorySegment data, long at, long to) {
        ServedQueue queue = loop.queue(push.queue());
        if (queue == null) return refuseQueue(push.queue());
        if (push.count() > Queue.MAX_PUSH_MESSAGES)
            return refuse(
                    "push of "
                            + push.count()
                            + " messages, "
                            + Queue.MAX_PUSH_MESSAGES
                            + " are allowed");
        if (push.count() * Request.LENGTH_BYTES > queue.maxPushBytes())
            return refusePush(queue, push.count() * Request.LENGTH_BYTES);
        if (to - at < push.headBytes()) {
            long head = push.headBytes();
            long memory = Math.max(head, Math.min(queue.maxPushBytes(), Loop.INPUT_BYTES));
            if (head > Loop.INPUT_BYTES) memory = Request.BYTES + queue.maxPushBytes();
            inbox.need(head, memory);
            return NOT_YET;
        }
        long bytes = push.headBytes();
        for (long p = at + Request.BYTES; p < at + push.headBytes(); p += Request.LENGTH_BYTES)
            bytes += Integer.toUnsignedLong(data.get(Request.U32, p));
        if (bytes - Request.BYTES > queue.maxPushBytes())
            return refusePush(queue, bytes - Request.BYTES);
        if (to - at < bytes) {
            inbox.need(bytes, bytes);
            return NOT_YET;
        }
        return push.count() == 0 || stage(queue, data, at, (int) push.count()) ? bytes : NOT_YET;
    }

    private boolean stage(ServedQueue queue, MemorySegment data, long at, int messages) {
        try {
            Batch batch = loop.batch().wrap(data, at + Request.BYTES, messages);
            if (queue.file().tryPush(batch) >= 0) {
                loop.pushed(queue);
                return true;
            }
            pushing = true;
            pushMessages = messages;
            queue.wantPush(this);
            loop.want(queue);
        } catch (QueueException e) {
            refuse(String.valueOf(e.getMessage()));
        }
        return false;
    }

    private long commit(Request.Commit commit) {
        ServedQueue queue = loop.queue(commit.queue());
        if (queue == null) return refuseQueue(commit.queue());
        if (commits() && commitQueue != commit.queue()) return NOT_YET;
        commitQueue = commit.queue();
        queue.wantCommit(this);
        loop.want(queue);
        return Request.BYTES;
    }

    private long ping(Request.Ping ping) {
        if (commits()) return NOT_YET;
        ServedQueue queue = loop.queue(ping.queue());
        if (queue == null) return refuseQueue(ping.queue());
        sendStatus(1, queue.file().ping().next());
        return Request.BYTES;
    }

    private long read(Request.Read read) {
        if (commits() || !loop.admissions().mayReply(this)) return NOT_YET;
        ServedQueue queue = loop.queue(read.queue());
        if (queue == null) return refuseQueue(read.queue());
        try {
            Bytes reply = loop.replies().read(queue.file(), read, !loop.stopping());
            send(reply);
        } catch (QueueException e) {
            return refuse(String.valueOf(e.getMessage()));
        } finally {
            loop.replies().trim();
        }
        return Request.BYTES;
    }

    private long stream(Request.Stream start) {
        if (commits()) return NOT_YET;
        ServedQueue queue = loop.queue(start.queue());
        if (queue == null) return refuseQueue(start.queue());
        if (start.chunk() == 0)
            return refuse("stream in chunks of 0 messages, 1 or more are allowed");
        if (start.total() > 0) {
            stream = new Following(queue, start.chunk(), Math.max(0, start.id()), start.total());
            loop.pump(this);
        }
        return Request.BYTES;
    }

    private long refuseQueue(int number) {
        return refuse("unknown queue " + Integer.toUnsignedString(number));
    }

    private long refusePush(ServedQueue queue, long bytes) {
        return refuse(
                "push of "
                        + bytes
                        + " bytes (4 + length for each message) to queue "
                        + Integer.toUnsignedString(queue.number())
                        + ", "
                        + queue.maxPushBytes()
                        + " are allowed");
    }

    /** The protocol knows no errors: what came before is answered, then the connection closed. */
    private long refuse(String why) {
        if (commits()) return NOT_YET;
        loop.log().warn("closing the connection of " + address() + ": " + why);
        closing = true;
        return NOT_YET;
    }

    // ---- what waits

    /** Counts a commit that was asked for. */
    int countCommit() {
        return ++commitsWaiting;
    }

    private boolean commits() {
        return commitsWaiting + commitsRunning > 0;
    }

    void beginCommits() {
        commitsRunning = commitsWaiting;
        commitsWaiting = 0;
    }

    void committed(long next, @Nullable Throwable failure) {
        int replies = commitsRunning;
        commitsRunning = 0;
        if (closed) return;
        if (failure == null) {
            sendStatus(replies, next);
        } else if (!closing) {
            loop.log().warn("closing the connection of " + address() + ": " + failure.getMessage());
            closing = true;
        }
        goOn();
    }

    /** Pushes what is at the front of the input, and may wait for that. Not the leader. */
    void pushWaiting(RotFile file, Batch batch) {
        Bytes bytes = inbox.kept();
        if (bytes == null) return;
        try {
            batch.wrap(bytes.segment(), bytes.from + Request.BYTES, pushMessages);
            file.push(batch);
        } catch (RuntimeException | Error e) {
            pushFailure = e;
        } finally {
            batch.clear();
        }
    }

    void pushed() {
        Throwable failure = pushFailure;
        Bytes input = inbox.kept();
        pushing = false;
        pushFailure = null;
        if (closed) {
            release();
        } else if (failure != null) {
            refuse(String.valueOf(failure.getMessage()));
        } else if (input != null) {
            Request push = Request.decode(input.segment(), input.from);
            long bytes = Request.BYTES + 4L * pushMessages;
            if (push instanceof Request.Push) bytes += payloadBytes(input);
            input.from += (int) bytes;
        }
        goOn();
    }

    private long payloadBytes(Bytes bytes) {
        long sum = 0;
        for (int i = 0; i < pushMessages; i++) {
            sum +=
                    Integer.toUnsignedLong(
                            bytes.segment().get(Request.U32, bytes.from + Request.BYTES + 4L * i));
        }
        return sum;
    }

    /** Takes what was left waiting: a commit is done, a reply is gone, a stream can go on. */
    void goOn() {
        movedNanos = loop.nanos();
        guard(() -> {
            Bytes input = inbox.kept();
            if (stream != null && outbox.isEmpty()) loop.pump(this);
            else if (input != null) take(input);
        });
    }

    // ---- what goes out

    /** Sends what the queue of the stream has, up to a bound. */
    void pump() {
        guard(() -> {
            Following following = stream;
            if (following == null || !outbox.isEmpty()) return;
            if (loop.stopping()) endStream(following);
            else if (loop.admissions().mayReply(this)) follow(following);
        });
    }

    private void follow(Following following) {
        boolean more = false;
        String damage = null;
        Bytes reply = loop.replies().output();
        try {
            more = loop.replies().follow(following, reply);
        } catch (QueueException e) {
            damage = String.valueOf(e.getMessage());
        }
        send(reply);
        loop.replies().trim();
        if (damage != null) {
            stream = null;
            loop.replies().release(following);
            refuse(damage);
        } else if (following.left == 0) {
            stream = null;
            loop.replies().release(following);
            goOn();
        } else if (outbox.isEmpty() && more) {
            loop.pump(this);
        } else if (outbox.isEmpty()) {
            await(following);
        } else {
            loop.replies().release(following);
        }
    }

    private void await(Following following) {
        loop.replies().release(following);
        if (inputEnded) {
            closing = true;
            return;
        }
        if (following.waiting) following.queue.unfollow(this);
        following.waiting = true;
        following.queue.follow(this);
    }

    /** The queue has more. */
    void wake() {
        if (stream != null) stream.waiting = false;
        goOn();
    }

    private void endStream(Following following) {
        Bytes reply = loop.replies().output();
        Reply.encodeBatch(reply.segment(), 0, false, following.nextId, 0);
        reply.to = Reply.BATCH_BYTES;
        stream = null;
        loop.replies().release(following);
        send(reply);
        goOn();
    }

    private void sendStatus(int times, long next) {
        Bytes reply = loop.replies().output();
        for (int i = 0; i < times; i++) {
            Reply.encodeStatus(reply.segment(), reply.to, !loop.stopping(), next);
            reply.to += Reply.STATUS_BYTES;
        }
        send(reply);
    }

    private void send(Bytes reply) {
        if (closed) return;
        try {
            outbox.send(reply);
        } catch (IOException e) {
            close();
        }
    }

    private void writable() throws IOException {
        if (outbox.isEmpty()) return;
        if (outbox.sendMore() > 0) movedNanos = loop.nanos();
        if (outbox.isEmpty()) goOn();
    }

    // ---- what ends

    /** Closes if nothing is left to do, else says what the selector should wait for. */
    private void settle() {
        if (closed) return;
        if (outbox.isEmpty() && !commits() && !pushing && (closing || isOver())) {
            close();
            return;
        }
        int operations =
                (wantsToRead() ? SelectionKey.OP_READ : 0)
                        | (!outbox.isEmpty() ? SelectionKey.OP_WRITE : 0);
        if (key.interestOps() != operations) key.interestOps(operations);
    }

    private boolean isOver() {
        return inputEnded && stream == null && !loop.admissions().isWaitingToReply(this);
    }

    private boolean wantsToRead() {
        if (inputEnded || closing || loop.admissions().isWaitingToRead(this)) return false;
        int length = inbox.length();
        if (stream != null) return length < SMALL_BYTES;
        boolean blocked = length >= Request.BYTES && !inbox.isPartial();
        return !blocked && !pushing && outbox.isEmpty();
    }

    /** Whether it is the client that has kept this waiting since then. */
    boolean isStalledSince(long nanos) {
        return !closed && movedNanos - nanos < 0 && (wantsToRead() || !outbox.isEmpty());
    }

    /** It keeps others waiting for memory. */
    void closeStalled() {
        loop.log()
                .warn(
                        "closing the connection of "
                                + address()
                                + ": no progress while others wait for memory");
        close();
    }

    /** At the end of the server: no more is read. */
    void closeWhenSent() {
        closing = true;
        settle();
    }

    void close() {
        if (closed) return;
        closed = true;
        Following following = stream;
        if (following != null) {
            if (following.waiting) following.queue.unfollow(this);
            loop.replies().release(following);
            stream = null;
        }
        if (!pushing) release();
        outbox.drop();
        key.cancel();
        try {
            channel.close();
        } catch (IOException e) {
            loop.log().warn("closing the connection of " + address() + ": " + e.getMessage());
        }
        loop.forget(this);
    }

    private void release() {
        inbox.drop();
        loop.admissions().release(this);
    }

    String address() {
        return String.valueOf(channel.socket().getRemoteSocketAddress());
    }
}
