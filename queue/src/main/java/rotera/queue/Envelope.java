package rotera.queue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What may come with a message besides its bytes. An absent key and an empty key differ, and so do
 * a null value and an empty one.
 *
 * @param key the key, if any; not copied
 * @param timeMillis the producer's own time, milliseconds since 1970, if any
 * @param headers in the order given
 * @param nullValue the message has no value, which is not the same as an empty one
 */
public record Envelope(
        Optional<byte[]> key, OptionalLong timeMillis, List<Header> headers, boolean nullValue) {

    /** Nothing set. */
    public static final Envelope NONE =
            new Envelope(Optional.empty(), OptionalLong.empty(), List.of(), false);

    public Envelope {
        headers = List.copyOf(headers);
    }

    /** A named value; an absent value and an empty one differ. */
    public record Header(String name, Optional<byte[]> value) {}

    public Envelope withKey(byte[] key) {
        return new Envelope(Optional.of(key), timeMillis, headers, nullValue);
    }

    public Envelope withTimeMillis(long timeMillis) {
        return new Envelope(key, OptionalLong.of(timeMillis), headers, nullValue);
    }

    public Envelope withHeaders(List<Header> headers) {
        return new Envelope(key, timeMillis, headers, nullValue);
    }

    public Envelope withNullValue() {
        return new Envelope(key, timeMillis, headers, true);
    }
}
