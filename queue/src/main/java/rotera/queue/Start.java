package rotera.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** Where a stream starts. */
public sealed interface Start {

    /** At the oldest message that is kept. */
    record Oldest() implements Start {}

    /** Behind the last committed message: only what comes from now on. */
    record End() implements Start {}

    /**
     * At a message; below the oldest it starts at the oldest and tells how many were missed; beyond
     * the end it waits.
     */
    record Id(long id) implements Start {
        public Id {
            if (id < 0)
                throw new IllegalArgumentException("id=" + id + " is negative: ids begin at 0");
        }
    }

    /** At the first message that was pushed at this time (in milliseconds) or later. */
    record Time(Instant time) implements Start {

        /** Milliseconds since 1970; 0 or the largest number for what lies outside. */
        long millis() {
            Duration since = Duration.between(Instant.EPOCH, time);
            return Math.max(0, TimeUnit.MILLISECONDS.convert(since));
        }
    }

    static Start oldest() {
        return new Oldest();
    }

    static Start end() {
        return new End();
    }

    static Start id(long id) {
        return new Id(id);
    }

    static Start time(Instant time) {
        return new Time(time);
    }
}
