package rotera.cli.command;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import rotera.cli.text.CommandException;
import rotera.cli.text.InputReader;
import rotera.cli.text.PartialLine;
import rotera.cli.text.Separator;
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

    private static final long STOP_SECONDS = 10;

    /**
     * How an input becomes messages.
     *
     * @param messagesPerPush at most; 0 for as many as have come
     * @param dropBlank messages of nothing but white space are left out
     * @param messagesPerCommit commits when so many are pushed; 0 to commit at the end only
     * @param commitMillis commits when the oldest uncommitted message is so old; 0 for never
     * @param commitAtEnd whether the rest is committed
     * @param failFast whether a message that is too large ends the push; else it is skipped
     */
    record Options(
            Separator separator,
            int messagesPerPush,
            boolean dropBlank,
            int messagesPerCommit,
            long commitMillis,
            boolean commitAtEnd,
            boolean failFast) {}

    private final Options options;
    private final Pushes pushes;
    private final InputReader input = new InputReader();
    private final PartialLine open = new PartialLine();
    private final CountDownLatch done = new CountDownLatch(1);
    private final int maxMessageBytes;
    private final long pushBytes;
    private Batch batch;
    private long number;
    private long firstOfBatch;
    private long skipped;

    /** Of the message whose end has not come; the bytes themselves are kept up to the limit. */
    private long openBytes;

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
        }
    }

    /**
     * The end of the input ends the last message as well. A stop does not: it may be half of one.
     */
    private void endInput() {
        boolean whole = options.separator() == Separator.NONE;
        if (input.stopped()) {
            if (openBytes > 0)
                System.err.printf(
                        "%s had not ended when the program was told to stop: its %d bytes were not pushed%n",
                        describe(number + 1), openBytes);
        } else if (whole || openBytes > 0) {
            endOpenMessage();
        }
    }

    /** What went well before an error is kept, if the queue can still be reached. */
    private void commitAfter(RuntimeException error) {
        Throwable reason = error instanceof CommandException ? error.getCause() : error;
        if (reason instanceof QueueException.ConnectionLostException
                || reason instanceof QueueException.TimedOutException) return;
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
            if (!done.await(STOP_SECONDS, TimeUnit.SECONDS))
                System.err.println("the queue does not answer, the program ends: " + report());
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
            if (openBytes == 0) {
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
        openBytes += length;
        if (openBytes <= maxMessageBytes) open.append(bytes, from, length);
        else if (options.failFast())
            stopAt(
                    describe(number + 1)
                            + " is longer than %d bytes, the largest message this queue takes: split it, or create a larger queue"
                                    .formatted(maxMessageBytes));
    }

    private void endOpenMessage() {
        endMessage(open.bytes(), 0, openBytes);
        open.clear();
        openBytes = 0;
    }

    private void endMessage(MemorySegment bytes, long from, long length) {
        number++;
        if (length > maxMessageBytes) {
            refuse(number, length);
            return;
        }
        if (options.dropBlank() && isBlank(bytes, from, length)) return;
        if (batch.bytes() + length + Integer.BYTES > pushBytes) push();
        if (batch.count() == 0) firstOfBatch = number;
        batch.add(bytes, from, length);
        if (batch.count() == options.messagesPerPush()) push();
    }

    /** No later try could succeed: a queue never changes its limit. */
    private void refuse(long message, long bytes) {
        String text =
                describe(message)
                        + ": "
                        + new QueueException.MessageTooLargeException(bytes, maxMessageBytes)
                                .getMessage();
        if (options.failFast()) stopAt(text);
        skipped++;
        System.err.println(text + ". Skipped");
    }

    /** What came before is kept. */
    private void stopAt(String text) {
        push();
        throw new CommandException(text);
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

    /** How many messages were too large and left out. */
    long skipped() {
        return skipped;
    }

    /** For people: what became of the messages. */
    String report() {
        String text = pushes.report();
        return skipped == 0 ? text : text + ", skipped " + skipped + " that were too large";
    }

    @Override
    public void close() {
        try {
            open.close();
        } finally {
            batch.close();
            pushes.close();
            done.countDown(); // after the report
        }
    }
}
