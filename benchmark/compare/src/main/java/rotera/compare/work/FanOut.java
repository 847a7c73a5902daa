package rotera.compare.work;

import java.util.ArrayList;
import java.util.List;
import rotera.compare.contender.Contender;
import rotera.compare.contender.Content;
import rotera.compare.contender.Producer;
import rotera.compare.contender.Receiver;

/**
 * One producer sends as fast as it can while eight consumers, each with a connection of its own,
 * follow. Counted is what all of them together got, from the first message until the last consumer
 * has the last one.
 */
final class FanOut implements Work {
    private static final int CONSUMERS = 8;
    private static final long WARM_UP_BYTES = 32L << 20;

    @Override
    public void run(Stage stage) throws Exception {
        double _ = deliver(stage, Contender.WARM_UP, stage.scale.warmUpNanos(), WARM_UP_BYTES);
        Stage.settle();
        long bytes = stage.scale.bytes() / 2;
        stage.put(Figure.DELIVERED, deliver(stage, Contender.MEASURED, stage.scale.nanos(), bytes));
    }

    private static double deliver(Stage stage, int queue, long nanos, long bytes) throws Exception {
        List<Receiver> receivers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CONSUMERS; i++) {
            Receiver receiver = new Receiver(false, Long.MAX_VALUE);
            receivers.add(receiver);
            threads.add(Background.start(() -> stage.contender.read(queue, receiver)));
        }
        Thread.sleep(500); // Consumers begin to follow.
        Content content = new Content(0, stage.setup.messageBytes());
        long begin = System.nanoTime();
        try (Producer producer = stage.contender.producer(queue)) {
            long _ =
                    stage.send(
                            producer, content, new Stage.Load(nanos, bytes, stage.which.window()));
        }
        for (Receiver receiver : receivers) receiver.expect(content.count());
        long end = begin;
        for (int i = 0; i < CONSUMERS; i++) {
            threads.get(i).join(60_000);
            Receiver receiver = receivers.get(i);
            receiver.verify(List.of(content));
            end = Math.max(end, receiver.lastNanos());
        }
        return CONSUMERS * content.count() * 1e9 / (end - begin);
    }
}
