package rotera.simulator.consumers;

import java.util.HashSet;
import java.util.Set;

/** Opens copies of a disk with one sector lost or damaged, and compares what is left. */
final class Faults {
    private final SectorDisk disk;
    private final Layout layout;
    private final Rules rules;
    private final Ledger ledger;

    Faults(SectorDisk disk, Rules rules, Ledger ledger) {
        this.disk = disk;
        this.layout = ledger.layout();
        this.rules = rules;
        this.ledger = ledger;
    }

    /** A lost write, compared with damage to the same sector; returns how often it was opened. */
    int look(int sector, int lostWrites) {
        ModelQueue damaged = open(Fault.of(sector, layout, 0));
        if (lostWrites == 0) return 1;
        Fault fault = Fault.of(sector, layout, lostWrites);
        ModelQueue lost = open(fault);
        Set<Long> serials = new HashSet<>();
        lost.readable().forEach(record -> serials.add(record.serial()));
        for (RingRecord record : damaged.readable())
            if (!serials.contains(record.serial())
                    && record.nextId() > ledger.oldest().id()
                    && record.nextId() <= ledger.committedBefore().id())
                throw new AssertionError(fault + " cost more than damage: " + record);
        return 2;
    }

    private ModelQueue open(Fault fault) {
        SectorDisk copy = disk.copy();
        fault.apply(copy);
        try {
            ModelQueue queue = Opening.open(copy, layout, rules, ledger);
            Check.opened(ledger, queue, fault);
            return queue;
        } catch (AssertionError e) {
            throw new AssertionError("after " + fault + ": " + e.getMessage(), e);
        }
    }
}
