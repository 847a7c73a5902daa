package rotera.kafka.topics;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Wakes those who wait for a topic's messages, on a thread of its own: whoever commits is not held
 * up by many consumers.
 */
public final class CommitNotifier implements AutoCloseable {
    /** Each topic is in it at most once. */
    private final BlockingQueue<Topic> queued = new LinkedBlockingQueue<>();

    private final Thread thread =
            Thread.ofPlatform().daemon().name("rotera-kafka-commits").start(this::wake);

    void committed(Topic topic) {
        queued.add(topic);
    }

    private void wake() {
        try {
            while (true) queued.take().wakeAll();
        } catch (InterruptedException e) {
            // the end
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
