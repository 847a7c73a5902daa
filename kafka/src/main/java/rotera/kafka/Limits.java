package rotera.kafka;

import java.util.concurrent.TimeUnit;

/**
 * What clients may take together (docs/kafka.md).
 *
 * @param connections more are closed at once
 * @param requestBytes of one request, as announced in front of it
 * @param heapBytes of the objects that one request is made of, without records
 * @param allHeapBytes of those of all requests together, beyond some KiB for each connection
 * @param memoryBytes for requests and answers of all connections together, beyond {@link
 *     #SMALL_BYTES} for each
 * @param answerBytes of one fetch; a larger batch goes out alone
 * @param stalledNanos who stops in the middle of a request or an answer for so long is closed
 * @param idleNanos who asks for nothing for so long is closed
 */
record Limits(
        int connections,
        int requestBytes,
        int heapBytes,
        long allHeapBytes,
        long memoryBytes,
        int answerBytes,
        long stalledNanos,
        long idleNanos) {

    /** Each buffer of a connection, as long as it is idle. */
    static final int SMALL_BYTES = 4 << 10;

    /**
     * What is kept of each buffer of a busy connection while memory is not short: an answer with
     * the 1 MiB that a consumer asks for, or a batch of that size, without growing every time.
     */
    static final int KEPT_BYTES = 2 << 20;

    static final Limits DEFAULT =
            new Limits(
                    1000,
                    32 << 20,
                    512 << 10,
                    12 << 20,
                    256L << 20,
                    16 << 20,
                    TimeUnit.SECONDS.toNanos(30),
                    TimeUnit.MINUTES.toNanos(10));
}
