package rotera.queue;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** What has happened to a queue since its object was opened. What is not known there is empty. */
public interface QueueStatistics {

    /** Messages that were pushed: of a queue on a server, those that came through this object. */
    long pushed();

    /** Messages that became durable and readable. */
    long committed();

    /** Messages that were overwritten, or are beyond the number that is shown. */
    long evicted();

    /** Messages that reads and streams of this object came too late for. */
    long skipped();

    /** Syncs of the disk that were made for pushes and commits. */
    OptionalLong syncs();

    /** How long these took, all together. */
    Optional<Duration> syncTime();
}
