package rotera.queue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One message, copied out of the queue: it stays as it is whatever happens to the queue. For
 * programs that read many messages a second there is {@link Messages}, which copies nothing.
 */
public final class Message {
    private final long id;
    private final long timeMillis;
    private final byte[] value;
    private final Envelope envelope;

    private Message(long id, long timeMillis, byte[] value, Envelope envelope) {
        this.id = id;
        this.timeMillis = timeMillis;
        this.value = value;
        this.envelope = envelope;
    }

    /** A copy of the current message. */
    static Message of(Messages messages) {
        return new Message(
                messages.id(), messages.timeMillis(), messages.toByteArray(), messages.envelope());
    }

    public long id() {
        return id;
    }

    /** When it was pushed, by the clock of the machine that has the queue. */
    public Instant time() {
        return Instant.ofEpochMilli(timeMillis);
    }

    /** A copy of the value. */
    public byte[] value() {
        return value.clone();
    }

    /** The value as a text in UTF-8. */
    public String text() {
        return new String(value, StandardCharsets.UTF_8);
    }

    /** A copy of the key, if it has one. */
    public Optional<byte[]> key() {
        return envelope.key().map(byte[]::clone);
    }

    /** Its headers, in the order in which they were pushed. */
    public List<Envelope.Header> headers() {
        return envelope.headers();
    }

    /** Everything that came with the value. */
    public Envelope envelope() {
        return envelope;
    }

    @Override
    public String toString() {
        return "message " + id + " of " + value.length + " bytes";
    }
}
