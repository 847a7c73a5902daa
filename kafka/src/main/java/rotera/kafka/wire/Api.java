package rotera.kafka.wire;

import org.jspecify.annotations.Nullable;

/**
 * One kind of request and its response.
 *
 * @param key its number on the wire
 * @param versions those that can be read and written
 */
public record Api<Q extends Struct, R extends Struct>(
        String name, short key, Versions versions, Schema request, Schema response) {

    /** An empty request, to be filled. */
    @SuppressWarnings("unchecked")
    public Q newRequest() {
        return (Q) request.newStruct();
    }

    /** An empty response, to be filled. */
    @SuppressWarnings("unchecked")
    public R newResponse() {
        return (R) response.newStruct();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Api<?, ?> api && api.key == key;
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
