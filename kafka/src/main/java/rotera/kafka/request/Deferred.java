package rotera.kafka.request;

import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.Struct;

/**
 * A response that is completed together with those of the requests that have come with it, before
 * the connection does anything else.
 */
public non-sealed interface Deferred extends Outcome {

    /**
     * The response; null if the client expects none. The first of those that wait does what all of
     * them wait for.
     */
    @Nullable Struct complete();
}
