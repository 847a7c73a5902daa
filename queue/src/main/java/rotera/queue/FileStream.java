package rotera.queue;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/** Follows a rot file of this process. */
final class FileStream implements MessageStream {
    private final RotFile file;
    private final Messages messages = new Messages();
    private final ReentrantLock using = new ReentrantLock();
    private long nextId;
    private long left;
    private int chunk = Integer.MAX_VALUE;
    private volatile boolean closed;

    FileStream(RotFile file, long startId, long total) {
        this.file = file;
        this.nextId = startId;
        this.left = total;
    }

    @Override
    public boolean next() throws InterruptedException {
        return next(Duration.ofNanos(Long.MAX_VALUE));
    }

    @Override
    public boolean next(Duration timeout) throws InterruptedException {
        using.lock();
        try {
            return fill(timeout);
        } finally {
            using.unlock();
            freeIfClosed();
        }
    }

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

    @Override
    public Messages messages() {
        return messages;
    }

    @Override
    public MessageStream chunk(int most) {
        if (most < 1) throw new IllegalArgumentException("chunk=" + most + " is less than 1");
        chunk = most;
        return this;
    }

    @Override
    public void close() {
        closed = true;
        file.wakeReaders();
        freeIfClosed();
    }

    /** Frees the memory, unless a thread is in next(): that one does it when it leaves. */
    private void freeIfClosed() {
        if (!closed || !using.tryLock()) return;
        try {
            messages.close();
        } finally {
            using.unlock();
        }
    }
}
