package rotera.bench;

import java.time.Duration;

/** When a producer commits. At its end it always does. */
public sealed interface CommitPolicy {

    /** After each batch, which counts as done when its commit has returned. */
    record Each() implements CommitPolicy {}

    /** Whenever this much time has gone by; a batch is done when its push has returned. */
    record Every(Duration time) implements CommitPolicy {}

    /** Only at the end; a batch is done when its push has returned. */
    record AtEnd() implements CommitPolicy {}
}
