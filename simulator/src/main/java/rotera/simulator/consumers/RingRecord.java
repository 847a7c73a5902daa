package rotera.simulator.consumers;

/**
 * A record of the ring. Its serial number stands for its bytes. A gap has no messages: it moves the
 * running id.
 *
 * @param committedPosition what was committed when it was written, the proof of the records before
 */
record RingRecord(
        long serial,
        Place begin,
        long nextId,
        boolean gap,
        int units,
        int epoch,
        Part part,
        long committedPosition) {

    /** Which part of its push a record is. */
    record Part(boolean first, boolean last) {}

    long firstId() {
        return begin.id();
    }

    long position() {
        return begin.position();
    }

    Place end() {
        return new Place(nextId, begin.position() + units);
    }

    RingRecord writtenOut(long committed) {
        return new RingRecord(serial, begin, nextId, gap, units, epoch, part, committed);
    }

    @Override
    public String toString() {
        return (gap ? "gap " : "") + "#" + serial + " " + begin + ".." + end() + " epoch " + epoch;
    }
}
