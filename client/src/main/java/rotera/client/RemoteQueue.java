package rotera.client;

import java.util.concurrent.CompletableFuture;
import rotera.protocol.QueueInfo;
import rotera.queue.Batch;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.Queue;
import rotera.queue.Start;
import rotera.queue.Status;

/** A queue on a server. */
@SuppressWarnings("DoNotCallSuggester")
public final class RemoteQueue implements Queue {
    private RemoteQueue() {}

    /** The queue as the server describes it now. */
    public QueueInfo info() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Status ping() {
        throw new UnsupportedOperationException();
    }

    @Override
    public long push(Batch batch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Long> pushAsync(Batch batch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long commit() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Long> commitAsync() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int read(long id, int most, Messages into) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MessageStream stream(Start start, long total) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
