package rotera.cli.queues;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import rotera.cli.text.CommandException;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.Envelope;
import rotera.queue.Messages;
import rotera.queue.Queue;
import rotera.queue.QueueException;
import rotera.queue.RotFile;

/**
 * Copies what a queue has committed into a new file, with ids, times, keys and headers. What is
 * damaged is replaced by messages without a value that say so in a header, so that all ids stay.
 */
public final class Copier implements AutoCloseable {
    /** Stands in place of a message that is lost. */
    public static final String LOST_HEADER = "rotera.lost";

    private static final Envelope LOST =
            Envelope.NONE
                    .withNullValue()
                    .withHeaders(List.of(new Envelope.Header(LOST_HEADER, Optional.empty())));
    private static final long COMMIT_BYTES = 16 << 20;
    private static final long PUSH_BYTES = 256 << 10;
    private static final int PUSH_MESSAGES = 10_000;
    private static final byte[] NOTHING = new byte[0];

    private final Queue source;
    private final Path target;
    private final CreateOptions options;
    private final Instant created;
    private final LongConsumer progress;

    private final Messages messages = new Messages();
    private final Batch batch = new Batch();
    private @Nullable RotFile copy;
    private long pushBytes;
    private long uncommittedBytes;
    private long firstId;
    private long oldestId;
    private long nextId;
    private long batchMillis;
    private long lost;
    private long copied;
    private long copiedBytes;

    /**
     * @param target is made; it must not exist
     * @param created when the source was created
     * @param progress is told how many bytes of messages are copied
     */
    public Copier(
            Queue source,
            Path target,
            CreateOptions options,
            Instant created,
            LongConsumer progress) {
        this.source = source;
        this.target = target;
        this.options = options;
        this.created = created;
        this.progress = progress;
    }

    /** A writer went round faster than this could copy: what was begun is of no use. */
    public static final class OvertakenException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Copies everything that is committed now, and closes the new file. */
    public void run() {
        long end = source.ping().next();
        nextId = source.ping().oldest();
        while (nextId < end || copy == null) {
            long asked = nextId;
            int count;
            try {
                count = source.read(asked, (int) Math.min(end - asked, PUSH_MESSAGES), messages);
            } catch (QueueException.CorruptMessageException e) {
                begin(asked);
                for (; nextId < Math.min(end, e.resumeId()); nextId++) loose();
                continue;
            }
            if (copy == null) begin(count == 0 ? asked : messages.firstId());
            else if (messages.skipped() > 0) throw new OvertakenException();
            if (count == 0) break;
            while (messages.next()) add();
            progress.accept(copiedBytes);
        }
        push();
        file().commit();
        oldestId = file().ping().oldest();
        file().close();
    }

    private void begin(long firstId) {
        if (copy != null) return;
        RotFile.create(target, options.continuing(firstId, created));
        if (source instanceof RotFile file) NewFile.tighten(target, file.path());
        copy = RotFile.open(target);
        pushBytes = Math.min(PUSH_BYTES, copy.ping().maxPushBytes());
        nextId = firstId;
        this.firstId = firstId;
    }

    private void add() {
        long size = messages.length() + 4L;
        boolean full = batch.bytes() + size > pushBytes || batch.count() == PUSH_MESSAGES;
        if (full || messages.timeMillis() != batchMillis) push(); // a push has one time
        batchMillis = messages.timeMillis();
        Envelope envelope = messages.envelope();
        if (envelope.equals(Envelope.NONE)) {
            if (batch.enveloped()) push();
            batch.add(messages.data(), messages.offset(), messages.length());
        } else {
            if (!batch.enveloped()) push();
            batch.add(envelope, messages.toByteArray());
        }
        batch.time(batchMillis);
        nextId = messages.id() + 1;
        copied++;
        copiedBytes += messages.length();
    }

    private void loose() {
        if (!batch.enveloped() || batch.count() == PUSH_MESSAGES || batch.bytes() > pushBytes / 2)
            push();
        batch.add(LOST, NOTHING).time(batchMillis); // that of the message before
        lost++;
    }

    private void push() {
        if (batch.count() == 0) return;
        try {
            file().push(batch);
        } catch (QueueException.MessageTooLargeException e) {
            throw new CommandException(
                    "a message of %d bytes does not fit %s, which takes %d: choose a larger --size"
                            .formatted(e.messageBytes(), target, e.maxMessageBytes()),
                    e);
        }
        uncommittedBytes += batch.bytes();
        batch.clear();
        if (uncommittedBytes < COMMIT_BYTES) return;
        file().commit();
        uncommittedBytes = 0;
    }

    private RotFile file() {
        RotFile file = copy;
        if (file == null) throw new IllegalStateException("not begun");
        return file;
    }

    /** How many messages were copied. */
    public long copied() {
        return copied;
    }

    /** How many were damaged, and are marked as lost. */
    public long lost() {
        return lost;
    }

    /** First message that the copy kept. */
    public long oldestId() {
        return oldestId;
    }

    /** How many did not find room in the copy, damaged ones included. */
    public long evicted() {
        return oldestId - firstId;
    }

    /** Id behind the last message. */
    public long nextId() {
        return nextId;
    }

    @Override
    public void close() {
        batch.close();
        messages.close();
        if (copy != null) copy.close();
    }
}
