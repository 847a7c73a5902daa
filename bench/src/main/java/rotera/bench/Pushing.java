package rotera.bench;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import rotera.queue.Batch;
import rotera.queue.Queue;

/** One producer: pushes batches when they are due, until it is told to stop, and commits. */
final class Pushing implements Runnable {
    private final Run run;
    private final Queue queue;
    private final int number;
    private final byte[] message;
    private final Flight[] flights;
    private final Histogram latencies = Latency.histogram();
    private long sequence;
    private long lastCommitNanos = System.nanoTime();
    private CompletableFuture<Long> lastCommit = CompletableFuture.completedFuture(0L);
    private final AtomicLong done = new AtomicLong();

    /** A batch with what it waits for: the time when it was done. */
    private static final class Flight {
        final Batch batch = new Batch();
        long dueNanos;
        @Nullable CompletableFuture<Long> doneNanos;
    }

    Pushing(Run run, Queue queue, int number) {
        this.run = run;
        this.queue = queue;
        this.number = number;
        this.message = run.messages().blank();
        this.flights = new Flight[run.load().outstanding()];
        for (int i = 0; i < flights.length; i++) flights[i] = new Flight();
    }

    @Override
    public void run() {
        Load load = run.load();
        Pace pace = new Pace(load.rate() / load.connections() / load.batch());
        try {
            for (int i = 0; !run.stopped(); i = (i + 1) % flights.length) {
                land(flights[i]);
                start(flights[i], pace.next());
            }
            for (Flight flight : flights) land(flight);
            queue.commit();
        } finally {
            for (Flight flight : flights) flight.batch.close();
        }
    }

    private void start(Flight flight, long dueNanos) {
        flight.batch.clear();
        flight.dueNanos = dueNanos;
        for (int i = 0; i < run.load().batch(); i++) {
            run.messages().fill(message, number, sequence++, dueNanos);
            flight.batch.add(message);
        }
        CompletableFuture<Long> pushed = queue.pushAsync(flight.batch);
        flight.doneNanos =
                switch (run.load().commits()) {
                    case CommitPolicy.Each each -> committed(pushed);
                    case CommitPolicy.Every every -> {
                        commitEvery(every.time().toNanos());
                        yield pushed.thenApply(id -> System.nanoTime());
                    }
                    case CommitPolicy.AtEnd atEnd -> pushed.thenApply(id -> System.nanoTime());
                };
        // Alone it is waited for without another thread in between.
        if (flights.length == 1) land(flight);
    }

    private CompletableFuture<Long> committed(CompletableFuture<Long> pushed) {
        if (flights.length > 1)
            return pushed.thenCombine(queue.commitAsync(), (id, next) -> System.nanoTime());
        queue.commit();
        return pushed.thenApply(id -> System.nanoTime());
    }

    private void commitEvery(long nanos) {
        if (System.nanoTime() - lastCommitNanos < nanos || !lastCommit.isDone()) return;
        lastCommit.join();
        lastCommit = queue.commitAsync();
        lastCommitNanos = System.nanoTime();
    }

    private void land(Flight flight) {
        if (flight.doneNanos == null) return;
        long nanos = flight.doneNanos.join() - flight.dueNanos;
        flight.doneNanos = null;
        if (run.measuring()) Latency.add(latencies, nanos);
        done.lazySet(done.getPlain() + run.load().batch());
    }

    /** Messages whose batches are done. */
    long done() {
        return done.get();
    }

    /** Of batches; once this has ended. */
    Histogram latencies() {
        return latencies;
    }
}
