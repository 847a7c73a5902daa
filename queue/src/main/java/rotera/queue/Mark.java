package rotera.queue;

/**
 * A boundary between messages: the id of the first one behind it, and the position where its record
 * begins.
 */
record Mark(long id, long position) {}
