package rotera.kafka.request;

import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.Struct;

/** Answers one kind of request. Called by many threads at once. */
public interface Handler {

    /** Null for no answer, if the client expects none. */
    @Nullable Struct handle(Request request);
}
