package rotera.client;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import rotera.queue.QueueStatistics;

/** Of a queue on a server: its syncs are not known. */
record RemoteStatistics(long pushed, long committed, long evicted, long skipped)
        implements QueueStatistics {
    @Override
    public OptionalLong syncs() {
        return OptionalLong.empty();
    }

    @Override
    public Optional<Duration> syncTime() {
        return Optional.empty();
    }
}
