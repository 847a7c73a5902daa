package rotera.queue;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The messages of a queue from one id to another, read as they are asked for. It can be gone
 * through more than once, by any thread, and has nothing to close. Messages that were overwritten
 * before they were reached are left out.
 *
 * <p>A damaged place throws {@link QueueException.CorruptMessageException} once; the next call of
 * the same iterator goes on behind it.
 */
public final class MessageRange implements Iterable<Message> {
    private final Queue queue;
    private final long firstId;
    private final long endId;

    MessageRange(Queue queue, long firstId, long endId) {
        this.queue = queue;
        this.firstId = firstId;
        this.endId = endId;
    }

    /** From this start to what is committed now. */
    static MessageRange of(Queue queue, Start start) {
        Status status = queue.ping();
        return new MessageRange(queue, firstId(queue, start, status), status.next());
    }

    private static long firstId(Queue queue, Start start, Status status) {
        return switch (start) {
            case Start.Oldest oldest -> status.oldest();
            case Start.End end -> status.next();
            case Start.Id at -> at.id();
            case Start.Time time -> {
                try (MessageStream stream = queue.stream(time, 1)) {
                    yield stream.nextId();
                } catch (QueueException.CorruptMessageException e) {
                    yield e.id(); // reading from there says the same
                }
            }
        };
    }

    @Override
    public Iterator<Message> iterator() {
        return new Reading();
    }

    /** The same messages as a sequential stream. */
    public Stream<Message> stream() {
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(iterator(), 0), false);
    }

    /** Reads ahead; its memory is freed at the end, or when it cannot be reached any more. */
    private final class Reading implements Iterator<Message> {
        private final Messages batch = new Messages();
        private long nextId = firstId;
        private boolean atMessage;
        private boolean ended;

        @Override
        public boolean hasNext() {
            while (!atMessage && !ended) {
                if (batch.next()) {
                    atMessage = batch.id() < endId;
                    ended = !atMessage;
                } else {
                    ended = !read();
                }
                if (ended) batch.close();
            }
            return atMessage;
        }

        private boolean read() {
            if (nextId >= endId) return false;
            int max = (int) Math.min(endId - nextId, Integer.MAX_VALUE);
            try {
                if (queue.read(nextId, max, batch) == 0) return false;
            } catch (QueueException.CorruptMessageException e) {
                nextId = e.resumeId();
                throw e;
            }
            nextId = batch.nextId();
            return true;
        }

        @Override
        public Message next() {
            if (!hasNext()) throw new NoSuchElementException("no message is behind " + (endId - 1));
            atMessage = false;
            return Message.of(batch);
        }
    }
}
