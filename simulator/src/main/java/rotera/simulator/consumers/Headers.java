package rotera.simulator.consumers;

import org.jspecify.annotations.Nullable;
import rotera.simulator.consumers.Sector.Header;

/** The two header slots, written alternately. */
final class Headers {
    private final SectorDisk disk;
    private final Rules rules;
    private Header newest;
    private int newestSlot;
    private @Nullable Header written;

    Headers(SectorDisk disk, Rules rules, Header newest, Header other, int newestSlot) {
        this.disk = disk;
        this.rules = rules;
        this.newest = newest;
        this.newestSlot = newestSlot;
        if (other.sequence() >= newest.sequence())
            throw new AssertionError("the slots are mixed up");
    }

    /** The newest that is durable. */
    Header durable() {
        return newest;
    }

    int epoch() {
        return newest.epoch();
    }

    /** The furthest place that the next header may name as oldest: the other slot's checkpoint. */
    Place limit(Place committed) {
        return rules.hold(Rule.OLDEST_IS_BEHIND_THE_OTHER_CHECKPOINT)
                ? newest.checkpoint()
                : committed;
    }

    /** Writes the older slot, before a sync. */
    void write(Place oldest, Place checkpoint) {
        Header header = new Header(newest.sequence() + 1, newest.epoch(), oldest, checkpoint);
        disk.write(1 - newestSlot, header);
        written = header;
    }

    /** That sync has returned. */
    void madeDurable() {
        Header header = written;
        if (header == null) return;
        newest = header;
        newestSlot = 1 - newestSlot;
        written = null;
    }
}
