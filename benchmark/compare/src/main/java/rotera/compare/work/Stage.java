package rotera.compare.work;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import rotera.compare.contender.Contender;
import rotera.compare.contender.Contenders;
import rotera.compare.contender.Content;
import rotera.compare.contender.Producer;
import rotera.compare.contender.Receiver;
import rotera.compare.contender.Setup;

/** What a work has: a contender, how long it may take, and a place for figures. */
final class Stage {
    private final Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    final Contenders which;
    final Contender contender;
    final Setup setup;
    final Scale scale;

    Stage(Contenders which, Contender contender, Setup setup, Scale scale) {
        this.which = which;
        this.contender = contender;
        this.setup = setup;
        this.scale = scale;
    }

    void put(Figure figure, double value) {
        figures.put(figure, value);
    }

    Map<Figure, Double> figures() {
        return figures;
    }

    /**
     * What is sent, until the time is over or it is enough.
     *
     * @param window how many batches are sent, besides the last one, before the first is waited for
     */
    record Load(long nanos, long bytes, int window) {}

    /** Sends batches and waits for all acknowledgements. Returns how long it took. */
    long send(Producer producer, Content content, Load load) throws Exception {
        int batch = setup.batch();
        long most = content.count() + load.bytes / setup.messageBytes();
        ArrayDeque<Producer.Ack> outstanding = new ArrayDeque<>();
        long begin = System.nanoTime();
        while (content.count() < most && System.nanoTime() - begin < load.nanos) {
            for (int i = 0; i < batch; i++) producer.add(content.next());
            outstanding.add(producer.endBatch());
            if (outstanding.size() > load.window) outstanding.remove().await();
        }
        while (!outstanding.isEmpty()) outstanding.remove().await();
        producer.flush();
        return System.nanoTime() - begin;
    }

    /**
     * Sends to the other queue for the time of the warm-up, then leaves the disk with nothing to
     * do.
     */
    void warmUp(int window) throws Exception {
        try (Producer producer = contender.producer(Contender.WARM_UP)) {
            Content content = new Content(0, setup.messageBytes());
            long _ = send(producer, content, new Load(scale.warmUpNanos(), 1L << 30, window));
        }
        settle();
    }

    /** Lets the kernel write what earlier work left, so that it does not slow down what comes. */
    static void settle() throws IOException, InterruptedException {
        int _ = new ProcessBuilder("sync").inheritIO().start().waitFor();
    }

    /** Reads everything, and fails unless it is what was sent. */
    void verify(List<Content> sent) throws Exception {
        long total = sent.stream().mapToLong(Content::count).sum();
        Receiver receiver = new Receiver(true, total);
        read(receiver);
        receiver.verify(sent);
    }

    /** Reads the measured queue; what does not come in time, does not come. */
    void read(Receiver receiver) throws Exception {
        Thread reading = Thread.currentThread();
        Thread guard =
                Thread.ofPlatform()
                        .daemon()
                        .start(() -> {
                            try {
                                TimeUnit.SECONDS.sleep(60);
                                receiver.stop();
                                TimeUnit.SECONDS.sleep(5);
                                reading.interrupt();
                            } catch (InterruptedException e) {
                                // It came in time.
                            }
                        });
        contender.read(Contender.MEASURED, receiver);
        guard.interrupt();
    }
}
