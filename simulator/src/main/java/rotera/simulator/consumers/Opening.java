package rotera.simulator.consumers;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import rotera.simulator.consumers.Sector.Consumer;
import rotera.simulator.consumers.Sector.Header;

/** Opens a queue for writing: three syncs, after which positions are shown. */
final class Opening {
    private final SectorDisk disk;
    private final Layout layout;
    private final Rules rules;
    private final Ring ring;
    private final Registry registry;
    private final PositionTable positions;
    private final Recovery.Found found;
    private final Set<Integer> movedUp = new HashSet<>();

    private Opening(SectorDisk disk, Layout layout, Rules rules) {
        this.disk = disk;
        this.layout = layout;
        this.rules = rules;
        this.ring = new Ring(disk, layout);
        this.registry = new Registry(disk, layout, rules);
        this.positions = new PositionTable(disk, layout, rules);
        this.found = new Recovery(disk, layout, rules).run();
    }

    static ModelQueue open(SectorDisk disk, Layout layout, Rules rules, Ledger ledger) {
        return new Opening(disk, layout, rules).run(ledger);
    }

    private ModelQueue run(Ledger ledger) {
        Header header = found.header();
        disk.write(found.slot(), header);
        ring.write(List.copyOf(found.records()));
        if (rules.hold(Rule.AN_OPEN_WIPES_GHOSTS)) wipeGhosts();
        boolean wholeRegistry = rules.hold(Rule.AN_OPEN_WRITES_THE_REGISTRY);
        if (wholeRegistry) registry.write(0);
        boolean early = rules.leaveOut(Rule.NO_PROOF_BEFORE_ITS_END);
        if (rules.hold(Rule.BELOW_OLDEST_BECOMES_OLDEST)) moveUp();
        if (early) writePage();
        disk.sync(Opening::nothing);

        Header second = next(header);
        disk.write(1 - found.slot(), second);
        if (wholeRegistry) registry.write(1);
        if (rules.hold(Rule.AN_OPEN_WRITES_THE_POSITIONS)) writePage();
        disk.sync(Opening::nothing);

        Header third =
                new Header(
                        second.sequence() + 1,
                        second.epoch(),
                        second.oldest(),
                        second.checkpoint());
        disk.write(found.slot(), third);
        if (rules.hold(Rule.AN_OPEN_WRITES_THE_POSITIONS)
                && rules.hold(Rule.AN_OPEN_WRITES_BOTH_PAGES)
                && !early) writePage();
        disk.sync(Opening::nothing);

        List<RingRecord> kept = ring.read(found.oldest(), found.end().position(), rules);
        Headers headers = new Headers(disk, rules, third, second, found.slot());
        return new ModelQueue(
                new ModelQueue.Parts(disk, layout, rules, registry, positions, headers),
                ledger,
                new ModelQueue.Opened(found.end(), kept, Set.copyOf(movedUp)));
    }

    private Header next(Header header) {
        return new Header(header.sequence() + 1, header.epoch() + 1, found.oldest(), found.end());
    }

    private void wipeGhosts() {
        long end = found.oldest().position() + layout.ringUnits();
        for (long position = found.end().position(); position < end; position++)
            if (ring.header(position) != null) ring.wipe(position);
    }

    /** Below oldest in a queue that refuses: the newest position was lost to a device. */
    private void moveUp() {
        Registry.State state = registry.told();
        if (!state.refuse()) return;
        for (int slot = 0; slot < Layout.SLOTS; slot++) {
            Optional<Consumer> consumer = state.slots().get(slot);
            if (consumer.isEmpty() || !consumer.get().protects()) continue;
            Place place = positions.place(slot, consumer.get());
            if (place.id() < found.oldest().id()) {
                positions.set(slot, consumer.get(), found.oldest());
                movedUp.add(consumer.get().name());
            }
        }
    }

    private void writePage() {
        positions.write(registry.told(), found.end());
        positions.durable();
    }

    private static void nothing() {}
}
