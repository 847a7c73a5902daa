package rotera.kafka;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Wakes those who wait for a topic's messages, on a thread of its own: whoever commits is not held
 * up by many consumers.
 */
final class Bell implements AutoCloseable {
    /** Each topic is in it at most once. */
    private final BlockingQueue<Topic> rung = new LinkedBlockingQueue<>();

    private final Thread thread =
            Thread.ofPlatform().daemon().name("rotera-kafka-bell").start(this::wake);

    void ring(Topic topic) {
        rung.add(topic);
    }

    private void wake() {
        try {
            while (true) rung.take().wakeAll();
        } catch (InterruptedException e) {
            // the end
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
