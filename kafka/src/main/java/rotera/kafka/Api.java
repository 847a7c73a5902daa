package rotera.kafka;

/**
 * One kind of request and its answer.
 *
 * @param key its number on the wire
 * @param versions those that can be read and written
 */
record Api(String name, short key, Versions versions, Schema request, Schema response) {

    /** An empty answer, to be filled. */
    Struct answer() {
        return new Struct(response);
    }

    @Override
    public String toString() {
        return name;
    }
}
