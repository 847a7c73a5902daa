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

    private @Nullable Bytes input;
    private @Nullable Bytes output;
    private @Nullable Following stream;

    // Commits: of one queue at a time.
    private int commitQueue;
    private int commitsWaiting;
    private int commitsRunning;

    /** A push at the front of the input waits for the disk. */
    private boolean pushing;

    private int pushMessages;
    private @Nullable Throwable pushFailure;

    /** What the request at the front of the input is known to need; 0 if it is whole. */
    private long needed;

    /**
     * What memory has to be reserved for it: {@link #needed}, or more where that is not the end.
     */
    private long reserved;

    private long movedNanos = System.nanoTime();
    private boolean inputEnded;
    private boolean closing;
    private boolean closed;

    Connection(Loop loop, SocketChannel channel, SelectionKey key) {
        this.loop = loop;
        this.channel = channel;
        this.key = key;
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
        Bytes bytes = gather();
        int most =
                stream != null ? SMALL_BYTES - bytes.length() : loop.admissions().readLimit(this);
        int read = channel.read(bytes.room(most));
        if (read < 0) inputEnded = true;
        else bytes.to += read;
        movedNanos = loop.nanos();
        if (inputEnded && stream != null && stream.waiting) closing = true; // nobody is there
        take(bytes);
    }

    /** Where to read on: mostly the buffer of the loop, with what is left from before in front. */
    private Bytes gather() {
        Bytes kept = input;
        if (kept != null && needed > Loop.INPUT_BYTES) {
            kept.compact();
            if (kept.length() == kept.capacity())
                kept.resize((int) Math.min(needed, 2L * kept.capacity()));
            return kept;
        }
        Bytes bytes = loop.input();
        bytes.clear();
        if (kept != null) {
            bytes.append(kept);
            loop.pool().give(kept);
            input = null;
        }
        return bytes;
    }

    /** Takes all requests that can be; keeps the rest. */
    private void take(Bytes bytes) {
        if (bytes.length() >= needed) {
            needed = 0;
            while (bytes.length() >= Request.BYTES && mayTake()) {
                long taken = take(bytes.segment(), bytes.from, bytes.to);
                if (taken == NOT_YET) break;
                bytes.from += (int) taken;
            }
        }
        keep(bytes);
    }

    private boolean mayTake() {
        return !closing
                && !closed
                && stream == null
                && output == null
                && !pushing
                && commitsWaiting < MAX_COMMITS;
    }

    private void keep(Bytes bytes) {
        if (closed) return;
        if (bytes == input) {
            if (closing || bytes.isEmpty()) dropInput();
        } else if (!closing && !bytes.isEmpty()) {
            Bytes kept = loop.pool().take(bytes.length());
            kept.append(bytes);
            input = kept;
        }
        if (needed == 0) loop.admissions().blocked(this, input == null ? 0 : input.length());
        else loop.admissions().wants(this, reserved);
    }

    private void dropInput() {
        if (input != null) loop.pool().give(input);
        input = null;
        needed = 0;
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
            needed = push.headBytes();
            reserved = Math.max(needed, Math.min(queue.maxPushBytes(), Loop.INPUT_BYTES));
            if (needed > Loop.INPUT_BYTES) reserved = Request.BYTES + queue.maxPushBytes();
            return NOT_YET;
        }
        long bytes = push.headBytes();
        for (long p = at + Request.BYTES; p < at + push.headBytes(); p += Request.LENGTH_BYTES)
            bytes += Integer.toUnsignedLong(data.get(Request.U32, p));
        if (bytes - Request.BYTES > queue.maxPushBytes())
            return refusePush(queue, bytes - Request.BYTES);
        if (to - at < bytes) {
            needed = bytes;
            reserved = bytes;
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
        Bytes bytes = input;
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
            if (stream != null && output == null) loop.pump(this);
            else if (input != null) take(input);
        });
    }

    // ---- what goes out

    /** Sends what the queue of the stream has, up to a bound. */
    void pump() {
        guard(() -> {
            Following following = stream;
            if (following == null || output != null) return;
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
        } else if (output == null && more) {
            loop.pump(this);
        } else if (output == null) {
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

    /** Sends a reply; what the socket does not take is kept. */
    private void send(Bytes reply) {
        try {
            if (output == null) reply.from += channel.write(reply.content());
        } catch (IOException e) {
            close();
        }
        if (closed || reply.isEmpty()) return;
        Bytes kept = output == null ? loop.pool().take(reply.length()) : output;
        if (output != null) {
            kept.compact();
            kept.ensure(kept.to + reply.length());
        }
        kept.append(reply);
        output = kept;
        loop.admissions().keepsReply(this, kept.length());
    }

    private void writable() throws IOException {
        Bytes kept = output;
        if (kept == null) return;
        int written = channel.write(kept.content());
        kept.from += written;
        if (written > 0) movedNanos = loop.nanos();
        if (!kept.isEmpty()) return;
        loop.pool().give(kept);
        output = null;
        loop.admissions().keepsReply(this, 0);
        goOn();
    }

    // ---- what ends

    /** Closes if nothing is left to do, else says what the selector should wait for. */
    private void settle() {
        if (closed) return;
        if (output == null && !commits() && !pushing && (closing || isOver())) {
            close();
            return;
        }
        int operations =
                (wantsToRead() ? SelectionKey.OP_READ : 0)
                        | (output != null ? SelectionKey.OP_WRITE : 0);
        if (key.interestOps() != operations) key.interestOps(operations);
    }

    private boolean isOver() {
        return inputEnded && stream == null && !loop.admissions().isWaitingToReply(this);
    }

    private boolean wantsToRead() {
        if (inputEnded || closing || loop.admissions().isWaitingToRead(this)) return false;
        int length = input == null ? 0 : input.length();
        if (stream != null) return length < SMALL_BYTES;
        boolean blocked = length >= Request.BYTES && needed == 0;
        return !blocked && !pushing && output == null;
    }

    /** Whether it is the client that has kept this waiting since then. */
    boolean isStalledSince(long nanos) {
        return !closed && movedNanos - nanos < 0 && (wantsToRead() || output != null);
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
        if (output != null) loop.pool().give(output);
        output = null;
        key.cancel();
        try {
            channel.close();
        } catch (IOException e) {
            loop.log().warn("closing the connection of " + address() + ": " + e.getMessage());
        }
        loop.forget(this);
    }

    private void release() {
        dropInput();
        loop.admissions().release(this);
    }

    String address() {
        return String.valueOf(channel.socket().getRemoteSocketAddress());
    }
}
