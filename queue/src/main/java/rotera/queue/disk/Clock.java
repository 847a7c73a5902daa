package rotera.queue.disk;

/** The time of day; it may jump. */
@FunctionalInterface
public interface Clock {

    Clock SYSTEM = System::currentTimeMillis;

    /** Milliseconds since 1970. */
    long millis();
}
