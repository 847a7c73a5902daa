package rotera.kafka.topics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import rotera.kafka.wire.ApiException;
import rotera.kafka.wire.Errors;
import rotera.server.Resources;

/**
 * Until when clients may create topics. Queues that were made in another way count as well.
 *
 * @param topics most queues of the server
 * @param bytes of all their files together
 */
public record TopicLimits(int topics, long bytes) {
    private static final int MAX_TOPICS = 1000;
    private static final int MIN_TOPICS = 8;

    /** A quarter of the files that the process may open, and half of the disk. */
    public static TopicLimits of(Resources resources, Path directory) throws IOException {
        long diskBytes = Files.getFileStore(directory).getTotalSpace();
        return new TopicLimits(
                Math.clamp(resources.openFiles() / 4, MIN_TOPICS, MAX_TOPICS),
                diskBytes <= 0 ? Long.MAX_VALUE : diskBytes / 2);
    }

    /**
     * Checks whether there is room for one more topic of this size.
     *
     * @throws ApiException if there is none
     */
    public void check(Collection<Topic> all, long more) {
        if (all.size() >= topics)
            throw new ApiException(
                    Errors.POLICY_VIOLATION,
                    "the server has %d queues, clients create topics up to %d: delete some, or make the queue with 'rotera create' beside the server"
                            .formatted(all.size(), topics));
        long taken = all.stream().mapToLong(topic -> topic.file().info().fileBytes()).sum();
        if (more > bytes - taken)
            throw new ApiException(
                    Errors.POLICY_VIOLATION,
                    "a topic of %d bytes: all queues of the server have %d bytes, and clients create topics up to %d, half of the disk; ask for a smaller one, delete some, or make the queue with 'rotera create' beside the server"
                            .formatted(more, taken, bytes));
    }
}
