package rotera.kafka.topics;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import rotera.kafka.request.RequestContext;
import rotera.queue.RotFile;
import rotera.server.HostedQueue;
import rotera.server.Traffic;

/** A queue as a topic with one partition. Thread-safe. */
public final class Topic {
    public static final int PARTITION = 0;

    private final HostedQueue queue;
    private final long mostPushBytes;
    private final Set<RequestContext> waiting = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean queued = new AtomicBoolean();

    public Topic(HostedQueue queue, CommitNotifier notifier) {
        this.queue = queue;
        this.mostPushBytes = queue.file().ping().maxPushBytes();
        queue.file()
                .onCommit(() -> {
                    if (!waiting.isEmpty() && !queued.getAndSet(true)) notifier.committed(this);
                });
    }

    public HostedQueue queue() {
        return queue;
    }

    public RotFile file() {
        return queue.file();
    }

    public Traffic traffic() {
        return queue.traffic();
    }

    public long mostPushBytes() {
        return mostPushBytes;
    }

    /** Wakes the request after each commit. */
    public void wait(RequestContext context) {
        waiting.add(context);
    }

    public void waitNoMore(RequestContext context) {
        waiting.remove(context);
    }

    void wakeAll() {
        queued.set(false); // before they look, so that no commit is missed
        for (RequestContext context : waiting) context.wake();
    }
}
