package rotera.kafka;

/** What is in front of a request, but for its API. */
record RequestHead(short version, int correlation) {}
