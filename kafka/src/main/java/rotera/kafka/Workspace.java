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
    /**
     * Enough for any record but one of a single large message. To let memory of messages go stops
     * all threads for a moment, so this is not done for each record.
     */
    private static final int MESSAGES_BYTES = 256 << 10;

    /** Where memory is short. */
    private static final int FEW_MESSAGES_BYTES = 64 << 10;

    /** To be held while messages are read: what a large record takes is not counted elsewhere. */
    static final Semaphore READS =
            new Semaphore(Math.max(4, Runtime.getRuntime().availableProcessors()), true);

    private final Budget memory;
    private @Nullable Messages messages;
    private int messagesBytes;

    private final Bytes records;

    private @Nullable Runnable idleWork;
    private @Nullable FetchedPartition readAhead;

    /** Messages as a push takes them. */
    final Bytes packed;

    final Batch batch = new Batch();

    Workspace(Budget memory) {
        this.memory = memory;
        records = new Bytes(Limits.SMALL_BYTES, memory);
        packed = new Bytes(Limits.SMALL_BYTES, memory);
    }

    /** Records of a compressed batch; records of a fetch. What was read ahead is forgotten. */
    Bytes records() {
        readAhead = null;
        return records;
    }

    /** What an answer should take at most now. */
    long shareBytes() {
        return memory.shareBytes();
    }

    /** Something to do once the answer is sent, unless the client has sent another request. */
    void whileClientIsBusy(Runnable work) {
        idleWork = work;
    }

    /** Does that, unless memory is short. */
    void doIdleWork() {
        Runnable work = idleWork;
        idleWork = null;
        if (work != null && !memory.isShort()) work.run();
    }

    /** Keeps what the records are for the next fetch, as long as they are not used otherwise. */
    void keepReadAhead(FetchedPartition read) {
        readAhead = read;
    }

    /** What the records are, if they were read ahead. */
    @Nullable FetchedPartition takeReadAhead() {
        FetchedPartition read = readAhead;
        readAhead = null;
        idleWork = null;
        return read;
    }

    /** To read into. */
    Messages messages() {
        Messages now = messages;
        if (now == null) {
            messagesBytes = takeForMessages();
            now = new Messages(messagesBytes);
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

    private int takeForMessages() {
        if (!memory.isShort() && memory.tryTake(MESSAGES_BYTES)) return MESSAGES_BYTES;
        memory.take(FEW_MESSAGES_BYTES, Bytes.PATIENCE_NANOS);
        return FEW_MESSAGES_BYTES;
    }

    /** Gives back what a large record needed: it is not counted. */
    void forgetLargeRecord() {
        if (messages != null && messages.recordBytes() > messagesBytes) forgetMessages();
    }

    private void forgetMessages() {
        if (messages == null) return;
        messages.close();
        messages = null;
        memory.give(messagesBytes);
    }

    /** After a request. */
    void trim() {
        boolean isShort = memory.isShort();
        shrink(isShort ? Limits.SMALL_BYTES : Limits.KEPT_BYTES);
        if (isShort && messagesBytes > FEW_MESSAGES_BYTES) forgetMessages();
    }

    /** Nothing is asked for. */
    void rest() {
        shrink(Limits.SMALL_BYTES);
        forgetMessages();
    }

    private void shrink(int bytes) {
        readAhead = null;
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
