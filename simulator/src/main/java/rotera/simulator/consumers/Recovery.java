package rotera.simulator.consumers;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import rotera.simulator.consumers.Sector.Header;

/** Finds the end of a queue. */
final class Recovery {
    private final SectorDisk disk;
    private final Layout layout;
    private final Rules rules;
    private final Ring ring;
    private final Place proof;
    private final List<RingRecord> found = new ArrayList<>();
    private final int slot;
    private final Header header;
    private final boolean otherIsDamaged;
    private Place end;

    /**
     * What was found.
     *
     * @param slot the header slot that counts
     * @param records the records behind its checkpoint
     */
    record Found(int slot, Header header, Place oldest, Place end, List<RingRecord> records) {}

    Recovery(SectorDisk disk, Layout layout, Rules rules) {
        this.disk = disk;
        this.layout = layout;
        this.rules = rules;
        this.ring = new Ring(disk, layout);
        Header first = disk.read(0) instanceof Header header ? header : null;
        Header second = disk.read(1) instanceof Header header ? header : null;
        if (first != null && (second == null || first.sequence() > second.sequence())) {
            this.slot = 0;
            this.header = first;
        } else if (second != null) {
            this.slot = 1;
            this.header = second;
        } else throw new AssertionError("no header slot is valid");
        this.otherIsDamaged = first == null || second == null;
        this.end = header.checkpoint();
        this.proof = proof();
    }

    private Place proof() {
        Place proven = Place.BEGIN;
        if (rules.hold(Rule.THE_PAGE_PROVES_THE_END))
            proven = new PositionTable(disk, layout, rules).proof();
        return rules.hold(Rule.THE_REGISTRY_PROVES_THE_END)
                ? proven.max(new Registry(disk, layout, rules).proof())
                : proven;
    }

    Found run() {
        Place at = walk();
        return new Found(slot, header, oldest(at.position()), end, found);
    }

    private Place walk() {
        Place at = header.checkpoint();
        while (true) {
            RingRecord record = ofThisRun(at.position());
            if (record != null && record.firstId() == at.id()) {
                found.add(record);
                at = record.end();
                if (record.part().last()) end = at;
                continue;
            }
            Place behind = behindDamage(at);
            if (behind == null) return at;
            at = behind;
            end = behind;
        }
    }

    /** A whole record of this epoch. */
    private @Nullable RingRecord ofThisRun(long position) {
        if (position >= bound()) return null;
        RingRecord record = ring.whole(position);
        return record != null
                        && record.epoch() == header.epoch()
                        && record.end().position() <= bound()
                ? record
                : null;
    }

    private long bound() {
        boolean byCheckpoint = otherIsDamaged || rules.hold(Rule.WALK_IS_BOUNDED_BY_THE_CHECKPOINT);
        return layout.ringUnits()
                + (byCheckpoint ? header.checkpoint() : header.oldest()).position();
    }

    /** Where to go on if something proves that this place was committed. */
    private @Nullable Place behindDamage(Place at) {
        RingRecord next = null;
        RingRecord proving = null;
        for (long position = at.position() + 1; position < bound(); position++) {
            RingRecord head = ring.header(position);
            if (head == null || head.epoch() != header.epoch()) continue;
            if (head.committedPosition() > at.position()) proving = head;
            if (next == null && head.firstId() >= at.id()) next = ofThisRun(position);
        }
        boolean proven = at.isBefore(proof);
        if (proving == null && !proven) return null;
        if (next != null && (proving != null || next.position() <= proof.position()))
            return next.begin();
        if (proven) return proof;
        return proving == null ? null : proving.begin();
    }

    private Place oldest(long walkedTo) {
        Place oldest = header.oldest();
        long overwritten = walkedTo - layout.ringUnits();
        boolean lost =
                oldest.position() < overwritten && rules.hold(Rule.A_LOST_HEADER_MOVES_OLDEST);
        if (lost) return firstIntact(overwritten);
        boolean gone =
                otherIsDamaged
                        && oldest.isBefore(header.checkpoint())
                        && ring.whole(oldest.position()) == null;
        return gone ? firstIntact(oldest.position()) : oldest;
    }

    private Place firstIntact(long from) {
        for (long position = from; position < header.checkpoint().position(); position++) {
            RingRecord record = ring.whole(position);
            if (record != null && record.firstId() <= header.checkpoint().id())
                return record.begin();
        }
        return header.checkpoint();
    }
}
