package rotera.compare.work;

import java.util.ArrayList;
import java.util.List;
import rotera.compare.contender.Contender;
import rotera.compare.contender.Content;
import rotera.compare.contender.Producer;

/**
 * Whether promised syncs happen: counts the system calls that a contender makes while it
 * acknowledges a certain number of batches and messages. A pass of its own, since tracing slows
 * everything down.
 */
final class Syncs implements Work {
    private static final int BATCHES = 50;
    private static final int MESSAGES = 200;
    private static final int MESSAGES_EACH = 20;

    @Override
    public void run(Stage stage) throws Exception {
        stage.warmUp(0);
        List<Content> sent = new ArrayList<>();
        double batch = count(stage, sent, 1, BATCHES, stage.setup.batch());
        stage.put(Figure.SYNCS_BATCH, batch / BATCHES);
        double one = count(stage, sent, 1, MESSAGES, 1);
        stage.put(Figure.SYNCS_ONE, one / MESSAGES);
        int most = stage.which.mostProducers();
        if (most > 1) {
            double many = count(stage, sent, most, MESSAGES_EACH, 1);
            stage.put(Figure.SYNCS_64, most * MESSAGES_EACH / Math.max(1, many));
        }
        stage.verify(sent);
    }

    private static long count(
            Stage stage, List<Content> sent, int producers, int acknowledgements, int batch)
            throws Exception {
        List<Producer> all = new ArrayList<>();
        for (int i = 0; i < producers; i++) {
            all.add(stage.contender.producer(Contender.MEASURED));
        }
        try (SyncTrace trace =
                new SyncTrace(stage.contender.processes(), stage.setup.directory())) {
            List<Thread> threads = new ArrayList<>();
            for (Producer producer : all) {
                Content content = new Content(sent.size(), stage.setup.messageBytes());
                sent.add(content);
                threads.add(
                        Background.start(() -> send(producer, content, acknowledgements, batch)));
            }
            for (Thread thread : threads) thread.join();
            return trace.count();
        } finally {
            for (Producer producer : all) producer.close();
        }
    }

    private static void send(Producer producer, Content content, int acknowledgements, int batch)
            throws Exception {
        for (int k = 0; k < acknowledgements; k++) {
            for (int i = 0; i < batch; i++) producer.add(content.next());
            producer.endBatch().await();
        }
    }
}
