package rotera.kafka;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import rotera.queue.RotFile;
import rotera.server.HostedQueue;
import rotera.server.Traffic;

/** A queue as a topic with one partition. Thread-safe. */
final class Topic {
    static final int PARTITION = 0;

    private final HostedQueue queue;
    private final long mostPushBytes;
    private final Set<Caller> waiting = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean rung = new AtomicBoolean();

    Topic(HostedQueue queue, Bell bell) {
        this.queue = queue;
        this.mostPushBytes = queue.file().ping().maxPushBytes();
        queue.file()
                .onCommit(() -> {
                    if (!waiting.isEmpty() && !rung.getAndSet(true)) bell.ring(this);
                });
    }

    HostedQueue queue() {
        return queue;
    }

    RotFile file() {
        return queue.file();
    }

    Traffic traffic() {
        return queue.traffic();
    }

    long mostPushBytes() {
        return mostPushBytes;
    }

    /** Has the caller woken after each commit. */
    void wait(Caller caller) {
        waiting.add(caller);
    }

    void waitNoMore(Caller caller) {
        waiting.remove(caller);
    }

    void wakeAll() {
        rung.set(false); // before they look, so that no commit is missed
        for (Caller caller : waiting) caller.wake();
    }
}
