package rotera.server;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import rotera.protocol.ErrorReply;
import rotera.protocol.Frame;
import rotera.protocol.Hello;
import rotera.protocol.Request;
import rotera.queue.Batch;
import rotera.queue.Producer;
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
final class Connection implements ConnectionLimit.Peer {
    /** What is kept of the input without asking the budget. */
    static final int SMALL_BYTES = Pool.SMALLEST;

    private static final int MAX_COMMITS = 256;

    private final Loop loop;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final InetAddress address;

    private final Inbox inbox;
    private final Outbox outbox;
    private Dialect dialect;
    private @Nullable Following stream;

    // Commits: of one queue at a time.
    private int commitQueue;
    private int commitsWaiting;
    private int commitsRunning;

    /** The request at the front is for an unknown queue, whose file is looked for. */
    private boolean looking;

    /** That was done; the queue is unknown if it still is. */
    private boolean looked;

    /** A queue is being deleted or renamed for the last request that was taken. */
    private boolean changing;

    /** A push at the front of the input waits for the disk. */
    private boolean pushing;

    private long pushId;
    private @Nullable Throwable pushFailure;

    private long movedNanos = System.nanoTime();

    /** Whether a whole request has come. */
    private boolean used;

    /** Listed with the loop as ready; only the loop's. */
    boolean ready;

    private boolean inputEnded;
    private boolean closing;
    private boolean closed;

    Connection(Loop loop, SocketChannel channel, SelectionKey key) {
        this.loop = loop;
        this.channel = channel;
        this.key = key;
        this.address = channel.socket().getInetAddress();
        this.dialect = new OriginalDialect(loop, this);
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
            loop.log().warn("closing the connection of " + remote() + ": " + e, e);
            close();
        }
    }

    private void readable() throws IOException {
        Bytes bytes = inbox.gather();
        int most =
                stream != null ? SMALL_BYTES - bytes.length() : loop.admissions().readLimit(this);
        int read = channel.read(bytes.room(inbox.most(bytes, most)));
        if (read < 0) inputEnded = true;
        else bytes.to += read;
        loop.spend(bytes.length());
        movedNanos = loop.nanos();
        if (inputEnded && stream != null && stream.waiting) closing = true; // nobody is there
        take(bytes);
    }

    /** Takes all requests that can be; keeps the rest. */
    private void take(Bytes bytes) {
        if (inbox.hasWhatIsNeeded(bytes)) takeWhole(bytes);
        if (closed) return;
        if (closing) bytes.clear();
        inbox.keep(bytes);
    }

    private void takeWhole(Bytes bytes) {
        boolean whole;
        do {
            whole = true;
            while (whole && bytes.length() >= dialect.leastBytes() && mayTake()) {
                long taken = dialect.take(bytes.segment(), bytes.from, bytes.to);
                whole = taken != Dialect.NOT_YET;
                used |= whole;
                if (whole) looked = false;
                bytes.from += (int) taken;
            }
            dialect.taken();
            // Replies that are gone now may be all that kept the next request from being taken.
        } while (whole && bytes.length() >= dialect.leastBytes() && mayTake());
    }

    private boolean mayTake() {
        return !closing
                && !closed
                && stream == null
                && outbox.isEmpty()
                && !pushing
                && !looking
                && !changing
                && commitsWaiting < MAX_COMMITS
                && dialect.mayTake()
                && loop.hasTime(this);
    }

    // ---- for the dialect

    /** From here on the connection speaks the own protocol; says how many bytes that took. */
    long hello(MemorySegment data, long at, long to) {
        Hello hello = Hello.decode(data, at);
        if (hello.credentialsBytes() > Hello.MAX_CREDENTIALS_BYTES) {
            refuse("credentials of " + hello.credentialsBytes() + " bytes, 4096 are allowed");
            return Dialect.NOT_YET;
        }
        long bytes = Request.BYTES + hello.credentialsBytes();
        if (to - at < bytes) {
            need(bytes, bytes);
            return Dialect.NOT_YET;
        }
        Bytes reply = loop.replies().output();
        if (hello.lowest() > Hello.VERSION || hello.highest() < Hello.VERSION) {
            String why =
                    "the client speaks the versions %d to %d, the server version %d: update the older one"
                            .formatted(hello.lowest(), hello.highest(), Hello.VERSION);
            reply.to =
                    ErrorReply.encode(
                            reply.segment(),
                            0,
                            Frame.HELLO,
                            0,
                            0,
                            ErrorReply.NO_COMMON_VERSION,
                            Hello.VERSION,
                            Hello.VERSION,
                            0,
                            why);
            send(reply);
            refuse(why);
            return bytes;
        }
        long token = hello.producerToken() == 0 ? loop.newToken() : hello.producerToken();
        reply.to =
                new Hello.Reply(
                                Hello.VERSION,
                                Hello.Reply.CHANGES_QUEUES,
                                OwnDialect.MAX_FRAME_BYTES,
                                token,
                                Queue.MAX_PUSH_MESSAGES,
                                Producer.REMEMBERED_PUSHES,
                                "Rotera")
                        .encode(reply.segment(), 0);
        dialect = new OwnDialect(loop, this, token);
        send(reply);
        return bytes;
    }

    /** The request at the front has to have this many bytes, which take so much memory. */
    void need(long bytes, long memoryBytes) {
        inbox.need(bytes, memoryBytes);
    }

    /**
     * Stages the push that begins here; if that has to wait for the disk, it stays at the front of
     * the input, and a negative number is returned.
     */
    long push(ServedQueue queue, MemorySegment data, long at) {
        used = true;
        Batch batch = dialect.wrap(loop.batch(), data, at);
        long id = queue.file().tryPush(batch);
        if (id < 0) {
            pushing = true;
            queue.wantPush(this);
            loop.want(queue);
        } else {
            count(queue, batch);
        }
        return id;
    }

    private void count(ServedQueue queue, Batch batch) {
        loop.pushed(queue);
        queue.pushed.add(batch.count(), loop.nanos());
        queue.pushedBytes.add(batch.bytes(), loop.nanos());
    }

    /** Whether a request for an unknown queue has to wait: until its file was looked for, once. */
    boolean mustLook() {
        if (looked || loop.stopping()) return false;
        looking = true;
        loop.lookFor(this);
        return true;
    }

    void looked() {
        looking = false;
        looked = true;
        goOn();
    }

    /**
     * Has a queue deleted or renamed; no request is taken until that is answered.
     *
     * @param answer is told why it failed; null if it did not
     */
    void change(QueueChanges.Change change, Consumer<@Nullable Throwable> answer) {
        changing = true;
        loop.change(
                change,
                failure -> {
                    changing = false;
                    if (closed) return;
                    answer.accept(failure);
                    goOn();
                });
    }

    /** Asks for a commit; false if commits of another queue have to be answered first. */
    boolean commit(ServedQueue queue) {
        if (commits() && commitQueue != queue.number()) return false;
        commitQueue = queue.number();
        queue.wantCommit(this);
        loop.want(queue);
        return true;
    }

    /** Sends messages as they come, until there were enough. */
    void follow(Following following) {
        stream = following;
        following.queue.readers++;
        loop.later(this);
    }

    /** Nothing more is taken; closes when all that waits was sent. */
    void refuse(String why) {
        if (closing) return;
        loop.log().warn("closing the connection of " + remote() + ": " + why);
        closing = true;
    }

    // ---- what waits

    /** Counts a commit that was asked for. */
    int countCommit() {
        return ++commitsWaiting;
    }

    /** Whether a commit is not answered yet. */
    boolean commits() {
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
        dialect.committed(replies, next, failure);
        goOn();
    }

    /** Pushes what is at the front of the input, and may wait for that. Not the leader. */
    void pushWaiting(RotFile file, Batch batch) {
        Bytes bytes = inbox.kept();
        if (bytes == null) return;
        try {
            pushId = file.push(dialect.wrap(batch, bytes.segment(), bytes.from));
        } catch (RuntimeException | Error e) {
            pushFailure = e;
        } finally {
            batch.clear();
        }
    }

    void pushed(ServedQueue queue) {
        Throwable failure = pushFailure;
        Bytes input = inbox.kept();
        pushing = false;
        pushFailure = null;
        if (closed) {
            release();
        } else if (input != null) {
            if (failure == null)
                count(queue, dialect.wrap(loop.batch(), input.segment(), input.from));
            input.from += (int) dialect.pushed(input.segment(), input.from, pushId, failure);
        }
        goOn();
    }

    /** Goes on in a new round. */
    void goOnLater() {
        if (stream != null) pump();
        else goOn();
    }

    /** Takes what was left waiting: a commit is done, a reply is gone, a stream can go on. */
    void goOn() {
        movedNanos = loop.nanos();
        guard(() -> {
            Bytes input = inbox.kept();
            if (stream != null && outbox.isEmpty()) loop.later(this);
            else if (input != null) take(input);
        });
    }

    // ---- what goes out

    /** Sends what the queue of the stream has, up to a bound. */
    void pump() {
        guard(() -> {
            Following following = stream;
            if (following == null || !outbox.isEmpty()) return;
            if (following.queue.isRemoved())
                failStream(following, QueueDirectory.deleted(following.queue));
            else if (loop.stopping()) endStream(following);
            else if (loop.admissions().mayBuildReply(this)) sendMessages(following);
        });
    }

    private void sendMessages(Following following) {
        boolean more = false;
        QueueException damage = null;
        long nextId = following.nextId;
        long left = following.left;
        boolean told = following.told;
        Bytes reply = loop.replies().output();
        try {
            more = dialect.follow(following, reply);
        } catch (QueueException e) {
            damage = e;
        }
        if (!loop.admissions().mayReply(this, reply.length())) {
            following.returnTo(nextId, left, told);
            loop.replies().release(following);
            loop.replies().trim();
            return;
        }
        send(reply);
        loop.replies().trim();
        if (damage != null) {
            failStream(following, damage);
        } else if (following.left == 0) {
            forget(following);
            goOn();
        } else if (outbox.isEmpty() && more) {
            loop.later(this);
        } else if (outbox.isEmpty()) {
            await(following);
        } else {
            loop.replies().release(following);
        }
    }

    private void failStream(Following following, QueueException failure) {
        forget(following);
        dialect.streamFailed(following, failure);
        goOn();
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
        dialect.endStream(following, reply);
        forget(following);
        send(reply);
        goOn();
    }

    private void forget(Following following) {
        if (stream == null) return; // closed meanwhile
        stream = null;
        following.queue.readers--;
        loop.replies().release(following);
        loop.admissions().giveUpReply(this);
    }

    void send(Bytes reply) {
        if (closed) return;
        loop.spend(reply.length());
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
        boolean working = commits() || pushing || changing;
        if (outbox.isEmpty() && !working && (closing || isOver())) {
            close();
            return;
        }
        int operations =
                (wantsToRead() ? SelectionKey.OP_READ : 0)
                        | (!outbox.isEmpty() ? SelectionKey.OP_WRITE : 0);
        if (key.interestOps() != operations) key.interestOps(operations);
    }

    private boolean isOver() {
        return inputEnded
                && stream == null
                && !looking
                && !loop.admissions().isWaitingToReply(this);
    }

    private boolean wantsToRead() {
        if (inputEnded || closing || loop.admissions().isWaitingToRead(this)) return false;
        int length = inbox.length();
        if (stream != null) return length < SMALL_BYTES;
        boolean blocked = length >= dialect.leastBytes() && !inbox.isPartial();
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
                                + remote()
                                + ": no progress while others wait for memory");
        close();
    }

    /** It takes a place that others wait for. */
    void closeForOthers(String why) {
        loop.log().warn("closing the connection of " + remote() + ": " + why);
        close();
    }

    @Override
    public InetAddress address() {
        return address;
    }

    @Override
    public boolean hasAsked() {
        return used;
    }

    @Override
    public long movedNanos() {
        return movedNanos;
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
            forget(following);
        }
        if (!pushing) release();
        dialect.release();
        outbox.drop();
        key.cancel();
        try {
            channel.close();
        } catch (IOException e) {
            loop.log().warn("closing the connection of " + remote() + ": " + e.getMessage());
        }
        loop.forget(this);
    }

    private void release() {
        inbox.drop();
        loop.admissions().release(this);
    }

    String remote() {
        return String.valueOf(channel.socket().getRemoteSocketAddress());
    }
}
