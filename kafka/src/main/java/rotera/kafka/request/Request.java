package rotera.kafka.request;

import rotera.kafka.wire.Api;
import rotera.kafka.wire.Struct;

/**
 * A request that has come whole.
 *
 * @param clientId what the client calls itself; empty if it does not
 * @param body its fields; the bytes of records are valid until the answer
 * @param context who asked, and where to wait
 */
public record Request(
        Api api, short version, String clientId, Struct body, RequestContext context) {

    /** An empty answer, to be filled. */
    public Struct answer() {
        return api.answer();
    }
}
