package rotera.client;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import rotera.protocol.Frame;
import rotera.protocol.QueueInfo;
import rotera.queue.Batch;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.Queue;
import rotera.queue.QueueException;
import rotera.queue.QueueStatistics;
import rotera.queue.RotFileInfo;
import rotera.queue.Start;
import rotera.queue.Status;

/**
 * A queue on a server. Behaves like a {@link rotera.queue.RotFile}, and besides:
 *
 * <p>What is pushed asynchronously is held back until there is enough, a call waits, or a
 * millisecond is over (up to 16 ms where callers have waited for their futures before); pushes that
 * come close together are sent as one. Five pushes may be under way without a reply; what comes
 * meanwhile is gathered in one more, and the commits asked for meanwhile become one behind it.
 *
 * <p>When the connection is lost, it is made again (unless {@link ConnectOptions#reconnect} is
 * off), and what is not known to be on the server's disk is pushed again, without keeping anything
 * twice. Up to 16 MiB are kept for that: at half of it the client asks for a commit by itself, at
 * all of it pushes wait. A call that has no answer after the timeout fails with {@link
 * QueueException.TimedOutException}, and everything that waits with it; later calls try again.
 *
 * <p>Threads may share one: while many wait, one of them reads the replies of all, and what they
 * push meanwhile goes as one push. With 64 of them that is faster than a connection for each.
 *
 * <p>Functions that depend on a future run on the thread that has read the reply, or on one that
 * waits for the future: they have to be quick.
 */
public final class RemoteQueue implements Queue {
    private final ConnectOptions options;
    private final SharedConnection shared;
    private final RotFileInfo atOpening;
    private final LongAdder pushed = new LongAdder();
    private final LongAdder skipped = new LongAdder();
    private final Set<RemoteStream> streams = ConcurrentHashMap.newKeySet();

    /** What the last read ended at. */
    private volatile long readOn = -1;

    RemoteQueue(ConnectOptions options) {
        this.options = options;
        shared = SharedConnection.open(options);
        atOpening = shared.connectedTo().file();
    }

    /** The queue as the server describes it now. */
    public QueueInfo info() {
        Request describe = new Request(Frame.DESCRIBE);
        long _ = shared.call(describe);
        QueueInfo info = describe.info();
        if (info == null) throw new QueueException.ServerErrorException("no description came");
        return info;
    }

    @Override
    public Status ping() {
        Request ping = new Request(Frame.PING);
        long next = shared.call(ping);
        RotFileInfo file = shared.connectedTo().file();
        return Status.of(
                ping.oldest(),
                next,
                !ping.shuttingDown(),
                file.maxMessageBytes(),
                file.maxPushBytes());
    }

    @Override
    public long push(Batch batch) {
        long id = shared.push(batch);
        pushed.add(batch.count());
        return id;
    }

    @Override
    public CompletableFuture<Long> pushAsync(Batch batch) {
        CompletableFuture<Long> id = shared.pushAsync(batch);
        pushed.add(batch.count());
        return id;
    }

    @Override
    public long commit() {
        return shared.commit();
    }

    @Override
    public CompletableFuture<Long> commitAsync() {
        return shared.commitAsync();
    }

    @Override
    public int read(long id, int most, Messages into) {
        if (id < 0) throw new IllegalArgumentException("id=" + id + " is negative: ids begin at 0");
        if (most < 0) throw new IllegalArgumentException("most=" + most + " is negative");
        shared.checkOpen();
        if (!into.nextRecords(shared, id, most)) readAhead(id, most, into);
        readOn = into.nextId();
        skipped.add(into.skipped());
        return into.count();
    }

    /** A caller that reads on gets more at once, for the next reads; another one what it wants. */
    private void readAhead(long id, int most, Messages into) {
        int wanted = id == readOn ? Integer.MAX_VALUE : most;
        for (int tries = 1; ; tries++) {
            Request read = Request.read(id, wanted, into);
            long _ = shared.call(read);
            try {
                take(read, id, most, into);
                return;
            } catch (QueueException.ChecksumMismatchException e) {
                shared.distrust(e);
                if (tries == 3) throw e;
            }
        }
    }

    private void take(Request read, long id, int most, Messages into) {
        if (read.recordBytes() == 0 || most == 0) {
            into.receive(0);
            into.takeRecords(shared, 0, id, 0, 0);
            return;
        }
        if (read.first() < id)
            throw new QueueException.ChecksumMismatchException(
                    "messages from " + read.first() + " came instead of those from " + id);
        into.takeRecords(shared, read.recordBytes(), read.first(), most, read.first() - id);
    }

    @Override
    public MessageStream stream(Start start, long total) {
        if (total < 0) throw new IllegalArgumentException("total=" + total + " is negative");
        QueueInfo info = shared.connectedTo();
        RemoteStream stream = new RemoteStream(options, info, start, total, skipped);
        streams.add(stream);
        stream.onClose(() -> streams.remove(stream));
        try {
            stream.resolve();
        } catch (Throwable e) {
            stream.close();
            throw e;
        }
        if (shared.isClosed()) stream.close();
        return stream;
    }

    @Override
    public QueueStatistics statistics() {
        RotFileInfo now = info().file();
        return new RemoteStatistics(
                pushed.sum(),
                now.committed().id() - atOpening.committed().id(),
                now.oldest().id() - atOpening.oldest().id(),
                skipped.sum());
    }

    @Override
    public void close() {
        for (RemoteStream stream : streams) stream.close();
        shared.close();
    }
}
