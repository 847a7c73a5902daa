package rotera.kafka.request;

import rotera.kafka.wire.Struct;

/** Takes one kind of request. Called by many threads at once. */
public interface Handler<Q extends Struct> {
    Outcome handle(Request<Q> request);

    /** Whether outcomes are {@link Deferred}: only then earlier ones are not completed before. */
    default boolean defers() {
        return false;
    }
}
