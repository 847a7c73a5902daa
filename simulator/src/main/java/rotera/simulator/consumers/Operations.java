package rotera.simulator.consumers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import rotera.simulator.consumers.ModelQueue.Push;

/** Does what an operation says, with sizes, names and ids that are chosen. */
final class Operations {
    private static final int NAMES = 3;
    private static final int MOST_UNITS = 3;

    private final ModelQueue queue;
    private final Ledger ledger;
    private final IntUnaryOperator choice;
    private final Consumer<String> trace;

    /** {@code choice} takes a bound and returns less; 0 is what is simplest. */
    Operations(ModelQueue queue, Ledger ledger, IntUnaryOperator choice, Consumer<String> trace) {
        this.queue = queue;
        this.ledger = ledger;
        this.choice = choice;
        this.trace = trace;
    }

    void run(Operation operation) {
        if (queue.isSyncing() && !operation.needsNoSync()) return;
        switch (operation) {
            case PUSH -> push(new Push(List.of(units()), List.of(messages()), false));
            case PUSH_LONG -> push(longPush());
            case PUSH_GAP -> push(new Push(List.of(1), List.of(1 + choice.applyAsInt(5)), true));
            case WRITE_OUT -> writeOut();
            case COMMIT -> commit();
            case ACKNOWLEDGE_ALL -> acknowledge(queue.committed().id() + choice.applyAsInt(3));
            case ACKNOWLEDGE_SOME -> acknowledge(someId());
            case FLUSH -> flush();
            case CREATE -> create();
            case REFUSE -> change("refuse", queue.refuse(!queue.registry().told().refuse()));
            case DELETE, RESET, PROTECT -> changeOne(operation);
            case FINISH_CHANGE -> queue.finishChange();
            case REST -> rest();
        }
    }

    private int units() {
        return MOST_UNITS - choice.applyAsInt(MOST_UNITS);
    }

    private int messages() {
        return 2 - choice.applyAsInt(2);
    }

    private Push longPush() {
        List<Integer> units = new ArrayList<>();
        List<Integer> messages = new ArrayList<>();
        int parts = 2 + choice.applyAsInt(2);
        int left = ledger.layout().uncommittedUnits();
        for (int i = 0; i < parts && left > 0; i++) {
            int one = Math.min(left, 1 + choice.applyAsInt(2));
            left -= one;
            units.add(one);
            messages.add(messages());
        }
        return new Push(units, messages, false);
    }

    private void push(Push push) {
        ledger.pushBegins();
        boolean during = queue.isSyncing();
        boolean accepted = queue.push(push);
        trace.accept("push " + push + (accepted ? "" : " refused") + ", next " + queue.next());
        if (!accepted && !during) ledger.refused(push.allUnits(), queue.next());
    }

    private void writeOut() {
        queue.writeOut();
        trace.accept("written, not committed");
    }

    private void commit() {
        queue.commit(choice.applyAsInt(3) != 1);
        trace.accept("commit, committed " + queue.committed());
    }

    private void flush() {
        Place oldest = queue.oldest();
        queue.flush();
        trace.accept("acknowledgements are durable");
        if (!oldest.equals(queue.oldest()))
            throw new AssertionError("an acknowledgement moved oldest to " + queue.oldest());
    }

    private void rest() {
        Map<Integer, Known> asked = ledger.snapshot();
        queue.rest();
        ledger.rested(asked);
        trace.accept("rest, committed " + queue.committed());
    }

    private long someId() {
        long from = queue.oldest().id();
        long until = queue.next().id();
        return from + choice.applyAsInt((int) (until - from + 1));
    }

    private void acknowledge(long id) {
        int slot = slot();
        if (slot < 0) return;
        queue.acknowledge(slot, id);
        trace.accept("slot " + slot + " acknowledges all below " + id);
    }

    private void create() {
        int name = choice.applyAsInt(NAMES);
        long id = choice.applyAsInt(2) == 0 ? queue.oldest().id() - choice.applyAsInt(6) : someId();
        boolean protects = choice.applyAsInt(4) != 3;
        change("create " + name + " at " + id, queue.create(name, id, protects));
    }

    private void changeOne(Operation operation) {
        int slot = slot();
        if (slot < 0) return;
        sector(operation, slot);
    }

    private void sector(Operation operation, int slot) {
        switch (operation) {
            case DELETE -> change("delete slot " + slot, queue.delete(slot));
            case RESET -> {
                long id = choice.applyAsInt(2) == 0 ? queue.oldest().id() : someId();
                change("reset slot " + slot + " to " + id, queue.reset(slot, id));
            }
            default -> {
                boolean on = !consumer(slot).orElseThrow().protects();
                change("protect slot " + slot + ": " + on, queue.protect(slot, on));
            }
        }
    }

    private void change(String what, boolean begun) {
        if (!begun) return;
        trace.accept(what);
        if (!queue.isSyncing() && choice.applyAsInt(3) != 2) {
            queue.finishChange();
            trace.accept("changed");
        }
    }

    /** A slot with a consumer; -1 if there is none. */
    private int slot() {
        List<Integer> used = new ArrayList<>();
        for (int slot = 0; slot < Layout.SLOTS; slot++)
            if (consumer(slot).isPresent()) used.add(slot);
        return used.isEmpty() ? -1 : used.get(choice.applyAsInt(used.size()));
    }

    private Optional<Sector.Consumer> consumer(int slot) {
        return queue.registry().told().slots().get(slot);
    }
}
