package rotera.client;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import rotera.protocol.ErrorReply;
import rotera.protocol.Frame;
import rotera.protocol.QueueInfo;
import rotera.protocol.QueueInfoCodec;
import rotera.queue.Batch;
import rotera.queue.Messages;
import rotera.queue.Queue;
import rotera.queue.QueueException;

/**
 * The requests of one queue and their replies, over one connection after the other. All is guarded
 * by the session's lock, and nothing here waits. A request is <em>held</em> (the open push), then
 * <em>unsent</em>, then <em>in flight</em>; a push is kept in the {@link UncommittedPushes} beyond that, until
 * it is on the server's disk.
 */
final class RequestPipeline {
    /** A push of this much is not held back. */
    private static final long FLUSH_BYTES = 64 << 10;

    /** Replies to reads have 256 KiB and a record that goes on beyond, or one large record. */
    private static final long READ_SLACK = 512 << 10;

    private static final long REPLY_SLACK = 64 << 10;
    private static final long MAX_REPLY_BYTES = 80 << 20;

    /** How the outcome of a request reaches those who wait. */
    interface Outcome {
        void settle(ReplyFuture promise, long value);

        void fail(ReplyFuture promise, QueueException failure);

        /** There is room for pushes again. */
        void roomMade();

        /** Pushes that wait for room get none, for this reason. */
        void noRoom(QueueException reason);
    }

    private final Outcome outcome;
    private final boolean reconnects;
    private final UncommittedPushes window = new UncommittedPushes();
    private final SendBuffer outbox = new SendBuffer();
    private final ArrayDeque<InFlightRequest> unsent = new ArrayDeque<>();
    private final ArrayDeque<InFlightRequest> inFlight = new ArrayDeque<>();

    private @Nullable Connection connection;
    private QueueInfo info;
    private int number;
    private int remembered = 1;

    private @Nullable PushBatch open;

    /** For all who wanted what they pushed to be committed since the open push has to wait. */
    private @Nullable Request commitOfOpen;

    private boolean flushAsked;
    private int nextSequence;
    private int nextTag = 1;
    private int pushesUnderWay;
    private int unsentPushes;
    private int commitsPending;

    /** The read whose records are coming. */
    private @Nullable Request bodyOwner;

    /** Why pushes that had been acknowledged were lost, for the next commit. */
    private @Nullable QueueException lostPushes;

    private long replies;
    private @Nullable IOException lostBecause;

    RequestPipeline(Outcome outcome, boolean reconnects, QueueInfo info) {
        this.outcome = outcome;
        this.reconnects = reconnects;
        this.info = info;
    }

    @Nullable Connection connection() {
        return connection;
    }

    /** What the queue was when it was connected to. */
    QueueInfo info() {
        return info;
    }

    /** Why the last connection was lost; null if there was none, or another is there. */
    @Nullable IOException lostBecause() {
        return lostBecause;
    }

    /** How many replies have come. */
    long replies() {
        return replies;
    }

    /** Whether a reply is waited for. */
    boolean hasPending() {
        return bodyOwner != null || !inFlight.isEmpty() || !unsent.isEmpty();
    }

    /** Since when the oldest request has waited. */
    long oldestSince() {
        InFlightRequest first = bodyOwner;
        if (first == null) first = inFlight.isEmpty() ? unsent.peek() : inFlight.peek();
        return first == null ? System.nanoTime() : first.since;
    }

    @Nullable PushBatch open() {
        return open;
    }

    /** Whether anything was pushed that is not known to be on the server's disk. */
    boolean hasUncommitted() {
        return open != null || !window.isEmpty();
    }

    /** Whether the socket did not take all there is to write. */
    boolean wantsToWrite() {
        return !outbox.isEmpty();
    }

    // What callers want.

    void checkLimits(Batch batch) {
        int maxMessage = info.file().maxMessageBytes();
        if (batch.largest() > maxMessage)
            throw new QueueException.MessageTooLarge(batch.largest(), maxMessage);
        if (batch.count() > Queue.MAX_PUSH_MESSAGES)
            throw new QueueException.BatchTooLarge(
                    batch.count(), Queue.MAX_PUSH_MESSAGES, "messages");
        if (batch.bytes() > info.file().maxPushBytes())
            throw new QueueException.BatchTooLarge(
                    batch.bytes(),
                    info.file().maxPushBytes(),
                    "bytes (4 + length for each message)");
    }

    /** Whether a push has to wait; then a commit is on its way. */
    boolean hasNoRoom(long bytes) {
        long kept = window.bytes() + (open == null ? 0 : open.bytes());
        if (kept == 0 || kept + bytes <= UncommittedPushes.MAX_BYTES) return false;
        commitSoon();
        return true;
    }

    /**
     * Copies the batch; it is sent when there is enough, or somebody waits. Whether there is
     * enough.
     */
    boolean push(Batch batch, ReplyFuture promise) {
        PushBatch into = open;
        if (into != null && !into.fits(batch, info.file().maxPushBytes())) {
            seal();
            into = null;
        }
        if (into == null) {
            into = window.newFrame(batch.enveloped(), System.nanoTime());
            open = into;
        }
        into.add(batch, promise);
        boolean enough = into.bytes() >= FLUSH_BYTES;
        if (enough) flush();
        if (window.bytes() >= UncommittedPushes.COMMIT_BYTES) commitSoon();
        return enough;
    }

    private void commitSoon() {
        if (commitsPending == 0) ask(new Request(Frame.COMMIT, null));
    }

    /**
     * Sends a request behind everything pushed before. A commit leaves a push open that could not
     * be sent anyway: then many pushes and their commits become one of each.
     */
    void ask(Request request) {
        request.since = System.nanoTime();
        if (request.kind() == Frame.COMMIT && open != null && !maySeal()) {
            commitOpen(request);
            return;
        }
        seal();
        if (request.kind() == Frame.COMMIT) commitsPending++;
        unsent.add(request);
        pump();
    }

    private void commitOpen(Request commit) {
        flushAsked = true;
        if (commitOfOpen == null) {
            commitOfOpen = commit;
            commitsPending++;
        } else {
            commitOfOpen.join(commit);
        }
    }

    /** Whether a push that is sealed now can be sent as soon as the socket takes it. */
    private boolean maySeal() {
        return pushesUnderWay + unsentPushes < remembered;
    }

    /**
     * Sends what is held back; at once if few enough pushes are under way, else it goes on growing
     * until there are.
     */
    void flush() {
        flushAsked = open != null;
        pump();
    }

    private void seal() {
        PushBatch sealed = open;
        if (sealed == null) return;
        open = null;
        flushAsked = false;
        sealed.seal(nextSequence);
        nextSequence = Sequences.plus(nextSequence, sealed.count());
        window.add(sealed);
        unsent.add(sealed);
        unsentPushes++;
        Request commit = commitOfOpen;
        commitOfOpen = null;
        if (commit != null) unsent.add(commit);
    }

    // Towards the server.

    /** Writes as much as may be under way and the socket takes. */
    void pump() {
        Connection to = connection;
        if (to == null) return;
        if (flushAsked && maySeal()) seal();
        try {
            do {
                fillOutbox();
                outbox.write(to);
            } while (outbox.isEmpty() && maySend());
        } catch (IOException e) {
            lose(e);
        }
    }

    private boolean maySend() {
        InFlightRequest next = unsent.peek();
        return next != null && !(next instanceof PushBatch && pushesUnderWay >= remembered);
    }

    private void fillOutbox() {
        while (outbox.hasRoom() && maySend()) {
            InFlightRequest next = unsent.remove();
            next.tag = nextTag++;
            if (next instanceof PushBatch) {
                pushesUnderWay++;
                unsentPushes--;
            }
            inFlight.add(next);
            outbox.add(next, number);
        }
    }

    // From the server.

    /** Takes what has come. */
    void receive() throws IOException {
        Connection from = connection;
        if (from == null) return;
        ReceiveBuffer in = from.incoming();
        while (from.read()) {
            process(in);
            if (!in.mayHaveMore()) break;
        }
        pump();
    }

    private void process(ReceiveBuffer in) throws IOException {
        while (true) {
            Request receiving = bodyOwner;
            if (receiving != null) {
                if (in.inBody()) return;
                bodyOwner = null;
                settle(receiving, receiving.recordBytes);
            }
            if (!in.hasHead()) return;
            InFlightRequest request = inFlight.peek();
            check(request, in);
            if (Frame.code(in.segment(), in.at()) != 0) {
                if (!in.hasFrame()) return;
                refused(request, in);
            } else if (request.kind() == Frame.READ) {
                if (!beginBody((Request) request, in)) return;
            } else {
                if (!in.hasFrame()) return;
                answered(request, in);
            }
        }
    }

    private static void check(@Nullable InFlightRequest request, ReceiveBuffer in) throws MalformedReply {
        int kind = Frame.kind(in.segment(), in.at());
        int tag = Frame.tag(in.segment(), in.at());
        if (request == null || !request.written)
            throw new MalformedReply("a reply of kind " + kind + " that nobody has asked for");
        if (kind != request.kind() || tag != request.tag)
            throw new MalformedReply(
                    "a reply of kind %d with the tag %d instead of kind %d with the tag %d"
                            .formatted(kind, tag, request.kind(), request.tag));
    }

    private boolean beginBody(Request read, ReceiveBuffer in) throws MalformedReply {
        if (in.available() < Frame.BATCH_HEAD_BYTES) {
            if (in.frameBytes() < Frame.BATCH_HEAD_BYTES)
                throw new MalformedReply("records in " + in.frameBytes() + " bytes");
            return false;
        }
        long bytes = in.frameBytes() - Frame.BATCH_HEAD_BYTES;
        long most = Math.max(READ_SLACK, info.file().maxPushBytes() + REPLY_SLACK);
        if (bytes < 0 || bytes > Math.min(most, MAX_REPLY_BYTES))
            throw new MalformedReply("records in " + in.frameBytes() + " bytes");
        read.oldest = Frame.u64(in.segment(), in.at() + Frame.AT_OLDEST);
        read.first = Frame.u64(in.segment(), in.at() + Frame.AT_BATCH_FIRST);
        read.recordBytes = (int) bytes;
        in.take(Frame.BATCH_HEAD_BYTES);
        Messages into = read.into();
        if (into == null) throw new AssertionError("a read without memory");
        in.startBody(into.receive(bytes), (int) bytes);
        inFlight.remove();
        bodyOwner = read;
        return true;
    }

    private void answered(InFlightRequest request, ReceiveBuffer in) throws MalformedReply {
        MemorySegment segment = in.segment();
        long at = in.at();
        int bytes = (int) in.frameBytes();
        int least =
                switch (request.kind()) {
                    case Frame.PUSH -> Frame.PUSHED_BYTES;
                    case Frame.COMMIT -> Frame.COMMITTED_BYTES;
                    case Frame.PING -> Frame.PONG_BYTES;
                    default -> Frame.HEAD_BYTES;
                };
        if (bytes < least)
            throw new MalformedReply(
                    "a reply of kind " + request.kind() + " with " + bytes + " bytes");
        switch (request) {
            case PushBatch push -> {
                long id = Frame.u64(segment, at + Frame.AT_FIRST_ID);
                long next = Frame.u64(segment, at + Frame.AT_PUSH_NEXT);
                if (id < 0 || id > Long.MAX_VALUE - Queue.MAX_PUSH_MESSAGES)
                    throw new MalformedReply("a push with the id " + id);
                inFlight.remove();
                pushesUnderWay--;
                acknowledged(push, id);
                release(next);
            }
            case Request ask -> {
                long value =
                        switch (ask.kind()) {
                            case Frame.COMMIT -> Frame.u64(segment, at + Frame.AT_NEXT);
                            case Frame.PING -> Frame.u64(segment, at + Frame.AT_PING_NEXT);
                            default -> 0;
                        };
                if (ask.kind() == Frame.PING) {
                    ask.oldest = Frame.u64(segment, at + Frame.AT_OLDEST);
                    ask.next = value;
                    ask.shuttingDown = (Frame.flags(segment, at) & Frame.SHUTTING_DOWN) != 0;
                }
                if (ask.kind() == Frame.DESCRIBE) ask.info = describe(in, at, bytes);
                inFlight.remove();
                if (ask.kind() == Frame.COMMIT) committed(ask, value);
                else settle(ask, value);
            }
        }
        in.take(bytes);
        replies++;
    }

    private static QueueInfo describe(ReceiveBuffer in, long at, int bytes) throws MalformedReply {
        try {
            return QueueInfoCodec.decode(in.segment(), at + Frame.HEAD_BYTES, at + bytes);
        } catch (IllegalArgumentException e) {
            throw new MalformedReply("a description that is cut short");
        }
    }

    private void committed(Request commit, long next) {
        commitsPending--;
        release(next);
        QueueException lost = lostPushes;
        lostPushes = null;
        if (lost == null) settle(commit, next);
        else fail(commit, lost);
    }

    private void acknowledged(PushBatch push, long id) {
        push.acknowledge(id);
        long first = id;
        for (int i = 0; i < push.promises().size(); i++) {
            outcome.settle(push.promises().get(i), first);
            first += push.count(i);
        }
        push.promises().clear();
    }

    private void release(long next) {
        if (window.release(next)) outcome.roomMade();
    }

    /** An error: of this request, or of the server as a whole. */
    private void refused(InFlightRequest request, ReceiveBuffer in) throws IOException {
        int code = Frame.code(in.segment(), in.at());
        int bytes = (int) in.frameBytes();
        QueueException error = ErrorReply.decode(in.segment(), in.at(), bytes);
        if (reconnects && code == ErrorReply.SHUTTING_DOWN)
            throw new IOException("the server is shutting down", error);
        if (reconnects && code == ErrorReply.CHECKSUM_MISMATCH)
            throw new IOException("a push was damaged on the way", error);
        in.take(bytes);
        inFlight.remove();
        replies++;
        switch (request) {
            case PushBatch push -> {
                pushesUnderWay--;
                if (push.everAcknowledged()) lostPushes = error;
                failParts(push, error);
                window.drop(push);
                outcome.roomMade();
            }
            case Request ask -> {
                if (ask.kind() == Frame.COMMIT) {
                    commitsPending--;
                    outcome.noRoom(error);
                }
                fail(ask, error);
            }
        }
    }

    private void settle(Request ask, long value) {
        for (ReplyFuture promise : ask.promises()) outcome.settle(promise, value);
        replies++;
    }

    private void fail(Request ask, QueueException error) {
        for (ReplyFuture promise : ask.promises()) outcome.fail(promise, error);
    }

    private void failParts(PushBatch push, QueueException error) {
        for (ReplyFuture promise : push.promises()) outcome.fail(promise, error);
        push.promises().clear();
    }

    // Connections come and go.

    /** Goes on with a connection; what the server does not have is sent again, in order. */
    void adopt(Connection fresh, QueueInfo now, int rememberedPushes, OptionalInt lastSequence) {
        connection = fresh;
        lostBecause = null;
        info = now;
        number = (int) now.number();
        remembered = Math.clamp(rememberedPushes, 1, 5);
        List<PushBatch> lost = window.lost(lastSequence);
        // They may have been acknowledged long ago: that is no time that anybody has waited.
        long since = oldestSince();
        for (PushBatch push : lost.reversed()) {
            push.forgetAcknowledgement();
            push.since = since;
            unsent.addFirst(push);
            unsentPushes++;
        }
        release(now.file().committed().id());
        pump();
    }

    /** The connection is of no more use; what was in flight has to be sent again. */
    void lose(IOException cause) {
        lostBecause = cause;
        disconnect();
    }

    private void disconnect() {
        Connection old = connection;
        connection = null;
        if (old != null) old.close();
        outbox.clear();
        Request receiving = bodyOwner;
        bodyOwner = null;
        for (InFlightRequest last = inFlight.pollLast(); last != null; last = inFlight.pollLast()) {
            last.written = false;
            if (last instanceof PushBatch) unsentPushes++;
            unsent.addFirst(last);
        }
        if (receiving != null) unsent.addFirst(receiving); // its reply was the next
        pushesUnderWay = 0;
    }

    /** Nobody hears of what is pending any more, and nothing is kept. */
    void giveUp(QueueException reason) {
        disconnect();
        for (InFlightRequest request : unsent) {
            switch (request) {
                case PushBatch push -> failParts(push, reason);
                case Request ask -> fail(ask, reason);
            }
        }
        unsent.clear();
        unsentPushes = 0;
        commitsPending = 0;
        lostPushes = null;
        if (open != null) failParts(open, reason);
        open = null;
        if (commitOfOpen != null) fail(commitOfOpen, reason);
        commitOfOpen = null;
        flushAsked = false;
        window.clear();
        outcome.noRoom(reason);
    }

    /** For messages to people. */
    static String seconds(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos) / 1000.0 + " s";
    }
}
