package rotera.kafka.request;

import rotera.kafka.wire.Struct;

/**
 * A request that has come whole.
 *
 * @param clientId what the client calls itself; empty if it does not
 * @param body its fields; the bytes of records are valid until the response
 * @param context the connection: where to wait, and its memory
 */
public record Request<Q extends Struct>(
        short version, String clientId, Q body, RequestContext context) {}
