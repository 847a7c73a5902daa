package rotera.queue;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** Of a rot file of this process. */
record FileStatistics(
        long pushed,
        long committed,
        long evicted,
        long skipped,
        OptionalLong syncs,
        Optional<Duration> syncTime)
        implements QueueStatistics {}
