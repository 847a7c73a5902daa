package rotera.kafka;

/**
 * A request that has come whole.
 *
 * @param clientId what the client calls itself; empty if it does not
 * @param body its fields; the bytes of records are valid until the answer
 * @param caller who asked, and where to wait
 */
record Request(Api api, short version, String clientId, Struct body, Caller caller) {

    /** An empty answer, to be filled. */
    Struct answer() {
        return api.answer();
    }
}
