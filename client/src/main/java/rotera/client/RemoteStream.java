package rotera.client;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import rotera.protocol.ErrorReply;
import rotera.protocol.Frame;
import rotera.protocol.QueueInfo;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.QueueException;
import rotera.queue.Start;

/**
 * Follows a queue of a server, over a connection of its own. After a lost connection it goes on at
 * the next message; waiting for messages has no limit, being without a connection has.
 */
final class RemoteStream implements MessageStream {
    /** For heads and small batches; the bulk of large ones goes to the messages directly. */
    private static final int BUFFER_BYTES = 16 << 10;

    private static final int TAG = 1;
    private static final long REPLY_SLACK = 512 << 10;
    private static final long MAX_REPLY_BYTES = 80 << 20;
    private static final long FIRST_BACKOFF_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long MAX_BACKOFF_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A server that does not answer a connection is tried anew after this. */
    private static final long MAX_CONNECT_NANOS = TimeUnit.SECONDS.toNanos(5);

    /**
     * A connection is given this long even if the caller has less time, else none ever succeeds.
     */
    private static final long MIN_CONNECT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final RemoteQueue queue;
    private final ConnectOptions options;
    private final QueueInfo expected;
    private final Messages messages = new Messages();
    private final ReentrantLock using = new ReentrantLock();
    private final CountDownLatch closing = new CountDownLatch(1);

    private int startKind;
    private long nextId; // a time until the start is resolved
    private long left;
    private int chunk = Integer.MAX_VALUE;

    // The batch that is coming.
    private boolean receiving;
    private int recordBytes;
    private long firstId;

    /** What a queue has committed stays so; one that ends before this is another state of it. */
    private long knownCommitted;

    private volatile @Nullable Connection connection;
    private boolean everConnected;
    private long lostSince = System.nanoTime();
    private long retryAt = lostSince;
    private long backoffNanos;
    private String lastFailure = "no answer";
    private boolean waitingTold;
    private @Nullable QueueException dead;

    RemoteStream(
            RemoteQueue queue,
            ConnectOptions options,
            QueueInfo expected,
            Start start,
            long total) {
        this.queue = queue;
        this.options = options;
        this.expected = expected;
        knownCommitted = expected.file().committed().id();
        left = total;
        switch (start) {
            case Start.Oldest oldest -> startAt(Frame.FROM_OLDEST, 0);
            case Start.Id id -> startAt(Frame.FROM_ID, id.id());
            case Start.End end -> startAt(Frame.FROM_END, 0);
            case Start.Time time -> startAt(Frame.FROM_TIME, millis(time.time()));
        }
    }

    private void startAt(int kind, long start) {
        startKind = kind;
        nextId = start;
    }

    private static long millis(Instant time) {
        return Math.max(0, TimeUnit.MILLISECONDS.convert(Duration.between(Instant.EPOCH, time)));
    }

    /** Finds out which message the oldest, the end or a time means: once and now. */
    void resolve() {
        boolean interrupted = false;
        long timeout = SharedConnection.nanos(options);
        long end = System.nanoTime() + timeout;
        using.lock();
        try {
            while (left > 0 && startKind != Frame.FROM_ID && !isClosed()) {
                if (timeLeft(end) <= 0)
                    throw new QueueException.TimedOut(
                            SharedConnection.server(options)
                                    + " did not say within "
                                    + RequestPipeline.seconds(timeout)
                                    + " where the stream begins ("
                                    + lastFailure
                                    + ")");
                try {
                    awaitBatch(end, true);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            using.unlock();
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean next() throws InterruptedException {
        return next(Duration.ofNanos(Long.MAX_VALUE));
    }

    @Override
    public boolean next(Duration timeout) throws InterruptedException {
        using.lock();
        try {
            return fill(TimeUnit.NANOSECONDS.convert(timeout));
        } finally {
            if (isClosed()) release();
            using.unlock();
        }
    }

    private boolean fill(long nanos) throws InterruptedException {
        if (isClosed() || left == 0) return false;
        if (!messages.nextRecords(this, nextId, wanted())) {
            long now = System.nanoTime();
            boolean come =
                    awaitBatch(nanos > Long.MAX_VALUE / 2 ? Long.MAX_VALUE : now + nanos, false);
            if (isClosed()) return false;
            if (!come) {
                showNothing();
                return true;
            }
        }
        nextId = messages.nextId();
        knownCommitted = Math.max(knownCommitted, nextId);
        left -= messages.count();
        if (left == 0) disconnect();
        return true;
    }

    private int wanted() {
        return (int) Math.min(chunk, left);
    }

    private void showNothing() {
        // What has come of a batch stays where it is: this only says that there is none yet.
        messages.receive(0);
        messages.takeRecords(this, 0, nextId, 0, 0);
    }

    private boolean isClosed() {
        return closing.getCount() == 0;
    }

    /** Waits for messages; false if the time is over, or (if asked) the start is known. */
    private boolean awaitBatch(long end, boolean startOnly) throws InterruptedException {
        while (!isClosed()) {
            if (dead != null) throw dead;
            Connection current = connection;
            try {
                if (current == null) {
                    connect(end);
                } else {
                    if (takeBatch(current.incoming(), startOnly)) return true;
                    if (startOnly && startKind == Frame.FROM_ID) return false;
                    if (!current.read()) {
                        if (timeLeft(end) <= 0) return false;
                        boolean _ = current.await(false, timeLeft(end));
                    }
                }
            } catch (IOException e) {
                lost(e);
            } catch (QueueException.ChecksumMismatch e) {
                lost(new IOException(e.getMessage(), e));
            }
            if (Thread.interrupted()) throw new InterruptedException();
            if (connection == null && timeLeft(end) <= 0) return false;
        }
        return false;
    }

    private static long timeLeft(long end) {
        return end == Long.MAX_VALUE ? Long.MAX_VALUE : end - System.nanoTime();
    }

    // Batches.

    /** Whether a batch with messages has come whole; then it is in {@link #messages}. */
    private boolean takeBatch(ReceiveBuffer in, boolean startOnly) throws IOException {
        while (!startOnly || startKind != Frame.FROM_ID) {
            if (receiving) {
                if (in.inBody()) return false;
                receiving = false;
                messages.takeRecords(this, recordBytes, firstId, wanted(), firstId - nextId);
                if (messages.count() > 0) return true;
            }
            if (!in.hasHead()) return false;
            MemorySegment segment = in.segment();
            long at = in.at();
            if (Frame.kind(segment, at) != Frame.STREAM || Frame.tag(segment, at) != TAG)
                throw new MalformedReply("a reply of kind " + Frame.kind(segment, at));
            if (Frame.code(segment, at) != 0) {
                if (!in.hasFrame()) return false;
                refused(in);
            }
            if (in.frameBytes() < Frame.BATCH_HEAD_BYTES)
                throw new MalformedReply("records in " + in.frameBytes() + " bytes");
            if (in.available() < Frame.BATCH_HEAD_BYTES) return false;
            beginBatch(in);
        }
        return false; // the batch is taken by who wants its messages
    }

    private void beginBatch(ReceiveBuffer in) throws MalformedReply {
        MemorySegment segment = in.segment();
        long at = in.at();
        long bytes = in.frameBytes() - Frame.BATCH_HEAD_BYTES;
        long most = Math.max(REPLY_SLACK, expected.file().maxPushBytes() + REPLY_SLACK);
        if (bytes > Math.min(most, MAX_REPLY_BYTES))
            throw new MalformedReply("records in " + in.frameBytes() + " bytes");
        firstId = Frame.u64(segment, at + Frame.AT_BATCH_FIRST);
        boolean last = (Frame.flags(segment, at) & Frame.LAST) != 0;
        if (startKind != Frame.FROM_ID && firstId >= 0) startAt(Frame.FROM_ID, firstId);
        if (bytes > 0 && firstId < nextId)
            throw new MalformedReply("messages from " + firstId + " instead of " + nextId);
        if (bytes == 0 && last) throw new MalformedReply("the end of a stream too early");
        in.take(Frame.BATCH_HEAD_BYTES);
        backoffNanos = 0;
        if (bytes == 0) return;
        recordBytes = (int) bytes;
        in.startBody(messages.receive(bytes), recordBytes);
        receiving = true;
    }

    private void refused(ReceiveBuffer in) throws IOException {
        QueueException error = ErrorReply.decode(in.segment(), in.at(), (int) in.frameBytes());
        if (options.reconnect() && error instanceof QueueException.ShuttingDown)
            throw new IOException("the server is shutting down", error);
        disconnect();
        if (error instanceof QueueException.CorruptMessage corrupt)
            nextId = Math.max(nextId, corrupt.resumeId());
        if (error instanceof QueueException.ChecksumMismatch) throw new IOException(error);
        throw error;
    }

    // Connections come and go.

    /** Makes a connection, if that is possible in time and it is time for another try. */
    private void connect(long end) throws IOException, InterruptedException {
        long now = System.nanoTime();
        long timeout = SharedConnection.nanos(options);
        if (now - lostSince > timeout && backoffNanos > 0) {
            lostSince = now;
            backoffNanos = 0;
            throw new QueueException.TimedOut(
                    "no connection to "
                            + SharedConnection.server(options)
                            + " within "
                            + RequestPipeline.seconds(timeout)
                            + " ("
                            + lastFailure
                            + "): the next call tries again, and goes on at message "
                            + nextId);
        }
        if (retryAt - now > 0) {
            boolean _ = closing.await(Math.min(retryAt - now, timeLeft(end)), TimeUnit.NANOSECONDS);
            return;
        }
        if (backoffNanos == 0) lostSince = now;
        backoffNanos = Math.clamp(2 * backoffNanos, FIRST_BACKOFF_NANOS, MAX_BACKOFF_NANOS);
        retryAt = now + backoffNanos;
        long allowed =
                Math.clamp(
                        Math.min(timeLeft(end), lostSince + timeout - now),
                        MIN_CONNECT_NANOS,
                        MAX_CONNECT_NANOS);
        Connection fresh = null;
        try {
            fresh = Connection.open(options.host(), options.port(), BUFFER_BYTES, now + allowed);
            QueueInfo found =
                    new Handshake(fresh, now + allowed).introduce(0, options.queue()).info();
            if (!found.file().uniqueId().equals(expected.file().uniqueId())) {
                dead = SharedConnection.replaced(options, expected, found);
                throw dead;
            }
            refuseOlderState(found);
            fresh.send(request((int) found.number()), now + allowed);
            connection = fresh;
            everConnected = true;
            fresh = null;
            if (waitingTold) options.listener().resumed();
            waitingTold = false;
        } catch (QueueException.UnknownQueue e) {
            if (!everConnected || !options.reconnect()) throw e;
            throw new IOException(e.getMessage(), e); // a server that has just begun
        } finally {
            if (fresh != null) fresh.close();
        }
    }

    /** To wait for the next message would leave out those that come before it. */
    private void refuseOlderState(QueueInfo found) {
        long committed = found.file().committed().id();
        if (committed >= knownCommitted) return;
        dead =
                new QueueException.QueueReplaced(
                        "queue %s of %s ends at id %d, and it had ended at %d before: it was restored from an older copy"
                                .formatted(
                                        options.queue(),
                                        SharedConnection.server(options),
                                        committed,
                                        knownCommitted));
        throw dead;
    }

    private ByteBuffer request(int number) {
        ByteBuffer request = ByteBuffer.allocate(Frame.STREAM_BYTES);
        MemorySegment segment = MemorySegment.ofBuffer(request);
        Frame.encode(segment, 0, Frame.STREAM_BYTES, Frame.STREAM, startKind, 0, number, TAG);
        Frame.u64(segment, Frame.AT_START, nextId);
        Frame.u64(segment, Frame.AT_TOTAL, left);
        return request;
    }

    private void lost(IOException why) {
        lastFailure = SharedConnection.reason(why);
        disconnect();
        if (options.reconnect()) {
            if (!waitingTold) options.listener().waiting(lastFailure);
            waitingTold = true;
            return;
        }
        dead =
                everConnected
                        ? new QueueException.ConnectionLost(
                                "the connection to "
                                        + SharedConnection.server(options)
                                        + " was lost ("
                                        + lastFailure
                                        + ") before message "
                                        + nextId,
                                why)
                        : SharedConnection.failed(options, why);
        throw dead;
    }

    private void disconnect() {
        Connection old = connection;
        connection = null;
        receiving = false;
        if (old != null) old.close();
    }

    private void release() {
        disconnect();
        messages.close();
        queue.forget(this);
    }

    @Override
    public Messages messages() {
        return messages;
    }

    @Override
    public MessageStream chunk(int most) {
        if (most < 1) throw new IllegalArgumentException("chunk=" + most + " is less than 1");
        chunk = most;
        return this;
    }

    @Override
    public void close() {
        closing.countDown();
        Connection current = connection;
        if (current != null) current.wake();
        if (!using.tryLock()) return; // whoever is in next() lets go of everything
        try {
            release();
        } finally {
            using.unlock();
        }
    }
}
