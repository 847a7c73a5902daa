package rotera.compare.work;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import rotera.compare.contender.Contender;
import rotera.compare.contender.Content;
import rotera.compare.contender.Producer;
import rotera.compare.contender.Receiver;

/**
 * One producer sends 10,000 messages a second by a schedule, one consumer follows. The time of a
 * message runs from the moment when it was due, not when it was sent: a stall counts for all that
 * wait behind it.
 */
final class Latency implements Work {
    private static final long INTERVAL_NANOS = 100_000;
    private static final int MOST_OUTSTANDING = 32;

    @Override
    public void run(Stage stage) throws Exception {
        long warmUp = (500_000_000 + stage.scale.warmUpNanos()) / INTERVAL_NANOS;
        long total = warmUp + 2 * stage.scale.nanos() / INTERVAL_NANOS;
        Content content = new Content(0, stage.setup.messageBytes());
        try (Producer producer = stage.contender.producer(Contender.MEASURED)) {
            Times times = new Times(total, warmUp);
            Thread reading = Background.start(() -> stage.read(times));
            Thread.sleep(500); // Consumers begin to follow.
            times.begin = System.nanoTime() + 10_000_000;
            send(producer, content, total, times.begin);
            reading.join();
            times.verify(List.of(content));
            put(stage, times.histogram);
        }
        stage.verify(List.of(content));
    }

    private static final class Times extends Receiver {
        private final Histogram histogram = new Histogram(3);
        private final long warmUp;
        private volatile long begin;

        Times(long total, long warmUp) {
            super(false, total);
            this.warmUp = warmUp;
        }

        @Override
        protected void message(long sequence) {
            if (sequence < warmUp) return;
            long due = begin + sequence * INTERVAL_NANOS;
            histogram.recordValue(Math.max(0, System.nanoTime() - due));
        }
    }

    private static void send(Producer producer, Content content, long total, long begin)
            throws Exception {
        ArrayDeque<Producer.Ack> outstanding = new ArrayDeque<>();
        while (content.count() < total) {
            long due = begin + content.count() * INTERVAL_NANOS;
            long now = System.nanoTime();
            if (now < due) {
                LockSupport.parkNanos(due - now);
                continue;
            }
            long upTo = Math.min(total, (now - begin) / INTERVAL_NANOS + 1);
            while (content.count() < upTo) producer.add(content.next());
            outstanding.add(producer.endBatch());
            if (outstanding.size() > MOST_OUTSTANDING) outstanding.remove().await();
        }
        while (!outstanding.isEmpty()) outstanding.remove().await();
    }

    private static void put(Stage stage, Histogram times) {
        stage.put(Figure.LATENCY_P50, times.getValueAtPercentile(50) / 1e6);
        stage.put(Figure.LATENCY_P99, times.getValueAtPercentile(99) / 1e6);
        stage.put(Figure.LATENCY_P999, times.getValueAtPercentile(99.9) / 1e6);
        stage.put(Figure.LATENCY_MAX, times.getMaxValue() / 1e6);
    }
}
