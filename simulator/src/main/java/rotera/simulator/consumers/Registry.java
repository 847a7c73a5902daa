package rotera.simulator.consumers;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rotera.simulator.consumers.Sector.Consumer;
import rotera.simulator.consumers.Sector.Consumers;
import rotera.simulator.consumers.Sector.Settings;

/**
 * Whether a full queue refuses, and the names of consumers: two copies, both written for each
 * change.
 */
final class Registry {
    private final SectorDisk disk;
    private final Layout layout;
    private final Rules rules;
    private Settings settings;
    private final List<Consumers> consumers = new ArrayList<>();
    private @Nullable Change pending;
    private int stage;
    private boolean written;

    /** What a registry says. */
    record State(boolean refuse, List<Optional<Consumer>> slots) {}

    /** What a change does. */
    enum Kind {
        CREATE,
        DELETE,
        RESET,
        PROTECTION_ON,
        PROTECTION_OFF,
        REFUSE_ON,
        REFUSE_OFF
    }

    /** A change of one sector; {@code name} is -1 where no consumer is meant. */
    record Change(Kind kind, int name, int sector, Sector content) {}

    Registry(SectorDisk disk, Layout layout, Rules rules) {
        this.disk = disk;
        this.layout = layout;
        this.rules = rules;
        this.settings = newest(layout.settings(0), layout.settings(1), Settings.class);
        for (int i = 0; i < Layout.CONSUMER_SECTORS; i++)
            consumers.add(newest(layout.consumers(0, i), layout.consumers(1, i), Consumers.class));
    }

    private <S extends Sector> S newest(int first, int second, Class<S> type) {
        Sector one = disk.read(first);
        Sector other = disk.read(second);
        if (!type.isInstance(one) && !type.isInstance(other))
            throw new AssertionError("both copies of a sector of the registry are damaged");
        if (!type.isInstance(one)) return type.cast(other);
        if (!type.isInstance(other) || rules.leaveOut(Rule.NEWER_COPY_OF_THE_REGISTRY_COUNTS))
            return type.cast(one);
        return type.cast(sequence(one) >= sequence(other) ? one : other);
    }

    private static long sequence(Sector sector) {
        return sector instanceof Settings settings
                ? settings.sequence()
                : ((Consumers) sector).sequence();
    }

    /** Writes a whole copy, as an opening does. */
    void write(int copy) {
        disk.write(layout.settings(copy), settings);
        for (int i = 0; i < Layout.CONSUMER_SECTORS; i++)
            disk.write(layout.consumers(copy, i), consumers.get(i));
    }

    /** The greatest committed place that any sector names. */
    Place proof() {
        Place proof = Place.BEGIN;
        for (Consumers sector : consumers) proof = proof.max(sector.committed());
        return proof;
    }

    /** What callers were told. */
    State told() {
        return state(settings, consumers);
    }

    /** What holds when the change under way is done. */
    State next() {
        Change change = pending;
        if (change == null) return told();
        if (change.content() instanceof Settings changed) return state(changed, consumers);
        List<Consumers> changed = new ArrayList<>(consumers);
        changed.set(change.sector(), (Consumers) change.content());
        return state(settings, changed);
    }

    private static State state(Settings settings, List<Consumers> consumers) {
        List<Optional<Consumer>> slots = new ArrayList<>();
        consumers.forEach(sector -> slots.addAll(sector.slots()));
        return new State(settings.refuse(), slots);
    }

    /** The slot of a consumer, or the first free one for -1; -1 if there is none. */
    int slot(int name) {
        List<Optional<Consumer>> slots = told().slots();
        for (int slot = 0; slot < slots.size(); slot++)
            if (slots.get(slot).map(Consumer::name).orElse(-1) == name) return slot;
        return -1;
    }

    @Nullable Change pending() {
        return pending;
    }

    int stage() {
        return stage;
    }

    Change begin(Kind kind, int slot, Consumer consumer, Place committed) {
        int sector = slot / Layout.SLOTS_PER_SECTOR;
        Consumers before = consumers.get(sector);
        long sequence = before.sequence() + 1;
        boolean renewed =
                kind == Kind.CREATE
                        || (kind == Kind.RESET && rules.hold(Rule.A_RESET_IS_A_NEW_INCARNATION));
        Consumer kept =
                new Consumer(
                        consumer.name(),
                        renewed ? sequence : consumer.incarnation(),
                        consumer.start(),
                        consumer.protects());
        Optional<Consumer> entry = kind == Kind.DELETE ? Optional.empty() : Optional.of(kept);
        return begin(
                new Change(
                        kind,
                        consumer.name(),
                        sector,
                        before.with(committed, slot % Layout.SLOTS_PER_SECTOR, entry)));
    }

    Change begin(boolean refuse) {
        return begin(
                new Change(
                        refuse ? Kind.REFUSE_ON : Kind.REFUSE_OFF,
                        -1,
                        -1,
                        new Settings(settings.sequence() + 1, refuse)));
    }

    private Change begin(Change change) {
        pending = change;
        stage = 0;
        return change;
    }

    /** Writes the next copy, before a sync. */
    void write() {
        Change change = pending;
        if (change == null) return;
        written = true;
        disk.write(place(change, stage), change.content());
        if (stage == 0 && rules.leaveOut(Rule.EACH_COPY_HAS_ITS_OWN_SYNC))
            disk.write(place(change, 1), change.content());
    }

    private int place(Change change, int copy) {
        return change.sector() < 0
                ? layout.settings(copy)
                : layout.consumers(copy, change.sector());
    }

    /** That sync has returned; returns the change that is done with it. */
    @Nullable Change durable() {
        Change change = pending;
        // One that began during the sync is not on its way yet.
        if (change == null || !written) return null;
        written = false;
        stage++;
        if (stage < 2
                && rules.hold(Rule.BOTH_COPIES_OF_THE_REGISTRY)
                && rules.hold(Rule.EACH_COPY_HAS_ITS_OWN_SYNC)) return null;
        if (change.content() instanceof Settings changed) settings = changed;
        else consumers.set(change.sector(), (Consumers) change.content());
        pending = null;
        return change;
    }
}
