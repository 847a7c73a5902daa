package rotera.kafka.request;

import rotera.kafka.wire.Struct;

/** A response that goes out at once. */
public record Response(Struct body) implements Outcome {}
