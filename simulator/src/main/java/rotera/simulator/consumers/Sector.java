package rotera.simulator.consumers;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a sector holds: it is written whole or not at all. */
sealed interface Sector {

    /** What no checksum fits. */
    record Damaged() implements Sector {}

    /** A header slot. */
    record Header(long sequence, int epoch, Place oldest, Place checkpoint) implements Sector {}

    /** Sector 0 of the registry. */
    record Settings(long sequence, boolean refuse) implements Sector {}

    /**
     * A later sector of the registry.
     *
     * @param committed what was published before it was written
     */
    record Consumers(long sequence, Place committed, List<Optional<Consumer>> slots)
            implements Sector {
        Consumers with(Place nowCommitted, int slot, Optional<Consumer> consumer) {
            List<Optional<Consumer>> changed = new ArrayList<>(slots);
            changed.set(slot, consumer);
            return new Consumers(sequence + 1, nowCommitted, List.copyOf(changed));
        }
    }

    /** A named consumer, as the registry knows it. */
    record Consumer(int name, long incarnation, Place start, boolean protects) {}

    /** A sector of a positions page. */
    record Positions(long sequence, Place committed, List<Optional<Position>> slots)
            implements Sector {}

    /** How far a consumer came. */
    record Position(long incarnation, Place place) {}

    /** A sector of the ring: several small records, or a part of a long one. */
    record Units(List<Optional<Unit>> units) implements Sector {}

    /** The smallest part of a record; part 0 holds its header. */
    record Unit(RingRecord record, int part) {}
}
