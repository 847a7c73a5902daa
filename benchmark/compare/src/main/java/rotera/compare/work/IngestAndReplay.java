package rotera.compare.work;

import java.util.List;
import rotera.compare.contender.Contender;
import rotera.compare.contender.Content;
import rotera.compare.contender.Producer;
import rotera.compare.contender.Receiver;

/**
 * One producer sends batches as fast as it can, at the system's default durability; then one
 * consumer reads all of it, again and again. The first reading compares contents and is not timed.
 */
final class IngestAndReplay implements Work {
    private static final int MOST_PASSES = 5;

    @Override
    public void run(Stage stage) throws Exception {
        Memory idle = Memory.of(stage.contender);
        int window = stage.which.window();
        stage.warmUp(window);
        Content content = new Content(0, stage.setup.messageBytes());
        try (Producer producer = stage.contender.producer(Contender.MEASURED)) {
            Stage.Load load = new Stage.Load(stage.scale.nanos(), stage.scale.bytes(), window);
            long nanos = stage.send(producer, content, load);
            rates(stage, Figure.INGEST, Figure.INGEST_BYTES, content.count(), nanos);
        }
        Memory after = Memory.of(stage.contender);
        stage.put(Figure.MEMORY_IDLE, idle.anonymousBytes() / 1e6);
        stage.put(Figure.MEMORY_AFTER, after.anonymousBytes() / 1e6);
        stage.put(Figure.FILE_PAGES_AFTER, after.fileBytes() / 1e6);
        stage.verify(List.of(content));
        replay(stage, content);
    }

    private static void replay(Stage stage, Content content) throws Exception {
        long nanos = 0;
        long messages = 0;
        for (int pass = 0; pass < MOST_PASSES && nanos < stage.scale.nanos(); pass++) {
            Receiver receiver = new Receiver(false, content.count());
            stage.read(receiver);
            receiver.verify(List.of(content));
            nanos += receiver.nanos();
            messages += content.count();
        }
        rates(stage, Figure.REPLAY, Figure.REPLAY_BYTES, messages, nanos);
    }

    private static void rates(Stage stage, Figure rate, Figure bytes, long messages, long nanos) {
        stage.put(rate, messages * 1e9 / nanos);
        stage.put(bytes, messages * (double) stage.setup.messageBytes() * 1e3 / nanos);
    }
}
