package rotera.compare.work;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import org.HdrHistogram.Histogram;
import rotera.compare.contender.Contender;
import rotera.compare.contender.Content;
import rotera.compare.contender.Producer;

/**
 * Each producer sends one message, waits until it is acknowledged after a sync, and sends the next.
 * Several are threads of the kind that suits the system. 64 come first: they warm up what a single one would take long for. They leave the
 * compilers of a JVM little of two cores, so the warm-up is longer than elsewhere.
 */
final class DurableMessages implements Work {
    private static final int LONGER = 4;

    @Override
    public void run(Stage stage) throws Exception {
        Histogram _ =
                measure(
                        stage,
                        Contender.WARM_UP,
                        contents(stage, 0, Math.min(64, stage.which.mostProducers())),
                        LONGER * stage.scale.warmUpNanos());
        List<Content> all = new ArrayList<>();
        phase(stage, all, 64, Figure.ONE_64, Figure.ONE_64_P99);
        phase(stage, all, 16, Figure.ONE_16, Figure.ONE_16_P99);
        Histogram single = phase(stage, all, 1, Figure.ONE_1, Figure.ONE_1_P99);
        stage.put(Figure.ONE_1_P50, single.getValueAtPercentile(50) / 1e6);
        stage.verify(all);
    }

    private static Histogram phase(
            Stage stage, List<Content> all, int producers, Figure rate, Figure tail)
            throws Exception {
        if (producers > stage.which.mostProducers()) return new Histogram(3);
        Stage.settle();
        List<Content> contents = contents(stage, all.size(), producers);
        all.addAll(contents);
        long begin = System.nanoTime();
        Histogram times = measure(stage, Contender.MEASURED, contents, stage.scale.nanos());
        stage.put(rate, times.getTotalCount() * 1e9 / (System.nanoTime() - begin));
        stage.put(tail, times.getValueAtPercentile(99) / 1e6);
        return times;
    }

    private static List<Content> contents(Stage stage, int first, int count) {
        List<Content> contents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            contents.add(new Content(first + i, stage.setup.messageBytes()));
        }
        return contents;
    }

    private static Histogram measure(Stage stage, int queue, List<Content> contents, long nanos)
            throws Exception {
        List<Producer> producers = new ArrayList<>();
        for (Content _ : contents) producers.add(stage.contender.producer(queue));
        Histogram all = new Histogram(3);
        ThreadFactory kind =
                (contents.size() > 1 && stage.contender.suitsVirtualThreads() ? Thread.ofVirtual() : Thread.ofPlatform())
                        .factory();
        try (ExecutorService threads = Executors.newFixedThreadPool(contents.size(), kind)) {
            List<Callable<Histogram>> tasks = new ArrayList<>();
            long end = System.nanoTime() + nanos;
            for (int i = 0; i < contents.size(); i++) {
                Producer producer = producers.get(i);
                Content content = contents.get(i);
                tasks.add(() -> sendOneByOne(producer, content, end));
            }
            for (Future<Histogram> times : threads.invokeAll(tasks)) all.add(times.get());
        }
        for (Producer producer : producers) producer.close();
        return all;
    }

    private static Histogram sendOneByOne(Producer producer, Content content, long endNanos)
            throws Exception {
        Histogram times = new Histogram(3);
        for (long before = System.nanoTime(); before < endNanos; ) {
            producer.add(content.next());
            producer.endBatch().await();
            long after = System.nanoTime();
            times.recordValue(after - before);
            before = after;
        }
        return times;
    }
}
