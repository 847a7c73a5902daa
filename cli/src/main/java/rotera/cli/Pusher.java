package rotera.cli;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import rotera.queue.Batch;
import rotera.queue.Queue;
import rotera.queue.QueueException;
import rotera.queue.Status;

/**
 * Pushes the messages of an input as they come and commits as it goes, also while the input is
 * silent.
 */
final class Pusher implements AutoCloseable {
    /** Pushes larger than this gain nothing. */
    private static final long ENOUGH_BYTES = 256 << 10;

    /** No queue takes a larger message. */
    private static final int MAX_MESSAGE_BYTES = 64 << 20;

    private static final long STOP_SECONDS = 10;

    /**
     * How an input becomes messages.
     *
     * @param messagesPerPush at most; 0 for as many as have come
     * @param dropBlank messages of nothing but white space are left out
     * @param messagesPerCommit commits when so many are pushed; 0 to commit at the end only
     * @param commitMillis commits when the oldest uncommitted message is so old; 0 for never
     * @param commitAtEnd whether the rest is committed
     */
    record Options(
            Separator separator,
            int messagesPerPush,
            boolean dropBlank,
            int messagesPerCommit,
            long commitMillis,
            boolean commitAtEnd) {}

    private final Options options;
    private final Pushes pushes;
    private final InputReader input = new InputReader();
    private final OpenMessage open = new OpenMessage();
    private final CountDownLatch done = new CountDownLatch(1);
    private final int maxMessageBytes;
    private final long pushBytes;
    private Batch batch;
    private long number;
    private long firstOfBatch;

    Pusher(Queue queue, Options options) {
        Status status = queue.ping();
        this.options = options;
        this.pushes = new Pushes(queue, options.separator());
        this.maxMessageBytes = status.maxMessageBytes();
        this.pushBytes = Math.min(status.maxPushBytes(), ENOUGH_BYTES);
        this.batch = pushes.take();
    }

    /** Pushes until the input ends, or until {@link #stop}. */
    void run(InputStream source) throws InterruptedException {
        input.start(source);
        try {
            for (InputReader.Chunk chunk = take(); chunk.length >= 0; chunk = take()) {
                cut(chunk);
                input.giveBack(chunk);
                if (options.messagesPerPush() == 0) push();
            }
            endInput();
            push();
            pushes.settle();
            if (options.commitAtEnd() && pushes.hasUncommitted()) pushes.commit();
        } catch (RuntimeException e) {
            commitAfter(e);
            throw e;
        } finally {
            done.countDown();
        }
    }

    /** The last message counts without an end, too; but half of what is one message does not. */
    private void endInput() {
        if (options.separator() != Separator.NONE) {
            if (open.length() > 0) endOpenMessage();
        } else if (!input.stopped()) {
            endOpenMessage();
        }
    }

    /** What went well before an error is kept, if the queue can still be reached. */
    private void commitAfter(RuntimeException error) {
        Throwable reason = error instanceof CommandException ? error.getCause() : error;
        if (reason instanceof QueueException.ConnectionLost
                || reason instanceof QueueException.TimedOut) return;
        try {
            if (options.commitAtEnd() && pushes.hasUncommitted()) pushes.commit();
        } catch (RuntimeException e) {
            error.addSuppressed(e);
        }
    }

    /** Ends {@link #run} from another thread, and waits until what was read is committed. */
    void stop() {
        input.stop();
        try {
            boolean ignored = done.await(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The next part of the input; commits meanwhile if the time for that comes first. */
    private InputReader.Chunk take() throws InterruptedException {
        while (true) {
            boolean timed = pushes.hasUncommitted() && options.commitMillis() > 0;
            InputReader.Chunk chunk = input.take(timed ? Math.max(1, nanosToCommit()) : 0);
            if (chunk != null) return chunk;
            pushes.commit();
        }
    }

    private void cut(InputReader.Chunk chunk) {
        byte[] bytes = chunk.bytes;
        MemorySegment segment = MemorySegment.ofArray(bytes);
        int separator = options.separator().value;
        int from = 0;
        for (int at = 0; at < chunk.length && separator >= 0; at++) {
            if (bytes[at] != separator) continue;
            if (open.length() == 0) {
                endMessage(segment, from, at - from);
            } else {
                append(bytes, from, at - from);
                endOpenMessage();
            }
            from = at + 1;
        }
        append(bytes, from, chunk.length - from);
    }

    private void append(byte[] bytes, int from, int length) {
        if (open.length() + length > MAX_MESSAGE_BYTES) {
            throw new CommandException(
                    "%s is longer than %d bytes, the largest message any queue takes: split it"
                            .formatted(describe(number + 1), MAX_MESSAGE_BYTES));
        }
        open.append(bytes, from, length);
    }

    private void endOpenMessage() {
        endMessage(open.bytes(), 0, open.length());
        open.clear();
    }

    private void endMessage(MemorySegment bytes, long from, long length) {
        number++;
        if (options.dropBlank() && isBlank(bytes, from, length)) return;
        if (length > maxMessageBytes) {
            push();
            QueueException refusal = new QueueException.MessageTooLarge(length, maxMessageBytes);
            throw new CommandException(describe(number) + ": " + refusal.getMessage(), refusal);
        }
        if (batch.bytes() + length + Integer.BYTES > pushBytes) push();
        if (batch.count() == 0) firstOfBatch = number;
        batch.add(bytes, from, length);
        if (batch.count() == options.messagesPerPush()) push();
    }

    private String describe(long message) {
        return options.separator().describe(message, message);
    }

    private static boolean isBlank(MemorySegment bytes, long from, long length) {
        for (long i = from; i < from + length; i++) {
            byte b = bytes.get(JAVA_BYTE, i);
            if (b != ' ' && (b < '\t' || b > '\r')) return false;
        }
        return true;
    }

    private void push() {
        if (batch.count() == 0) return;
        Batch full = batch;
        batch = pushes.take();
        pushes.push(full, firstOfBatch, number);
        if (isCommitDue()) pushes.commit();
    }

    private boolean isCommitDue() {
        int most = options.messagesPerCommit();
        if (most > 0 && pushes.uncommitted() >= most) return true;
        return options.commitMillis() > 0 && nanosToCommit() <= 0;
    }

    private long nanosToCommit() {
        return pushes.uncommittedSinceNanos()
                + TimeUnit.MILLISECONDS.toNanos(options.commitMillis())
                - System.nanoTime();
    }

    /** For people: what became of the messages. */
    String report() {
        return pushes.report();
    }

    @Override
    public void close() {
        try {
            open.close();
        } finally {
            batch.close();
            pushes.close();
        }
    }
}
