package rotera.client;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.GatheringByteChannel;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import rotera.protocol.ErrorReply;
import rotera.protocol.Frame;
import rotera.protocol.QueueInfo;
import rotera.queue.Batch;
import rotera.queue.QueueException;

/**
 * The requests of one queue and their replies, over one connection after the other. A request is
 * <em>unsent</em>, then <em>in flight</em> until its reply; what was in flight when a connection
 * was lost is unsent again, in its order. Pushes come from the {@link PushAccumulator}, which has
 * them until they are on the server's disk. Bytes leave through a channel and come in a buffer:
 * there are neither threads nor sockets here, and nothing waits. Not thread-safe.
 */
final class RequestPipeline {
    private final InFlightRequest.Outcome outcome;
    private final boolean resends;
    private final PushAccumulator pushes;
    private final InFlightRequests requests = new InFlightRequests();

    private boolean connected;
    private QueueInfo info;
    private int pendingCommits;

    /** The read whose records are coming. */
    private @Nullable Request receiving;

    /** Why pushes that had been acknowledged were lost, for the next commit. */
    private @Nullable Supplier<QueueException> lostPushes;

    private long replies;

    RequestPipeline(
            InFlightRequest.Outcome outcome,
            PushAccumulator pushes,
            boolean resends,
            QueueInfo info) {
        this.outcome = outcome;
        this.pushes = pushes;
        this.resends = resends;
        this.info = info;
        pushes.limits(info.file());
    }

    /** The queue when it was connected to. */
    QueueInfo info() {
        return info;
    }

    /** How many replies have come. */
    long replies() {
        return replies;
    }

    /** Whether a reply is waited for. */
    boolean hasPending() {
        return receiving != null || !requests.isEmpty();
    }

    /** Since when the oldest request has waited; now if there is none. */
    long oldestSince() {
        InFlightRequest first = receiving == null ? requests.oldest() : receiving;
        return first == null ? System.nanoTime() : first.since;
    }

    boolean hasOpenPush() {
        return pushes.hasOpen();
    }

    /** Whether a push has been held back since this time, or longer. */
    boolean isPushHeldSince(long nanoTime) {
        return pushes.isHeldSince(nanoTime);
    }

    /** Whether the channel did not take all there is to write. */
    boolean wantsToWrite() {
        return requests.wantsToWrite();
    }

    // Requests of callers. They leave with the next send.

    /** Copies the batch. Returns whether there is something to send now; else it is held back. */
    boolean push(Batch batch, ReplyFuture future) {
        if (!pushes.fits(batch)) seal();
        boolean enough = pushes.add(batch, future);
        if (enough) flush();
        return (pushes.needsCommit() && commitSoon()) || enough;
    }

    /** Asks for a commit, which makes room for pushes, unless there is one already. */
    boolean commitSoon() {
        if (pendingCommits > 0) return false;
        add(new Request(Frame.COMMIT));
        return true;
    }

    /**
     * Adds a request behind everything pushed before. A commit leaves a push open that could not be
     * sent anyway: then many pushes and their commits become one of each.
     */
    void add(Request request) {
        request.since = System.nanoTime();
        boolean commit = request.kind() == Frame.COMMIT;
        if (commit && pushes.hasOpen() && !requests.hasRoomForPush()) {
            if (pushes.commitOpen(request)) pendingCommits++;
            return;
        }
        seal();
        if (commit) pendingCommits++;
        requests.add(request);
    }

    /**
     * Has the open push sent: now if few enough pushes are in flight, else it goes on growing until
     * there are.
     */
    void flush() {
        pushes.askFlush();
        sealIfAsked();
    }

    private void sealIfAsked() {
        if (connected && pushes.flushAsked() && requests.hasRoomForPush()) seal();
    }

    private void seal() {
        PushBatch sealed = pushes.seal();
        if (sealed == null) return;
        requests.add(sealed);
        Request commit = pushes.takeCommit();
        if (commit != null) requests.add(commit);
    }

    // Towards the server.

    /** Writes as much as may be in flight and the channel takes. */
    void send(GatheringByteChannel to) throws IOException {
        sealIfAsked();
        requests.send(to, (int) info.number());
    }

    // From the server.

    /** Takes the replies that have come. */
    void receive(ReceiveBuffer in) throws IOException {
        while (true) {
            Request whole = receiving;
            if (whole != null) {
                if (in.inBody()) return;
                receiving = null;
                settle(whole, whole.recordBytes());
                replies++;
            }
            if (!in.hasHead()) return;
            InFlightRequest request = requests.expected(in);
            boolean refused = Frame.code(in.segment(), in.at()) != 0;
            if (request.kind() == Frame.READ && !refused) {
                if (!in.hasRecordsHead()) return;
                Request read = (Request) request;
                read.beginRecords(in, pushes.maxPushBytes());
                requests.removeOldest();
                receiving = read;
            } else {
                if (!in.hasFrame()) return;
                if (refused) refused(request, in);
                else answered(request, in);
            }
        }
    }

    private void answered(InFlightRequest request, ReceiveBuffer in) throws MalformedReply {
        int bytes = (int) in.frameBytes();
        if (bytes < request.minReplyBytes())
            throw new MalformedReply(
                    "a reply of kind " + request.kind() + " with " + bytes + " bytes");
        switch (request) {
            case PushBatch push -> {
                long id = PushBatch.firstId(in);
                requests.removeOldest();
                acknowledged(push, id);
                release(PushBatch.committed(in));
            }
            case Request other -> {
                long value = other.decode(in, bytes);
                requests.removeOldest();
                if (other.kind() == Frame.COMMIT) committed(other, value);
                else settle(other, value);
            }
        }
        in.take(bytes);
        replies++;
    }

    private void acknowledged(PushBatch push, long id) {
        push.acknowledge(id);
        long first = id;
        List<ReplyFuture> futures = push.futures();
        for (int i = 0; i < futures.size(); i++) {
            outcome.settle(futures.get(i), first);
            first += push.count(i);
        }
        futures.clear();
    }

    private void committed(Request commit, long next) {
        pendingCommits--;
        release(next);
        Supplier<QueueException> lost = lostPushes;
        lostPushes = null;
        if (lost == null) settle(commit, next);
        else commit.fail(outcome, lost);
    }

    private void release(long next) {
        if (pushes.release(next)) outcome.roomMade();
    }

    /** An error: of this request, or of the server as a whole. */
    private void refused(InFlightRequest request, ReceiveBuffer in) throws IOException {
        int code = Frame.code(in.segment(), in.at());
        byte[] reply = in.copyFrame();
        Supplier<QueueException> error =
                () -> ErrorReply.decode(MemorySegment.ofArray(reply), 0, reply.length);
        if (resends && code == ErrorReply.SHUTTING_DOWN)
            throw new IOException("the server is shutting down", error.get());
        if (resends && code == ErrorReply.CHECKSUM_MISMATCH)
            throw new IOException("a push was damaged on the way", error.get());
        in.take(reply.length);
        requests.removeOldest();
        replies++;
        switch (request) {
            case PushBatch push -> {
                if (push.everAcknowledged()) lostPushes = error;
                push.fail(outcome, error);
                pushes.drop(push);
                outcome.roomMade();
            }
            case Request other -> {
                if (other.kind() == Frame.COMMIT) {
                    pendingCommits--;
                    outcome.noRoom(error);
                }
                other.fail(outcome, error);
            }
        }
    }

    private void settle(Request request, long value) {
        List<ReplyFuture> futures = request.futures();
        for (int i = 0; i < futures.size(); i++) outcome.settle(futures.get(i), value);
    }

    // Connections come and go.

    /** Goes on over a connection; what the server does not have is sent again, in order. */
    void connected(QueueInfo now, int remembered, OptionalInt lastSequence) {
        connected = true;
        info = now;
        pushes.limits(now.file());
        requests.rememberedPushes(remembered);
        List<PushBatch> lost = pushes.lost(lastSequence);
        // They may have been acknowledged long ago: that is no time that anybody has waited.
        long since = oldestSince();
        for (PushBatch push : lost) {
            push.forgetAcknowledgement();
            push.since = since;
        }
        requests.addFirst(lost);
        release(now.file().committed().id());
    }

    /** What was in flight has to be sent again. */
    void disconnected() {
        connected = false;
        requests.disconnected(receiving);
        receiving = null;
    }

    /** Fails everything that is pending, and keeps nothing. The connection has gone before. */
    void giveUp(Supplier<QueueException> reason) {
        for (InFlightRequest each : requests.removeAll()) each.fail(outcome, reason);
        pendingCommits = 0;
        lostPushes = null;
        PushBatch open = pushes.clear();
        if (open != null) open.fail(outcome, reason);
        Request commit = pushes.takeCommit();
        if (commit != null) commit.fail(outcome, reason);
        outcome.noRoom(reason);
    }
}
