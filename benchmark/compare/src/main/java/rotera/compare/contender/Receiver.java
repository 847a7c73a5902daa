package rotera.compare.contender;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

/**
 * Takes messages and notices what is missing, doubled, out of order or changed. One thread
 * delivers; others may wait for the end.
 */
public class Receiver {
    private final long[] next = new long[Content.MOST_PRODUCERS];
    private final CRC32C[] checksums = new CRC32C[Content.MOST_PRODUCERS];
    private final CountDownLatch done = new CountDownLatch(1);
    private final boolean checks;
    private byte[] room = {};
    private volatile long expected;
    private volatile boolean stopped;
    private long count;
    private long disorders;
    private long firstNanos;
    private long lastNanos;

    /**
     * @param checks whether the contents are looked at, not only numbers
     * @param expected how many messages make it done
     */
    public Receiver(boolean checks, long expected) {
        this.checks = checks;
        this.expected = expected;
        for (int i = 0; i < checksums.length; i++) checksums[i] = new CRC32C();
    }

    /**
     * For systems that show a message in memory of their own: an array that is used again and
     * again, to copy it to. So every consumer ends with the bytes in an array.
     */
    public final byte[] room(int lengthBytes) {
        if (room.length < lengthBytes) room = new byte[lengthBytes];
        return room;
    }

    public final void take(byte[] message) {
        take(message, message.length);
    }

    /** What lies at the beginning of an array. */
    public final void take(byte[] message, int lengthBytes) {
        if (count == 0) firstNanos = System.nanoTime();
        long number = Content.number(message);
        int producer = Content.producer(number);
        if (checks) checksums[producer].update(message, 0, lengthBytes);
        long sequence = Content.sequence(number);
        if (sequence != next[producer]) disorders++;
        next[producer] = sequence + 1;
        message(sequence);
        if (++count >= expected) finish();
    }

    /** Called for every message. */
    protected void message(long sequence) {}

    private void finish() {
        if (lastNanos != 0) return;
        lastNanos = System.nanoTime();
        done.countDown();
    }

    /** For the thread that delivers. */
    public final boolean isDone() {
        if (stopped || lastNanos != 0) return true;
        if (count < expected) return false;
        finish();
        return true;
    }

    /** Where the total is known only later. */
    public final void expect(long total) {
        expected = total;
    }

    public final void stop() {
        stopped = true;
        done.countDown();
    }

    /** For systems that deliver on threads of their own. */
    public final void awaitDone() throws InterruptedException {
        while (!done.await(20, TimeUnit.MILLISECONDS)) {
            if (count >= expected) finish();
        }
    }

    public final long count() {
        return count;
    }

    public final long nanos() {
        return lastNanos - firstNanos;
    }

    public final long lastNanos() {
        return lastNanos;
    }

    /** Fails unless exactly what these have sent has come. */
    public final void verify(Iterable<Content> sent) {
        long total = 0;
        for (Content content : sent) {
            int producer = content.producer();
            total += content.count();
            if (next[producer] != content.count()) {
                throw new IllegalStateException(
                        "of producer %d the last message came with number %,d, not %,d"
                                .formatted(producer, next[producer] - 1, content.count() - 1));
            }
            if (checks && checksums[producer].getValue() != content.checksum()) {
                throw new IllegalStateException("wrong checksum, producer " + producer);
            }
        }
        if (count != total || disorders != 0) {
            throw new IllegalStateException(
                    "%,d messages came, not %,d; %,d out of order"
                            .formatted(count, total, disorders));
        }
    }

    /**
     * For a queue that lost its beginning: everything from the first message to the last that was
     * sent.
     */
    public final void verifyEnd(Content sent) {
        if (next[sent.producer()] != sent.count() || disorders > 1) {
            throw new IllegalStateException(
                    "the last message came with number %,d, not %,d; %,d out of order"
                            .formatted(next[sent.producer()] - 1, sent.count() - 1, disorders));
        }
    }
}
