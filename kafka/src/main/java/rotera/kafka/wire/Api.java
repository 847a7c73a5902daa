package rotera.kafka.wire;

import org.jspecify.annotations.Nullable;

/**
 * One kind of request and its answer.
 *
 * @param key its number on the wire
 * @param versions those that can be read and written
 */
public record Api(String name, short key, Versions versions, Schema request, Schema response) {

    /** An empty answer, to be filled. */
    public Struct answer() {
        return new Struct(response);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Api api && api.key == key;
    }

    @Override
    public int hashCode() {
        return key;
    }

    @Override
    public String toString() {
        return name;
    }
}
