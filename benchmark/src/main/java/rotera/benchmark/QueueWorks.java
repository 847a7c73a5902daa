package rotera.benchmark;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import rotera.queue.Batch;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.Queue;
import rotera.queue.Start;
import rotera.queue.Status;

/**
 * Pieces of work with one queue, in a file or on a server. Each returns how many messages it did.
 * For one thread.
 */
final class QueueWorks implements AutoCloseable {
    private static final int PUSHES_PER_COMMIT = 64;

    private final Queue queue;
    private final Batch batch;
    private final Batch single;
    private final Messages messages = new Messages();
    private final Random random = new Random(1);
    private CompletableFuture<Long> underWay = CompletableFuture.completedFuture(0L);

    QueueWorks(Queue queue, int messagesPerPush, int messageBytes) {
        this.queue = queue;
        this.batch = batch(messagesPerPush, messageBytes);
        this.single = batch(1, messageBytes);
    }

    private static Batch batch(int count, int messageBytes) {
        byte[] message = new byte[messageBytes];
        Arrays.fill(message, (byte) 'x');
        Batch batch = new Batch();
        for (int i = 0; i < count; i++) batch.add(message);
        return batch;
    }

    /** One push and its commit. */
    long pushAndCommit() {
        queue.push(batch);
        queue.commit();
        return batch.count();
    }

    /** One message and its commit. */
    long commitOne() {
        queue.push(single);
        queue.commit();
        return 1;
    }

    /** Pushes that wait for nothing but room, and a commit at the end of them. */
    long push() {
        for (int i = 0; i < PUSHES_PER_COMMIT; i++) queue.push(batch);
        queue.commit();
        return (long) PUSHES_PER_COMMIT * batch.count();
    }

    /** The same for a connection: no reply is waited for but that of the commit before. */
    long pushAsync() {
        for (int i = 0; i < PUSHES_PER_COMMIT; i++) {
            CompletableFuture<Long> _ = queue.pushAsync(batch);
        }
        CompletableFuture<Long> before = underWay;
        underWay = queue.commitAsync();
        long _ = before.join();
        return (long) PUSHES_PER_COMMIT * batch.count();
    }

    /** One push, its commit, and a read of what it brought. */
    long pushCommitAndRead() {
        long id = queue.push(batch);
        queue.commit();
        long end = id + batch.count();
        while (id < end && queue.read(id, batch.count(), messages) > 0) {
            walk(messages);
            id = messages.nextId();
        }
        return batch.count();
    }

    /** The newest messages, from a stream. */
    long replay(long newest) throws InterruptedException {
        Status status = queue.ping();
        long from = Math.max(status.oldest(), status.next() - newest);
        long total = status.next() - from;
        try (MessageStream stream = queue.stream(Start.id(from), total)) {
            while (!stream.isEnded()) walk(stream.take());
        }
        return total;
    }

    /** One message somewhere among the newest. */
    long find(long newest) {
        Status status = queue.ping();
        long from = Math.max(status.oldest(), status.next() - newest);
        queue.read(random.nextLong(from, status.next()), 1, messages);
        walk(messages);
        return 1;
    }

    private static void walk(Messages messages) {
        long bytes = 0;
        while (messages.next()) bytes += messages.length();
        if (bytes < 0) throw new AssertionError(bytes);
    }

    /** Pushes more than a lap, so that the oldest messages have been overwritten. */
    void goRound() {
        while (queue.ping().oldest() == 0) push();
        for (long end = queue.ping().next() * 9 / 8; queue.ping().next() < end; ) push();
    }

    @Override
    public void close() {
        batch.close();
        single.close();
        messages.close();
    }
}
