package rotera.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import rotera.queue.QueueException;

/**
 * Pushes the lines of an input as they come and commits as it goes, also while the input is silent:
 * the input is read on a thread of its own, so that waiting for it never keeps a commit waiting.
 */
final class Pusher implements AutoCloseable {
    private static final int CHUNK_BYTES = 128 << 10;
    private static final int CHUNKS = 4;
    private static final long STOP_SECONDS = 10;

    /**
     * How lines become messages.
     *
     * @param linesPerPush at most; 0 for as many as have come
     * @param dropBlank lines of nothing but white space are left out
     * @param linesPerCommit commits when so many are pushed; 0 to commit at the end only
     * @param commitMillis commits when the oldest uncommitted line is so old; 0 for never
     * @param commitAtEnd whether the rest is committed
     */
    record Options(
            int linesPerPush,
            boolean dropBlank,
            int linesPerCommit,
            long commitMillis,
            boolean commitAtEnd) {}

    /** A part of the input; a length below 0 is its end, with the error that ended it, if any. */
    private static final class Chunk {
        final byte[] bytes;
        int length = -1;
        @Nullable IOException error;

        Chunk(int size) {
            bytes = new byte[size];
        }
    }

    private final Access queue;
    private final Options options;
    private final Lines lines = new Lines();
    private final long pushBytes;
    private final BlockingQueue<Chunk> filled = new ArrayBlockingQueue<>(CHUNKS + 2);
    private final BlockingQueue<Chunk> empty = new ArrayBlockingQueue<>(CHUNKS);
    private final CountDownLatch done = new CountDownLatch(1);
    private long lineNumber;
    private long pushed;
    private long uncommitted;
    private long uncommittedSinceNanos;
    private long committedNext = -1;

    Pusher(Access queue, Options options) {
        this.queue = queue;
        this.options = options;
        this.pushBytes = queue.pushBytes();
        for (int i = 0; i < CHUNKS; i++) empty.add(new Chunk(CHUNK_BYTES));
    }

    /** Pushes until the input ends, or until {@link #stop}. */
    void run(InputStream source) throws InterruptedException {
        Thread reader = Thread.ofPlatform().daemon().name("input").unstarted(() -> fill(source));
        reader.start();
        try {
            for (Chunk chunk = take(); chunk.length >= 0; chunk = take()) {
                cut(chunk);
                empty.add(chunk);
                if (options.linesPerPush() == 0) push();
            }
            // The last line counts without an end, too.
            if (lines.openBytes() > 0) endLine();
            push();
            if (options.commitAtEnd() && uncommitted > 0) commit();
        } catch (RuntimeException e) {
            commitAfter(e);
            throw e;
        } finally {
            done.countDown();
        }
    }

    /** What went well before an error is kept. */
    private void commitAfter(RuntimeException error) {
        try {
            if (options.commitAtEnd() && uncommitted > 0) commit();
        } catch (RuntimeException e) {
            error.addSuppressed(e);
        }
    }

    /** Ends {@link #run} from another thread, and waits until what was read is committed. */
    void stop() {
        filled.add(new Chunk(0));
        try {
            boolean ignored = done.await(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void fill(InputStream source) {
        try {
            Chunk chunk;
            do {
                chunk = empty.take();
                read(source, chunk);
                filled.add(chunk);
            } while (chunk.length >= 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void read(InputStream source, Chunk chunk) {
        try {
            chunk.length = source.read(chunk.bytes);
        } catch (IOException e) {
            chunk.length = -1;
            chunk.error = e;
        }
    }

    /** The next part of the input; commits meanwhile if the time for that comes first. */
    private Chunk take() throws InterruptedException {
        while (uncommitted > 0 && options.commitMillis() > 0) {
            long left =
                    uncommittedSinceNanos
                            + TimeUnit.MILLISECONDS.toNanos(options.commitMillis())
                            - System.nanoTime();
            Chunk chunk = filled.poll(Math.max(0, left), TimeUnit.NANOSECONDS);
            if (chunk != null) return checked(chunk);
            commit();
        }
        return checked(filled.take());
    }

    private static Chunk checked(Chunk chunk) {
        if (chunk.error == null) return chunk;
        throw new CommandException(
                "cannot read standard input: " + chunk.error.getMessage(), chunk.error);
    }

    private void cut(Chunk chunk) {
        byte[] bytes = chunk.bytes;
        int from = 0;
        for (int at = 0; at < chunk.length; at++) {
            if (bytes[at] != '\n') continue;
            append(bytes, from, at - from);
            endLine();
            from = at + 1;
        }
        append(bytes, from, chunk.length - from);
    }

    private void append(byte[] bytes, int from, int length) {
        if (lines.openBytes() + length > Lines.MAX_LINE_BYTES) {
            throw new CommandException(
                    "line %d is longer than %d bytes, the largest message any queue takes: split it"
                            .formatted(lineNumber + 1, Lines.MAX_LINE_BYTES));
        }
        lines.append(bytes, from, length);
    }

    private void endLine() {
        if (options.dropBlank() && lines.openLineIsBlank()) {
            lineNumber++;
            lines.dropOpenLine();
            return;
        }
        if (options.linesPerPush() == 0
                && lines.pushBytes() + lines.openBytes() + Integer.BYTES > pushBytes) {
            push();
        }
        lineNumber++;
        lines.endLine();
        if (lines.count() == options.linesPerPush()) push();
    }

    /** Pushes the complete lines. */
    private void push() {
        if (lines.count() == 0) return;
        try {
            queue.push(lines);
        } catch (QueueException.MessageTooLarge e) {
            throw new CommandException("line " + lineNumber + ": " + e.getMessage(), e);
        }
        if (uncommitted == 0) uncommittedSinceNanos = System.nanoTime();
        pushed += lines.count();
        uncommitted += lines.count();
        lines.clear();
        if (isCommitDue()) commit();
    }

    private boolean isCommitDue() {
        if (uncommitted == 0) return false;
        if (options.linesPerCommit() > 0 && uncommitted >= options.linesPerCommit()) return true;
        return options.commitMillis() > 0
                && System.nanoTime() - uncommittedSinceNanos
                        >= TimeUnit.MILLISECONDS.toNanos(options.commitMillis());
    }

    private void commit() {
        committedNext = queue.commit();
        uncommitted = 0;
    }

    long pushed() {
        return pushed;
    }

    /** How many of the pushed messages are not known to be committed. */
    long uncommitted() {
        return uncommitted;
    }

    /** What the last commit returned; -1 without one. */
    long committedNext() {
        return committedNext;
    }

    @Override
    public void close() {
        lines.close();
    }
}
