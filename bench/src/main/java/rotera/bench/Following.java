package rotera.bench;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.Queue;
import rotera.queue.Start;

/** One consumer: follows from where it was made, until it has seen what was pushed last. */
final class Following implements Runnable {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Run run;
    private final MessageStream stream;
    private final Verifier verifier;
    private final Histogram latencies = Latency.histogram();
    private final AtomicLong done = new AtomicLong();

    Following(Run run, Queue queue, long firstId) {
        this.run = run;
        this.stream = queue.stream(Start.id(firstId));
        // Single messages are pushed; who lags behind may take more of them at once.
        if (run.load().batch() > 1) stream.chunk(run.load().batch());
        this.verifier = new Verifier(run.messages());
    }

    @Override
    public void run() {
        long lastNanos = System.nanoTime();
        try (stream) {
            long next = 0;
            // The first call connects, which may take longer than a look.
            Duration wait = PATIENCE;
            while (next < run.endId() && !stream.isEnded()) {
                Messages messages = stream.poll(wait);
                wait = LOOK;
                next = Math.max(next, messages.nextId());
                long now = System.nanoTime();
                if (messages.count() > 0) {
                    take(messages, now);
                    lastNanos = now;
                } else if (run.stopped() && now - lastNanos > PATIENCE.toNanos()) {
                    verifier.add("message %d did not come within 30 s".formatted(next));
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void take(Messages messages, long nowNanos) {
        verifier.check(messages);
        done.lazySet(done.getPlain() + messages.count());
        if (!run.measuring()) return;
        messages.rewind();
        // At full speed what a delivery ends with tells enough, and costs less.
        boolean all = run.load().rate() > 0;
        for (int left = messages.count(); messages.next(); left--) {
            if (!all && left > 1) continue;
            if (!TestMessages.isOurs(messages.data(), messages.offset(), messages.length()))
                continue;
            long due = TestMessages.due(messages.data(), messages.offset());
            Latency.add(latencies, nowNanos - due);
        }
    }

    long done() {
        return done.get();
    }

    Verifier verifier() {
        return verifier;
    }

    Histogram latencies() {
        return latencies;
    }
}
