package rotera.simulator.consumers;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import rotera.simulator.consumers.Sector.Consumer;
import rotera.simulator.consumers.Sector.Position;
import rotera.simulator.consumers.Sector.Positions;

/** How far consumers came: one page for all, in two copies that are written alternately. */
final class PositionTable {
    private final SectorDisk disk;
    private final Layout layout;
    private final Rules rules;
    private final List<Optional<Position>> told = empty();
    private final List<Optional<Position>> waiting = empty();
    private final List<Optional<Position>> carried = empty();
    private long sequence;
    private Place proof = Place.BEGIN;

    PositionTable(SectorDisk disk, Layout layout, Rules rules) {
        this.disk = disk;
        this.layout = layout;
        this.rules = rules;
        int newerCopy = sequence(1, 0) > sequence(0, 0) ? 1 : 0;
        for (int sector = 0; sector < Layout.CONSUMER_SECTORS; sector++) {
            for (int copy = 0; copy < 2; copy++) {
                if (rules.hold(Rule.A_NEW_SEQUENCE_IS_GREATER_THAN_ALL))
                    sequence = Math.max(sequence, sequence(copy, sector));
                if (disk.read(layout.positions(copy, sector)) instanceof Positions positions)
                    proof = proof.max(positions.committed());
            }
            int copy = rules.hold(Rule.SECTORS_ARE_COMPARED_ONE_BY_ONE) ? newer(sector) : newerCopy;
            if (disk.read(layout.positions(copy, sector)) instanceof Positions positions)
                for (int i = 0; i < Layout.SLOTS_PER_SECTOR; i++)
                    told.set(sector * Layout.SLOTS_PER_SECTOR + i, positions.slots().get(i));
        }
    }

    private int newer(int sector) {
        if (rules.leaveOut(Rule.THE_GREATER_SEQUENCE_COUNTS))
            return sequence(0, sector) >= 0 ? 0 : 1;
        return sequence(1, sector) > sequence(0, sector) ? 1 : 0;
    }

    private long sequence(int copy, int sector) {
        return disk.read(layout.positions(copy, sector)) instanceof Positions positions
                ? positions.sequence()
                : -1;
    }

    private static List<Optional<Position>> empty() {
        return new ArrayList<>(Collections.nCopies(Layout.SLOTS, Optional.empty()));
    }

    /** The greatest committed place that any sector names. */
    Place proof() {
        return proof;
    }

    /** How far this consumer is known to have come. */
    Place place(int slot, Consumer consumer) {
        Optional<Position> position = told.get(slot);
        if (position.isEmpty() || !belongs(position.get(), consumer))
            return rules.hold(Rule.A_START_COUNTS_AS_POSITION) ? consumer.start() : Place.BEGIN;
        return consumer.start().max(position.get().place());
    }

    private boolean belongs(Position position, Consumer consumer) {
        return position.incarnation() == consumer.incarnation()
                || rules.leaveOut(Rule.A_POSITION_HAS_ITS_INCARNATION);
    }

    /** The place that it asked for, or that it is known to have come to. */
    Place wanted(int slot, Consumer consumer) {
        Place place = place(slot, consumer);
        for (List<Optional<Position>> each : List.of(waiting, carried))
            if (each.get(slot).isPresent() && belongs(each.get(slot).get(), consumer))
                place = place.max(each.get(slot).get().place());
        return place;
    }

    void acknowledge(int slot, Consumer consumer, Place place) {
        waiting.set(slot, Optional.of(new Position(consumer.incarnation(), place)));
    }

    /** Takes this place at once, without a write. */
    void set(int slot, Consumer consumer, Place place) {
        told.set(slot, Optional.of(new Position(consumer.incarnation(), place)));
    }

    boolean waits() {
        return waiting.stream().anyMatch(Optional::isPresent);
    }

    /** Writes all positions into the older copy, before a sync. */
    void write(Registry.State registry, Place committed) {
        sequence++;
        int copy = rules.hold(Rule.PAGES_ARE_WRITTEN_ALTERNATELY) ? (int) (sequence % 2) : 0;
        List<Optional<Position>> page = empty();
        for (int slot = 0; slot < Layout.SLOTS; slot++) {
            boolean changed = waiting.get(slot).isPresent();
            if (changed || rules.hold(Rule.A_PAGE_HOLDS_ALL_POSITIONS))
                page.set(slot, entry(slot, registry.slots().get(slot)));
        }
        for (int slot = 0; slot < Layout.SLOTS; slot++) {
            carried.set(slot, page.get(slot));
            waiting.set(slot, Optional.empty());
        }
        writeSectors(copy, page, committed);
    }

    private Optional<Position> entry(int slot, Optional<Consumer> consumer) {
        if (rules.hold(Rule.AN_ENTRY_STAYS_UNTIL_THE_NEXT_INCARNATION_ACKNOWLEDGES)
                && !acknowledged(slot, consumer)) return told.get(slot);
        return consumer.map(known ->
                new Position(
                        known.incarnation(),
                        waiting.get(slot).isPresent()
                                        && rules.leaveOut(Rule.A_POSITION_NEVER_GOES_BACK)
                                ? waiting.get(slot).get().place()
                                : wanted(slot, known)));
    }

    private boolean acknowledged(int slot, Optional<Consumer> consumer) {
        return consumer.isPresent()
                && (told.get(slot).filter(one -> belongs(one, consumer.get())).isPresent()
                        || waiting.get(slot)
                                .filter(one -> belongs(one, consumer.get()))
                                .isPresent());
    }

    private void writeSectors(int copy, List<Optional<Position>> page, Place committed) {
        for (int sector = 0; sector < Layout.CONSUMER_SECTORS; sector++) {
            int first = sector * Layout.SLOTS_PER_SECTOR;
            disk.write(
                    layout.positions(copy, sector),
                    new Positions(
                            sequence,
                            committed,
                            List.copyOf(page.subList(first, first + Layout.SLOTS_PER_SECTOR))));
        }
    }

    /** The sync of the page has returned. */
    void durable() {
        for (int slot = 0; slot < Layout.SLOTS; slot++) {
            if (carried.get(slot).isPresent()) told.set(slot, carried.get(slot));
            carried.set(slot, Optional.empty());
            if (rules.hold(Rule.ONLY_WHAT_THE_PAGE_HOLDS_IS_ACKNOWLEDGED)) continue;
            if (waiting.get(slot).isPresent()) told.set(slot, waiting.get(slot));
        }
    }
}
