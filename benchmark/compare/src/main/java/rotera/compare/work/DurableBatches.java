package rotera.compare.work;

import java.util.List;
import rotera.compare.contender.Contender;
import rotera.compare.contender.Contenders;
import rotera.compare.contender.Content;
import rotera.compare.contender.Producer;

/**
 * One producer sends batches of 1,000 that are acknowledged after a sync: waits for each, then with
 * eight under way. The latter only with servers: a library syncs in the calling thread.
 */
final class DurableBatches implements Work {

    @Override
    public void run(Stage stage) throws Exception {
        stage.warmUp(0);
        Content content = new Content(0, stage.setup.messageBytes());
        measure(stage, content, Figure.BATCH_1, 0);
        if (stage.which.kind() == Contenders.Kind.SERVER) {
            Stage.settle();
            measure(stage, content, Figure.BATCH_8, 7);
        }
        stage.verify(List.of(content));
    }

    private static void measure(Stage stage, Content content, Figure figure, int window)
            throws Exception {
        long before = content.count();
        Stage.Load load = new Stage.Load(stage.scale.nanos(), stage.scale.bytes() / 2, window);
        try (Producer producer = stage.contender.producer(Contender.MEASURED)) {
            long nanos = stage.send(producer, content, load);
            stage.put(figure, (content.count() - before) * 1e9 / nanos);
        }
    }
}
