package rotera.kafka;

import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import rotera.queue.Batch;
import rotera.queue.Messages;

/**
 * Memory of one connection for what is under way, given back when it rests. Belongs to the
 * connection's thread.
 */
final class Workspace implements AutoCloseable {
    /** What is kept for a busy client. */
    private static final int KEPT_BYTES = 1 << 20;

    private static final int MESSAGES_BYTES = 64 << 10;

    /** To be held while messages are read: what a large record takes is not counted elsewhere. */
    static final Semaphore READS =
            new Semaphore(Math.max(4, Runtime.getRuntime().availableProcessors()), true);

    private final Budget memory;
    private @Nullable Messages messages;

    /** Records of a compressed batch; records of a fetch. */
    final Bytes records;

    /** Messages as a push takes them. */
    final Bytes packed;

    final Batch batch = new Batch();

    Workspace(Budget memory) {
        this.memory = memory;
        records = new Bytes(Limits.SMALL_BYTES, memory);
        packed = new Bytes(Limits.SMALL_BYTES, memory);
    }

    /** To read into. */
    Messages messages() {
        Messages now = messages;
        if (now == null) {
            memory.take(MESSAGES_BYTES, Bytes.PATIENCE_NANOS);
            now = new Messages(MESSAGES_BYTES);
            messages = now;
        }
        return now;
    }

    /** Reads the message with this id, or the oldest behind it, if there is any. */
    void readOne(Topic topic, long id, Consumer<Messages> reader) {
        Messages one = messages();
        READS.acquireUninterruptibly();
        try {
            if (topic.file().read(id, 1, one) == 0 || !one.next()) return;
            reader.accept(one);
            forgetLargeRecord();
        } finally {
            READS.release();
        }
    }

    /** Gives back what a large record needed: it is not counted. */
    void forgetLargeRecord() {
        if (messages != null && messages.recordBytes() > MESSAGES_BYTES) forgetMessages();
    }

    private void forgetMessages() {
        if (messages == null) return;
        messages.close();
        messages = null;
        memory.give(MESSAGES_BYTES);
    }

    /** After a request. */
    void trim() {
        shrink(memory.isShort() ? Limits.SMALL_BYTES : KEPT_BYTES);
    }

    /** Nothing is asked for. */
    void rest() {
        shrink(Limits.SMALL_BYTES);
        forgetMessages();
    }

    private void shrink(int bytes) {
        batch.clear();
        records.length(0);
        packed.length(0);
        records.shrink(bytes);
        packed.shrink(bytes);
    }

    @Override
    public void close() {
        batch.close();
        records.close();
        packed.close();
        forgetMessages();
    }
}
