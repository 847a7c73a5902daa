package rotera.compare.contender;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import net.openhft.chronicle.wire.Wire;
import org.jspecify.annotations.Nullable;

/**
 * Chronicle Queue, a message an excerpt. Durable: {@code SyncMode.SYNC} and a sync of the appender
 * after each batch. It does not delete old files.
 */
final class Chronicle implements Contender {
    private final Setup setup;
    private final Map<Integer, ChronicleQueue> queues = new HashMap<>();

    Chronicle(Setup setup) {
        this.setup = setup;
        System.setProperty("chronicle.disk.monitor.disable", "true");
        System.setProperty("chronicle.analytics.disable", "true");
    }

    @Override
    public void start() {
        for (int queue : setup.queues()) {
            SingleChronicleQueueBuilder builder =
                    SingleChronicleQueueBuilder.binary(setup.directory().resolve("queue-" + queue));
            if (setup.durable()) builder.syncMode(SyncMode.SYNC);
            queues.put(queue, builder.build());
        }
    }

    private ChronicleQueue queue(int queue) {
        return Objects.requireNonNull(queues.get(queue));
    }

    @Override
    public Producer producer(int queue) {
        return new Appending(queue(queue), setup.durable());
    }

    private static final class Appending implements Producer {
        private final ChronicleQueue queue;
        private final boolean durable;

        /** Made by the thread that uses it. */
        private @Nullable ExcerptAppender appender;

        Appending(ChronicleQueue queue, boolean durable) {
            this.queue = queue;
            this.durable = durable;
        }

        private ExcerptAppender appender() {
            if (appender == null) appender = queue.createAppender();
            return appender;
        }

        @Override
        public void add(byte[] message) {
            try (DocumentContext document = appender().writingDocument()) {
                wire(document).bytes().write(message);
            }
        }

        @Override
        public Ack endBatch() {
            if (durable) appender().sync();
            return Ack.NOW;
        }

        @Override
        public void close() {
            if (appender != null) appender.close();
        }
    }

    private static Wire wire(DocumentContext document) {
        Wire wire = document.wire();
        if (wire == null) throw new IllegalStateException("an excerpt without a wire");
        return wire;
    }

    @Override
    public void read(int queue, Receiver receiver) {
        try (ExcerptTailer tailer = queue(queue).createTailer().toStart()) {
            while (!receiver.isDone()) {
                try (DocumentContext document = tailer.readingDocument()) {
                    if (document.isPresent()) take(wire(document).bytes(), receiver);
                    else LockSupport.parkNanos(20_000);
                }
            }
        }
    }

    private static void take(Bytes<?> bytes, Receiver receiver) {
        int length = (int) bytes.readRemaining();
        byte[] room = receiver.room(length);
        int _ = bytes.read(room, 0, length);
        receiver.take(room, length);
    }

    @Override
    public List<ProcessHandle> processes() {
        return List.of();
    }

    @Override
    public void close() {
        queues.values().forEach(ChronicleQueue::close);
        queues.clear();
    }
}
