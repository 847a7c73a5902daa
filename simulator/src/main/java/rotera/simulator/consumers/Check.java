package rotera.simulator.consumers;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;
import rotera.simulator.consumers.Layout.Area;
import rotera.simulator.consumers.Sector.Consumer;

/** Compares a queue with what its users were told. */
final class Check {
    private final Ledger ledger;
    private final ModelQueue queue;
    private final @Nullable Fault fault;

    private Check(Ledger ledger, ModelQueue queue, @Nullable Fault fault) {
        this.ledger = ledger;
        this.queue = queue;
        this.fault = fault;
    }

    /** After an opening; {@code fault} is what a device did before. */
    static void opened(Ledger ledger, ModelQueue queue, @Nullable Fault fault) {
        Check check = new Check(ledger, queue, fault);
        check.end();
        check.records();
        check.consumers();
    }

    /** While a queue is used. */
    static void used(Ledger ledger, ModelQueue queue) {
        Check check = new Check(ledger, queue, null);
        check.records();
        check.shown();
    }

    private void end() {
        Place end = queue.committed();
        require(
                end.position() - queue.oldest().position() <= ledger.layout().ringUnits(),
                "from %s to %s is more than the ring",
                queue.oldest(),
                end);
        require(end.id() <= ledger.end().id(), "the end %s is beyond what was pushed", end);
        if (Fault.isIn(fault, Area.RING)) {
            for (Known known : ledger.consumers().values())
                require(
                        end.id() >= known.told,
                        "the end is %s, and %d is acknowledged",
                        end,
                        known.told);
            return;
        }
        require(
                end.id() >= ledger.committed().id(),
                "the end is %s, and %s is committed",
                end,
                ledger.committed());
        boolean boundary = end.equals(ledger.committed());
        for (RingRecord record : ledger.pushed())
            boundary |= record.part().last() && record.end().equals(end);
        require(boundary, "the end %s is not that of a push", end);
    }

    private void records() {
        Place oldest = queue.oldest();
        require(
                oldest.id() <= ledger.oldest().id(),
                "oldest is %s, and %s was told",
                oldest,
                ledger.oldest());
        List<RingRecord> readable = queue.readable();
        Set<Long> serials = new HashSet<>();
        readable.forEach(record -> serials.add(record.serial()));
        for (RingRecord record : ledger.pushed()) {
            if (record.position() < oldest.position()
                    || record.end().position() > queue.committed().position()) continue;
            require(serials.remove(record.serial()) || mayBeMissing(record), "%s is lost", record);
        }
        require(serials.isEmpty(), "read is what was never committed there: %s", readable);
    }

    private boolean mayBeMissing(RingRecord record) {
        if (Fault.isIn(fault, Area.HEADER)) return record.nextId() <= ledger.oldest().id();
        if (fault == null || !Fault.isIn(fault, Area.RING)) return false;
        if (record.firstId() >= ledger.committed().id()) return true;
        for (int part = 0; part < record.units(); part++)
            if (ledger.layout().ring(record.position() + part) == fault.sector()) return true;
        return false;
    }

    private void consumers() {
        Registry.State state = queue.registry().told();
        boolean refuse = state.refuse();
        require(
                refuse == ledger.refuse() || refuse == ledger.nextRefuse(),
                "refuse is %s, and %s was told",
                refuse,
                ledger.refuse());
        Set<Integer> missing = new HashSet<>(ledger.consumers().keySet());
        for (int slot = 0; slot < Layout.SLOTS; slot++) {
            Optional<Consumer> consumer = state.slots().get(slot);
            if (consumer.isEmpty()) continue;
            missing.remove(consumer.get().name());
            consumer(consumer.get(), queue.position(slot, consumer.get()));
            require(
                    !refuse
                            || !consumer.get().protects()
                            || !queue.isOvertaken(slot, consumer.get()),
                    "%s is told that it was overtaken",
                    consumer.get());
        }
        for (int name : missing) require(ledger.next(name).isEmpty(), "consumer %d is lost", name);
        require(
                queue.movedUp().isEmpty() || Fault.isIn(fault, Area.POSITIONS),
                "oldest passed the positions of %s",
                queue.movedUp());
    }

    private void consumer(Consumer found, Place position) {
        Known known = ledger.consumers().get(found.name());
        Optional<Consumer> next = ledger.next(found.name());
        boolean told = known != null && known.consumer.equals(found);
        require(told || next.filter(found::equals).isPresent(), "nobody was told of %s", found);
        long least = found.start().id();
        long most = least;
        if (known != null
                && known.consumer.incarnation() == found.incarnation()
                && known.consumer.start().equals(found.start())) {
            least = Fault.isIn(fault, Area.POSITIONS) ? known.before : known.told;
            most = known.submitted;
        }
        require(position.id() >= least, "%s is at %s, and %d is told", found, position, least);
        require(position.id() <= most, "%s is at %s, beyond %d", found, position, most);
        require(
                position.id() <= queue.committed().id(),
                "%s is at %s, beyond the end %s",
                found,
                position,
                queue.committed());
    }

    private void shown() {
        Registry.State state = queue.registry().told();
        for (int slot = 0; slot < Layout.SLOTS; slot++) {
            Optional<Consumer> consumer = state.slots().get(slot);
            if (consumer.isEmpty()) continue;
            Known known = ledger.consumers().get(consumer.get().name());
            if (known == null) continue;
            long shown = queue.position(slot, consumer.get()).id();
            require(shown >= known.shown, "%s went back to %d", consumer.get(), shown);
            known.shown = shown;
        }
    }

    /** Each {@code %s} or {@code %d} of the message stands for a figure. */
    private static void require(boolean holds, String message, Object... figures) {
        if (holds) return;
        String text = message;
        for (Object figure : figures)
            text = text.replaceFirst("%[sd]", Matcher.quoteReplacement(String.valueOf(figure)));
        throw new AssertionError(text);
    }
}
