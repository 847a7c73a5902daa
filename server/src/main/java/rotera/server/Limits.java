package rotera.server;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What the clients of a server may take of it together (docs/protocol.md).
 *
 * @param connections more of them wait; {@link ConnectionLimit} says which make room
 * @param ordinaryBytes for requests that fit the buffer of the loop, as long as they are not whole
 * @param largeBytes for larger ones; one may go beyond it
 * @param replyBytes for replies that are not taken; one message may go beyond it
 * @param stalledNanos who keeps others waiting for memory without moving for this long is closed
 */
record Limits(
        int connections, long ordinaryBytes, long largeBytes, long replyBytes, long stalledNanos) {
    static final int MAX_CONNECTIONS = 10_000;
    private static final long MAX_BYTES = 384L << 20;

    /** What the resources allow to a server with so many queues. */
    static Limits of(Resources resources, int queues) {
        long bytes = resources.listenerBytes(MAX_BYTES);
        return new Limits(
                resources.nativeConnections(MAX_CONNECTIONS, queues),
                bytes / 3,
                bytes / 2,
                bytes / 6,
                TimeUnit.SECONDS.toNanos(30));
    }

    /** In words, what the resources make less than usual. */
    List<String> lowered(Resources resources) {
        List<String> lines = new ArrayList<>();
        if (connections < MAX_CONNECTIONS)
            lines.add(
                    "at most %d connections instead of %d: the process may open %s files (ulimit -n, LimitNOFILE) and has %s of memory"
                            .formatted(
                                    connections,
                                    MAX_CONNECTIONS,
                                    resources.openFiles(),
                                    mebibytes(resources.memoryBytes())));
        long bytes = ordinaryBytes + largeBytes + replyBytes;
        if (bytes + 3 < MAX_BYTES)
            lines.add(
                    "%s for requests and replies instead of %s: the memory is limited to %s"
                            .formatted(
                                    mebibytes(bytes),
                                    mebibytes(MAX_BYTES),
                                    mebibytes(resources.memoryBytes())));
        return lines;
    }

    private static String mebibytes(long bytes) {
        return (bytes >> 20) + " MiB";
    }
}
