package rotera.queue;

/**
 * What a ping tells.
 *
 * @param oldest id of the oldest readable message; equal to {@code next} if there is none
 * @param next the next committed id: one more than the last readable message's
 * @param alive false while the queue is shutting down
 * @param maxMessageBytes largest message
 * @param maxPushBytes largest push, counted as 4 + length for each message
 */
public record Status(
        long oldest, long next, boolean alive, int maxMessageBytes, long maxPushBytes) {}
