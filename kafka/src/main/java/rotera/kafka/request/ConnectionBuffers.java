package rotera.kafka.request;

import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.Budget;
import rotera.kafka.wire.Bytes;
import rotera.kafka.wire.Records;
import rotera.queue.Batch;
import rotera.queue.Messages;
import rotera.queue.RotFile;

/**
 * Memory of one connection for what is under way, given back when it rests. Belongs to the
 * connection's thread.
 */
public final class ConnectionBuffers implements AutoCloseable {
    /** Each buffer of a connection, as long as it is idle. */
    public static final int SMALL_BYTES = 4 << 10;

    /**
     * What is kept of each buffer of a busy connection while memory is not short: an answer with
     * the 1 MiB that a consumer asks for, or a batch of that size, without growing every time.
     */
    public static final int KEPT_BYTES = 2 << 20;

    /**
     * Enough for any record but one of a single large message. To let memory of messages go stops
     * all threads for a moment, so this is not done for each record.
     */
    private static final int MESSAGES_BYTES = 256 << 10;

    /** Where memory is short. */
    private static final int FEW_MESSAGES_BYTES = 64 << 10;

    /** To be held while messages are read: what a large record takes is not counted elsewhere. */
    public static final Semaphore READS =
            new Semaphore(Math.max(4, Runtime.getRuntime().availableProcessors()), true);

    private final Budget memory;
    private @Nullable Messages messages;
    private int messagesBytes;

    private final Bytes records;

    private @Nullable Runnable idleWork;
    private @Nullable Records readAhead;

    /** Messages as a push takes them. */
    public final Bytes packed;

    public final Batch batch = new Batch();

    public ConnectionBuffers(Budget memory) {
        this.memory = memory;
        records = new Bytes(SMALL_BYTES, memory);
        packed = new Bytes(SMALL_BYTES, memory);
    }

    /** Records of a compressed batch; records of a fetch. What was read ahead is forgotten. */
    public Bytes records() {
        readAhead = null;
        return records;
    }

    /** What an answer should take at most now. */
    public long shareBytes() {
        return memory.shareBytes();
    }

    /** Something to do once the answer is sent, unless the client has sent another request. */
    public void whileClientIsBusy(Runnable work) {
        idleWork = work;
    }

    /** Does that, unless memory is short. */
    public void doIdleWork() {
        Runnable work = idleWork;
        idleWork = null;
        if (work != null && !memory.isShort()) work.run();
    }

    /** Keeps what the records are for the next fetch, as long as they are not used otherwise. */
    public void keepReadAhead(Records read) {
        readAhead = read;
    }

    /** What the records are, if they were read ahead. */
    public @Nullable Records takeReadAhead() {
        Records read = readAhead;
        readAhead = null;
        idleWork = null;
        return read;
    }

    /** To read into. */
    public Messages messages() {
        Messages now = messages;
        if (now == null) {
            messagesBytes = takeForMessages();
            now = new Messages(messagesBytes);
            messages = now;
        }
        return now;
    }

    /** Reads the message with this id, or the oldest behind it, if there is any. */
    public void readOne(RotFile file, long id, Consumer<Messages> reader) {
        Messages one = messages();
        READS.acquireUninterruptibly();
        try {
            if (file.read(id, 1, one) == 0 || !one.next()) return;
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
    public void forgetLargeRecord() {
        if (messages != null && messages.recordBytes() > messagesBytes) forgetMessages();
    }

    private void forgetMessages() {
        if (messages == null) return;
        messages.close();
        messages = null;
        memory.give(messagesBytes);
    }

    /** After a request. */
    public void trim() {
        boolean isShort = memory.isShort();
        shrink(isShort ? SMALL_BYTES : KEPT_BYTES);
        if (isShort && messagesBytes > FEW_MESSAGES_BYTES) forgetMessages();
    }

    /** Nothing is asked for. */
    public void rest() {
        shrink(SMALL_BYTES);
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
