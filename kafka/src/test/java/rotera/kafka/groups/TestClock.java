package rotera.kafka.groups;

/** A time that stands still until it is told to go on, and then visits each deadline on its way. */
final class TestClock {
    private long nanos;

    long nanos() {
        return nanos;
    }

    void advance(GroupCoordinator coordinator, long millis) {
        long until = nanos + millis * 1_000_000;
        for (long next = coordinator.expire(); next <= until; next = coordinator.expire())
            nanos = Math.max(nanos, next);
        nanos = until;
    }
}
