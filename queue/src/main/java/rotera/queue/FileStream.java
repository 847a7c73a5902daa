package rotera.queue;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Follows a rot file of this process. */
final class FileStream implements MessageStream {
    private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);

    private final RotFile file;
    private final ReentrantLock using = new ReentrantLock();
    private long nextId;
    private long left;
    private int chunk = Integer.MAX_VALUE;
    private @Nullable Messages none;
    private volatile boolean closed;

    final Messages messages = new Messages();

    FileStream(RotFile file, long startId, long total) {
        this.file = file;
        this.nextId = startId;
        this.left = total;
    }

    @Override
    public Messages take() throws InterruptedException {
        return poll(FOR_EVER);
    }

    @Override
    public Messages poll(Duration timeout) throws InterruptedException {
        boolean filled;
        using.lock();
        try {
            filled = fill(timeout);
        } finally {
            using.unlock();
            freeIfClosed();
        }
        return filled && !closed ? messages : none();
    }

    /** Whether the messages are valid; else the stream has ended. */
    private boolean fill(Duration timeout) throws InterruptedException {
        if (closed || left == 0) return false;
        if (!file.awaitMessage(nextId, timeout, () -> closed) || closed) return false;
        try {
            file.read(nextId, (int) Math.min(chunk, left), messages);
        } catch (QueueException.QueueClosedException e) {
            return false;
        } catch (QueueException.CorruptMessageException e) {
            nextId = e.resumeId();
            throw e;
        }
        nextId = messages.nextId();
        left -= messages.count();
        return true;
    }

    /** Behind the end: those that were read may be closed. */
    private Messages none() {
        if (none == null) none = Messages.none(nextId);
        return none;
    }

    @Override
    public boolean isEnded() {
        return closed || left == 0 || file.isClosed();
    }

    @Override
    public long nextId() {
        return nextId;
    }

    @Override
    public MessageStream chunk(int max) {
        if (max < 1) throw new IllegalArgumentException("chunk=" + max + " is less than 1");
        chunk = max;
        return this;
    }

    @Override
    public void close() {
        closed = true;
        file.wakeReaders();
        freeIfClosed();
    }

    /** Frees the memory, unless a thread is in poll(): that one does it when it leaves. */
    private void freeIfClosed() {
        if (!closed || !using.tryLock()) return;
        try {
            messages.close();
        } finally {
            using.unlock();
        }
    }
}
