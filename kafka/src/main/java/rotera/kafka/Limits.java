package rotera.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import rotera.kafka.request.ConnectionBuffers;
import rotera.server.Resources;

/**
 * What clients may take together (docs/kafka.md).
 *
 * @param connections more of them wait; {@link rotera.server.ConnectionLimit} says which make room
 * @param requestBytes of one request, as announced in front of it
 * @param heapBytes of the objects that one request is made of, without records
 * @param allHeapBytes of those of all requests together, beyond some KiB for each connection
 * @param memoryBytes for requests and answers of all connections together, beyond {@link
 *     ConnectionBuffers#SMALL_BYTES} for each
 * @param answerBytes of one fetch; a larger batch goes out alone
 * @param stalledNanos a connection that stops in the middle of a request or an answer for so long
 *     is closed; one that never sent a request is, if others wait
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

    private static final int MAX_CONNECTIONS = 1000;
    private static final long MAX_MEMORY_BYTES = 256L << 20;

    /** What is allowed where nothing is short. */
    static final Limits DEFAULT = of(new Resources(Long.MAX_VALUE, Long.MAX_VALUE), 0);

    /** What the resources allow to a server with so many queues. */
    static Limits of(Resources resources, int queues) {
        long memoryBytes = resources.listenerBytes(MAX_MEMORY_BYTES);
        return new Limits(
                resources.kafkaConnections(MAX_CONNECTIONS, queues),
                // It grows by doubling, and is unpacked.
                (int) (memoryBytes / 8),
                512 << 10,
                12 << 20,
                memoryBytes,
                (int) (memoryBytes / 16),
                TimeUnit.SECONDS.toNanos(30),
                TimeUnit.MINUTES.toNanos(10));
    }

    /** In words, what the resources make less than usual. */
    List<String> lowered(Resources resources) {
        List<String> lines = new ArrayList<>();
        if (connections < MAX_CONNECTIONS)
            lines.add(
                    "at most %d connections instead of %d: the process may open %s files (ulimit -n, LimitNOFILE) and has %d MiB of memory"
                            .formatted(
                                    connections,
                                    MAX_CONNECTIONS,
                                    resources.openFiles(),
                                    resources.memoryBytes() >> 20));
        if (memoryBytes < MAX_MEMORY_BYTES)
            lines.add(
                    "%d MiB for requests and answers instead of %d, so requests of %d KiB at most: the memory is limited to %d MiB"
                            .formatted(
                                    memoryBytes >> 20,
                                    MAX_MEMORY_BYTES >> 20,
                                    requestBytes >> 10,
                                    resources.memoryBytes() >> 20));
        return lines;
    }
}
