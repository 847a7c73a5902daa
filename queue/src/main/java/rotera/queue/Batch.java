package rotera.queue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import rotera.queue.record.RecordAccess;
import rotera.queue.record.RecordBody;
import rotera.queue.record.RecordBuffer;

/**
 * Messages to push together: built off-heap, pushed with one copy, reusable after {@link #clear}.
 * Grows as needed; the queue's limits are checked by the push. Not thread-safe.
 *
 * <p>{@link #close} frees the memory at once; that of a batch that is never closed is freed when
 * the batch cannot be reached any more. A closed batch is of no more use: all calls but {@code
 * close}, and its push, throw an {@link IllegalStateException}.
 */
public final class Batch implements AutoCloseable {
    static {
        RecordAccess.provide(
                new RecordAccess() {
                    @Override
                    protected RecordBody bodyOf(Batch batch) {
                        return batch.body;
                    }

                    @Override
                    protected RecordBuffer bufferOf(Messages messages) {
                        return messages.buffer();
                    }
                });
    }

    private final RecordBody body = new RecordBody();

    /** An empty batch. It takes memory with the first message. */
    public Batch() {}

    /** For the other classes of this package, and through them for the modules of the project. */
    RecordBody body() {
        return body;
    }

    /** Removes all messages, the producer and the time; keeps the memory. */
    public Batch clear() {
        body.clear();
        return this;
    }

    public Batch add(byte[] message) {
        return add(message, 0, message.length);
    }

    /** Adds {@code length} bytes of {@code source}. */
    public Batch add(byte[] source, int from, int length) {
        body.add(source, from, length);
        return this;
    }

    /** Adds a text in UTF-8. */
    public Batch add(String message) {
        return add(message.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds {@code length} bytes of {@code source}. */
    public Batch add(MemorySegment source, long from, long length) {
        body.add(source, from, length);
        return this;
    }

    /**
     * Adds a message with a key, headers or a time; its value is {@code value}, or null if the
     * envelope says so.
     */
    public Batch add(Envelope envelope, byte[] value) {
        body.add(envelope, value);
        return this;
    }

    /** Says who pushes this batch. */
    public Batch producer(Producer who) {
        body.producer(who);
        return this;
    }

    /** Who pushes this batch. */
    public Producer producer() {
        return body.producer();
    }

    /**
     * Says that the producer leaves out no sequence: its first one is 0, also of a later epoch, and
     * each other one follows the messages before. Without this, sequences may be left out.
     */
    public Batch requireConsecutive() {
        body.requireConsecutive();
        return this;
    }

    /**
     * Says when its messages were pushed, milliseconds since 1970: for copies of another queue.
     * Readers are shown it; a search by time takes one before that of the last message for the
     * same.
     */
    public Batch time(long millis) {
        body.time(millis);
        return this;
    }

    /**
     * The time that its messages got with the last push into a file of this process, milliseconds
     * since 1970: what whoever reads them is told. Negative if that push was known already and not
     * kept again, was empty, failed or did not wait, and after {@link #clear}.
     */
    public long pushedMillis() {
        return body.pushedMillis();
    }

    /**
     * Makes the batch a view of messages that lie in memory of the caller, as on the wire: {@code
     * messages} lengths of four bytes each (little-endian), and the messages behind them. Nothing
     * is copied before the push.
     */
    public Batch wrap(MemorySegment source, long from, int messages) {
        body.wrap(source, from, messages);
        return this;
    }

    /**
     * Like {@link #wrap(MemorySegment, long, int)}; each message may begin with an envelope, which
     * is checked.
     *
     * @throws IllegalArgumentException if the lengths go beyond the source, or an envelope beyond
     *     its message
     */
    public Batch wrap(MemorySegment source, long from, int messages, boolean envelopes) {
        body.wrap(source, from, messages, envelopes);
        return this;
    }

    /**
     * Says what {@link #checksum} the messages had where they come from: a push of others is
     * refused with {@link QueueException.ChecksumMismatchException}.
     */
    public Batch expect(int checksum) {
        body.expect(checksum);
        return this;
    }

    /** CRC-32C over the lengths and then the messages, as they go over the wire. */
    public int checksum() {
        return body.checksum();
    }

    /** Copies the lengths, four bytes each (little-endian), and the messages to other places. */
    public void pack(
            MemorySegment lengthsTarget, long lengthsTo, MemorySegment target, long messagesTo) {
        body.pack(lengthsTarget, lengthsTo, target, messagesTo);
    }

    /** How many messages. */
    public int count() {
        return body.count();
    }

    /** What counts against the limit of a push: 4 + length for each message. */
    public long bytes() {
        return body.bytes();
    }

    /** Whether each message begins with an envelope. */
    public boolean enveloped() {
        return body.enveloped();
    }

    /** Bytes of the largest message. */
    public long largest() {
        return body.largest();
    }

    @Override
    public void close() {
        body.close();
    }
}
