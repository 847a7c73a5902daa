package rotera.kafka.request;

/** What a handler makes of a request: a response now, or one that waits for others. */
public sealed interface Outcome permits Response, Deferred {}
