package rotera.kafka.topics;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.ApiException;
import rotera.kafka.wire.Errors;
import rotera.queue.QueueException;
import rotera.server.Log;

/** Something that may fail; the client is told why then. */
interface Attempt {
    void run() throws IOException;

    /** Why it failed, for the response. */
    record Failure(Errors error, @Nullable String message) {}

    /** Runs it; empty if it did not fail. */
    static Optional<Failure> of(Attempt attempt, Log log) {
        try {
            attempt.run();
            return Optional.empty();
        } catch (ApiException e) {
            return Optional.of(new Failure(e.error, e.getMessage()));
        } catch (QueueException | IOException e) {
            log.warn(String.valueOf(e.getMessage()));
            return Optional.of(new Failure(Errors.KAFKA_STORAGE_ERROR, e.getMessage()));
        }
    }
}
