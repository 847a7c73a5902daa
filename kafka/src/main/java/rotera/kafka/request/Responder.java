package rotera.kafka.request;

import rotera.kafka.wire.Struct;

/** Answers one kind of request at once. Called by many threads at once. */
public interface Responder<Q extends Struct, R extends Struct> {
    R respond(Request<Q> request);
}
