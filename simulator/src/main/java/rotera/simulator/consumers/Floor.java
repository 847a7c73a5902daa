package rotera.simulator.consumers;

import java.util.Optional;
import rotera.simulator.consumers.Registry.Change;
import rotera.simulator.consumers.Registry.Kind;
import rotera.simulator.consumers.Sector.Consumer;

/**
 * How far oldest may move in a queue that refuses: to the least position of those that protect. A
 * change under way counts where it protects, and does not yet where it frees.
 */
final class Floor {
    private final Registry registry;
    private final PositionTable positions;
    private final Rules rules;

    Floor(Registry registry, PositionTable positions, Rules rules) {
        this.registry = registry;
        this.positions = positions;
        this.rules = rules;
    }

    /** A position; the greatest number if nothing is protected. */
    long position() {
        if (rules.leaveOut(Rule.OLDEST_STAYS_BELOW_THE_FLOOR)) return Long.MAX_VALUE;
        Change change = registry.pending();
        if (change == null) return of(registry.told());
        long floor = Long.MAX_VALUE;
        if (toldCounts(change.kind())) floor = of(registry.told());
        if (nextCounts(change.kind())) floor = Math.min(floor, of(registry.next()));
        return floor;
    }

    private boolean toldCounts(Kind kind) {
        if (registry.stage() > 0
                && rules.leaveOut(Rule.BOTH_COPIES_ARE_DURABLE_BEFORE_ROOM_IS_FREE)) return false;
        return switch (kind) {
            case DELETE -> rules.hold(Rule.A_DELETE_FREES_WHEN_DURABLE);
            case RESET -> rules.hold(Rule.A_RESET_FREES_WHEN_DURABLE);
            case PROTECTION_OFF -> rules.hold(Rule.PROTECTION_OFF_FREES_WHEN_DURABLE);
            case REFUSE_OFF -> rules.hold(Rule.REFUSE_OFF_FREES_WHEN_DURABLE);
            default -> true;
        };
    }

    private boolean nextCounts(Kind kind) {
        return switch (kind) {
            case CREATE -> rules.hold(Rule.A_NEW_CONSUMER_PROTECTS_AT_ONCE);
            case RESET -> rules.hold(Rule.A_RESET_PROTECTS_AT_ONCE);
            case PROTECTION_ON -> rules.hold(Rule.PROTECTION_ON_COUNTS_AT_ONCE);
            case REFUSE_ON -> rules.hold(Rule.REFUSE_ON_COUNTS_AT_ONCE);
            default -> true;
        };
    }

    private long of(Registry.State state) {
        if (!state.refuse()) return Long.MAX_VALUE;
        long floor = Long.MAX_VALUE;
        boolean protects = false;
        for (int slot = 0; slot < Layout.SLOTS; slot++) {
            Optional<Consumer> consumer = state.slots().get(slot);
            if (consumer.isEmpty() || !consumer.get().protects()) continue;
            protects = true;
            floor = Math.min(floor, place(slot, consumer.get()).position());
        }
        if (!protects && rules.leaveOut(Rule.REFUSE_WITHOUT_PROTECTION_OVERWRITES)) return 0;
        return floor;
    }

    private Place place(int slot, Consumer consumer) {
        return rules.hold(Rule.AN_ACKNOWLEDGEMENT_FREES_WHEN_DURABLE)
                ? positions.place(slot, consumer)
                : positions.wanted(slot, consumer);
    }
}
