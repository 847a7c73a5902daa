package rotera.kafka;

import org.jspecify.annotations.Nullable;

/** Answers one kind of request. Called by many threads at once. */
interface Handler {

    /** Null for no answer, if the client expects none. */
    @Nullable Struct handle(Request request);
}
