package rotera.server;

import java.util.concurrent.TimeUnit;

/**
 * What the clients of a server may take of it together (docs/protocol.md).
 *
 * @param connections more of them wait to be accepted; who has asked for nothing after {@code
 *     stalledNanos} makes room
 * @param ordinaryBytes for requests that fit the buffer of the loop, as long as they are not whole
 * @param largeBytes for larger ones
 * @param replyBytes for replies that are not taken; one may go beyond it
 * @param stalledNanos who keeps others waiting for memory without moving for this long is closed
 */
record Limits(
        int connections, long ordinaryBytes, long largeBytes, long replyBytes, long stalledNanos) {
    static final Limits DEFAULT =
            new Limits(10_000, 128L << 20, 192L << 20, 64L << 20, TimeUnit.SECONDS.toNanos(30));
}
