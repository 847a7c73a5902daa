package rotera.client;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import rotera.protocol.Frame;
import rotera.protocol.QueueInfo;
import rotera.queue.Batch;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.Queue;
import rotera.queue.QueueException;
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
 * QueueException.TimedOut}, and everything that waits with it; later calls try again.
 *
 * <p>Threads may share one: while many wait, one of them reads the replies of all, and what they
 * push meanwhile goes as one push. With 64 of them that is faster than a connection for each.
 *
 * <p>Functions that depend on a future run on the thread that has read the reply, or on one that
 * waits for the future: they have to be quick.
 */
public final class RemoteQueue implements Queue {
    private final ConnectOptions options;
    private final SharedConnection session;
    private final Set<RemoteStream> streams = ConcurrentHashMap.newKeySet();

    RemoteQueue(ConnectOptions options) {
        this.options = options;
        session = SharedConnection.open(options);
    }

    /** The queue as the server describes it now. */
    public QueueInfo info() {
        QueueInfo info = session.ask(Frame.DESCRIBE).info;
        if (info == null) throw new QueueException.ServerError("no description came");
        return info;
    }

    @Override
    public Status ping() {
        Request ping = session.ask(Frame.PING);
        RotFileInfo file = session.connectedTo().file();
        return new Status(
                ping.oldest,
                ping.next,
                !ping.shuttingDown,
                file.maxMessageBytes(),
                file.maxPushBytes());
    }

    @Override
    public long push(Batch batch) {
        return session.push(batch);
    }

    @Override
    public CompletableFuture<Long> pushAsync(Batch batch) {
        return session.pushAsync(batch);
    }

    @Override
    public long commit() {
        return session.commit();
    }

    @Override
    public CompletableFuture<Long> commitAsync() {
        return session.commitAsync();
    }

    @Override
    public int read(long id, int most, Messages into) {
        if (id < 0) throw new IllegalArgumentException("id=" + id + " is negative: ids begin at 0");
        if (most < 0) throw new IllegalArgumentException("most=" + most + " is negative");
        return session.read(id, most, into);
    }

    @Override
    public MessageStream stream(Start start, long total) {
        if (total < 0) throw new IllegalArgumentException("total=" + total + " is negative");
        QueueInfo info = session.connectedTo();
        RemoteStream stream = new RemoteStream(this, options, info, start, total);
        streams.add(stream);
        try {
            stream.resolve();
        } catch (Throwable e) {
            stream.close();
            throw e;
        }
        if (session.isClosed()) stream.close();
        return stream;
    }

    void forget(RemoteStream stream) {
        streams.remove(stream);
    }

    @Override
    public void close() {
        for (RemoteStream stream : streams) stream.close();
        session.close();
    }
}
