package rotera.bench;

import java.util.concurrent.atomic.AtomicLong;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.Queue;
import rotera.queue.Start;
import rotera.queue.Status;

/** One reader: reads everything that is kept, again and again, until it is told to stop. */
final class Replaying implements Runnable {
    private final Run run;
    private final Queue queue;
    private final Verifier verifier;
    private final AtomicLong done = new AtomicLong();

    Replaying(Run run, Queue queue) {
        this.run = run;
        this.queue = queue;
        this.verifier = new Verifier(run.messages());
    }

    @Override
    public void run() {
        while (!run.stopped()) readOnce();
    }

    /** Reads what is there now, or until it is told to stop. */
    void readOnce() {
        Status status = queue.ping();
        readFrom(status.oldest(), status.next());
    }

    void readFrom(long firstId, long endId) {
        verifier.forget();
        long next = firstId;
        try (MessageStream stream = queue.stream(Start.id(firstId), endId - firstId)) {
            stream.chunk(run.load().batch());
            while (next < endId && !stream.isEnded()) {
                Messages messages = stream.take();
                verifier.check(messages);
                next = messages.nextId();
                done.lazySet(done.getPlain() + messages.count());
                if (run.stopped()) return;
            }
            if (next < endId) verifier.add("reading ended at %d of %d".formatted(next, endId));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    long done() {
        return done.get();
    }

    Verifier verifier() {
        return verifier;
    }
}
