package rotera.simulator.consumers;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import rotera.simulator.consumers.Registry.Change;
import rotera.simulator.consumers.Registry.Kind;
import rotera.simulator.consumers.Sector.Consumer;

/**
 * A queue that is open for writing. Every sync is a round: it carries what is staged, the header
 * that is due, the page of positions and the next copy of the registry.
 */
final class ModelQueue {
    private static final int MOST_ROUNDS = 12;

    private final SectorDisk disk;
    private final Layout layout;
    private final Rules rules;
    private final Ring ring;
    private final Registry registry;
    private final PositionTable positions;
    private final Headers headers;
    private final Floor floor;
    private final Ledger ledger;

    /** From the oldest of the last durable header on, whole records, also those that are staged. */
    private final List<RingRecord> records;

    private final List<RingRecord> staged = new ArrayList<>();
    private final Set<Integer> movedUp;
    private Place oldest;
    private Place committed;
    private Place next;
    private Runnable meanwhile = () -> {};
    private boolean syncing;
    private boolean movedPositionsWait;

    /** Whether a round carries something. */
    private enum Carries {
        NO,
        IF_DUE,
        YES
    }

    /** What an opening prepares. */
    record Parts(
            SectorDisk disk,
            Layout layout,
            Rules rules,
            Registry registry,
            PositionTable positions,
            Headers headers) {}

    /**
     * What an opening found.
     *
     * @param movedUp consumers whose newest position was lost to a device, as it says
     */
    record Opened(Place end, List<RingRecord> kept, Set<Integer> movedUp) {}

    /** What a push is made of: sizes of records, or one gap. */
    record Push(List<Integer> units, List<Integer> messages, boolean gap) {
        int allUnits() {
            return units.stream().mapToInt(Integer::intValue).sum();
        }
    }

    ModelQueue(Parts parts, Ledger ledger, Opened opened) {
        this.disk = parts.disk();
        this.layout = parts.layout();
        this.rules = parts.rules();
        this.ring = new Ring(disk, layout);
        this.registry = parts.registry();
        this.positions = parts.positions();
        this.headers = parts.headers();
        this.floor = new Floor(registry, positions, rules);
        this.ledger = ledger;
        this.records = new ArrayList<>(opened.kept());
        this.oldest = headers.durable().oldest();
        this.committed = opened.end();
        this.next = opened.end();
        this.movedUp = opened.movedUp();
    }

    /** What others do during each sync. */
    void meanwhile(Runnable others) {
        meanwhile = others;
    }

    Place oldest() {
        return oldest;
    }

    Place committed() {
        return committed;
    }

    Set<Integer> movedUp() {
        return movedUp;
    }

    Place next() {
        return next;
    }

    boolean isSyncing() {
        return syncing;
    }

    Registry registry() {
        return registry;
    }

    /** The position that a consumer is shown. */
    Place position(int slot, Consumer consumer) {
        Place place = positions.place(slot, consumer);
        return registry.told().refuse() && consumer.protects() ? place.max(oldest) : place;
    }

    /** Whether a consumer is told that messages were overwritten before it took them. */
    boolean isOvertaken(int slot, Consumer consumer) {
        return positions.place(slot, consumer).id() < oldest.id();
    }

    /** What a reader finds from oldest on. */
    List<RingRecord> readable() {
        return ring.read(oldest, committed.position(), rules);
    }

    /**
     * Stages a push; false if the queue is full and refuses it. During a sync, false also if it
     * would have to wait.
     */
    boolean push(Push push) {
        int units = push.allUnits();
        boolean commits =
                next.position() - committed.position() + units > layout.uncommittedUnits();
        if (syncing && (commits || free() < units)) return false;
        if (commits) round(Carries.IF_DUE, Carries.NO);
        if (!makeRoom(units)) {
            if (rules.leaveOut(Rule.A_REFUSED_PUSH_STAGES_NOTHING))
                next = new Place(next.id() + 1, next.position());
            return false;
        }
        stage(push);
        return true;
    }

    private void stage(Push push) {
        List<RingRecord> parts = new ArrayList<>();
        for (int i = 0; i < push.units().size(); i++) {
            RingRecord.Part part = new RingRecord.Part(i == 0, i == push.units().size() - 1);
            RingRecord record =
                    new RingRecord(
                            ledger.nextSerial(),
                            next,
                            next.id() + push.messages().get(i),
                            push.gap(),
                            push.units().get(i),
                            headers.epoch(),
                            part,
                            committed.position());
            parts.add(record);
            next = record.end();
        }
        staged.addAll(parts);
        records.addAll(parts);
        ledger.pushed(parts);
    }

    private boolean makeRoom(int units) {
        for (int rounds = 0; rounds < MOST_ROUNDS; rounds++) {
            if (free() >= units) return true;
            if (rules.hold(Rule.A_POSITION_PASSES_THE_GAPS_BEHIND_IT)) passGaps();
            boolean nothingWaits = staged.isEmpty() && committed.equals(next) && !positions.waits();
            if (rules.leaveOut(Rule.WAITING_ACKNOWLEDGEMENTS_GO_FIRST))
                nothingWaits = committed.equals(next);
            boolean lastHeader =
                    headers.durable().oldest().position()
                            >= goal(Long.MAX_VALUE, committed).position();
            if (rules.leaveOut(Rule.REFUSED_AFTER_THE_LAST_HEADER)) lastHeader |= rounds > 0;
            if (nothingWaits && lastHeader && floor.position() != Long.MAX_VALUE) return false;
            round(
                    Carries.YES,
                    rules.hold(Rule.WAITING_ACKNOWLEDGEMENTS_GO_FIRST)
                            ? Carries.IF_DUE
                            : Carries.NO);
        }
        throw new AssertionError("a push of " + units + " units goes on waiting for room");
    }

    /** What is acknowledged up to a gap is acknowledged up to its end. */
    private void passGaps() {
        for (int slot = 0; slot < Layout.SLOTS; slot++) {
            Optional<Consumer> consumer = registry.told().slots().get(slot);
            if (consumer.isPresent())
                acknowledge(slot, positions.wanted(slot, consumer.get()).id());
        }
    }

    private long free() {
        Place freed =
                rules.hold(Rule.ROOM_IS_WHAT_A_DURABLE_HEADER_FREES)
                        ? headers.durable().oldest()
                        : oldest;
        return freed.position() + layout.ringUnits() - next.position();
    }

    /** The first begin of a record at or behind this position that oldest may move to. */
    private Place goal(long wanted, Place limit) {
        long most = Math.min(floor.position(), Math.min(limit.position(), committed.position()));
        Place goal = oldest;
        for (RingRecord record : records) {
            if (goal.position() >= wanted || record.position() > most) break;
            goal = goal.max(record.begin());
        }
        return goal.position() < wanted && committed.position() <= most ? committed : goal;
    }

    /** Makes what was pushed before durable. */
    void commit(boolean withPage) {
        round(Carries.IF_DUE, withPage ? Carries.IF_DUE : Carries.NO);
    }

    /** A sync of its own for acknowledgements. */
    void flush() {
        if (positions.waits()) round(Carries.NO, Carries.YES);
    }

    /** Writes a header whose checkpoint is the end, and what is older into the other page. */
    void rest() {
        round(Carries.IF_DUE, Carries.IF_DUE);
        round(
                Carries.YES,
                rules.hold(Rule.A_REST_WRITES_THE_OTHER_PAGE) ? Carries.YES : Carries.NO);
    }

    private void round(Carries header, Carries page) {
        Place target = writeOut();
        if (header == Carries.YES || (header == Carries.IF_DUE && headerIsDue())) writeHeader();
        boolean withMoved = movedPositionsWait;
        boolean withPage =
                withMoved || page == Carries.YES || (page == Carries.IF_DUE && positions.waits());
        if (withPage) writePage(target);
        boolean withRegistry = !withMoved || rules.leaveOut(Rule.MOVED_POSITIONS_ARE_DURABLE_FIRST);
        if (withRegistry) registry.write();
        ledger.syncBegins();
        syncing = true;
        try {
            disk.sync(meanwhile);
        } catch (SectorDisk.SyncFailed e) {
            if (withPage && rules.leaveOut(Rule.A_FAILED_SYNC_FREEZES_POSITIONS)) acknowledge();
            throw e;
        } finally {
            syncing = false;
        }
        if (withMoved) movedPositionsWait = false;
        published(target, withPage);
        if (withRegistry) changed();
    }

    /** Writes what is staged, before the commit that covers it. */
    Place writeOut() {
        List<RingRecord> out =
                staged.stream().map(record -> record.writtenOut(committed.position())).toList();
        ring.write(out);
        if (!out.isEmpty()) ledger.writtenOut();
        staged.clear();
        return next;
    }

    private boolean headerIsDue() {
        return committed.position() - headers.durable().checkpoint().position()
                        > layout.checkpointUnits()
                || free() < 2L * layout.uncommittedUnits();
    }

    private void writeHeader() {
        long reserve = 2L * layout.uncommittedUnits();
        Place moved =
                goal(next.position() + reserve - layout.ringUnits(), headers.limit(committed));
        boolean first = rules.hold(Rule.OLDEST_IS_PUBLISHED_BEFORE_ITS_HEADER);
        if (first) publishOldest(moved);
        headers.write(moved, committed);
    }

    private void publishOldest(Place moved) {
        oldest = moved;
        ledger.oldest(moved);
    }

    private void writePage(Place target) {
        positions.write(
                registry.told(),
                rules.hold(Rule.THE_PROOF_IS_WHAT_WAS_PUBLISHED) ? committed : target);
        if (rules.leaveOut(Rule.ACKNOWLEDGED_WHEN_DURABLE)) acknowledge();
    }

    private void published(Place target, boolean withPage) {
        committed = target;
        ledger.committed(target);
        headers.madeDurable();
        publishOldest(headers.durable().oldest());
        Place kept = oldest;
        records.removeIf(record -> record.end().position() <= kept.position());
        if (withPage) acknowledge();
    }

    private void changed() {
        Change done = registry.durable();
        Change told =
                done == null && rules.leaveOut(Rule.TOLD_WHEN_BOTH_COPIES_ARE_DURABLE)
                        ? registry.pending()
                        : done;
        if (told != null) ledger.changed(told.name());
    }

    private void acknowledge() {
        positions.durable();
        Registry.State state = registry.told();
        for (int slot = 0; slot < Layout.SLOTS; slot++) {
            Optional<Consumer> consumer = state.slots().get(slot);
            if (consumer.isPresent())
                ledger.acknowledged(
                        consumer.get().name(), positions.place(slot, consumer.get()).id());
        }
    }

    /** Asks for a position; it is told when a page that holds it is durable. */
    void acknowledge(int slot, long id) {
        Consumer consumer = registry.told().slots().get(slot).orElseThrow();
        Place most = rules.hold(Rule.ACKNOWLEDGED_IDS_ARE_COMMITTED) ? committed : next;
        Place place = placeOf(Math.min(id, most.id()), most);
        boolean moves = place.id() > positions.wanted(slot, consumer).id();
        if (!moves && rules.hold(Rule.A_POSITION_NEVER_GOES_BACK)) return;
        positions.acknowledge(slot, consumer, place);
        ledger.submitted(consumer.name(), place.id());
    }

    /** The record that holds an id; behind a gap or a hole the next one. */
    private Place placeOf(long id, Place most) {
        for (RingRecord record : records) {
            if (record.position() >= most.position()) break;
            if (record.nextId() <= id) continue;
            if (record.firstId() > id) return record.begin();
            if (record.gap() && rules.hold(Rule.AN_ID_INSIDE_A_GAP_MEANS_THE_NEXT))
                return record.firstId() == record.nextId() ? record.begin() : record.end();
            boolean begin =
                    record.firstId() == id || rules.hold(Rule.THE_FLOOR_IS_THE_BEGIN_OF_A_RECORD);
            return new Place(id, begin ? record.position() : record.end().position());
        }
        return most;
    }

    /** Begins a change; the next two rounds make it durable. False if one is under way. */
    boolean create(int name, long id, boolean protects) {
        int slot = registry.slot(-1);
        if (registry.pending() != null || slot < 0 || registry.slot(name) >= 0) return false;
        begin(Kind.CREATE, slot, new Consumer(name, 0, start(id), protects));
        return true;
    }

    boolean delete(int slot) {
        return change(Kind.DELETE, slot, consumer -> consumer);
    }

    boolean reset(int slot, long id) {
        Place start = start(id);
        return change(
                Kind.RESET,
                slot,
                was -> new Consumer(was.name(), was.incarnation(), start, was.protects()));
    }

    boolean protect(int slot, boolean on) {
        boolean begun =
                change(
                        on ? Kind.PROTECTION_ON : Kind.PROTECTION_OFF,
                        slot,
                        was -> new Consumer(was.name(), was.incarnation(), was.start(), on));
        if (begun && on && registry.told().refuse()) moveUp(slot);
        return begun;
    }

    boolean refuse(boolean on) {
        if (registry.pending() != null) return false;
        ledger.begun(registry.begin(on));
        for (int slot = 0; on && slot < Layout.SLOTS; slot++) {
            Optional<Consumer> consumer = registry.told().slots().get(slot);
            if (consumer.isPresent() && consumer.get().protects()) moveUp(slot);
        }
        return true;
    }

    private void moveUp(int slot) {
        Change change = registry.pending();
        boolean kept =
                rules.hold(
                        change != null && change.kind() == Kind.REFUSE_ON
                                ? Rule.REFUSE_ON_KEEPS_MOVED_POSITIONS
                                : Rule.PROTECTION_ON_KEEPS_MOVED_POSITIONS);
        Consumer consumer = registry.told().slots().get(slot).orElseThrow();
        if (!kept || positions.place(slot, consumer).id() >= oldest.id()) return;
        acknowledge(slot, oldest.id());
        movedPositionsWait = true;
    }

    private interface Changing {
        Consumer change(Consumer was);
    }

    private boolean change(Kind kind, int slot, Changing changing) {
        if (registry.pending() != null) return false;
        begin(kind, slot, changing.change(registry.told().slots().get(slot).orElseThrow()));
        return true;
    }

    private void begin(Kind kind, int slot, Consumer consumer) {
        ledger.begun(registry.begin(kind, slot, consumer, committed));
    }

    private Place start(long id) {
        Place least =
                rules.hold(Rule.A_START_IS_NOT_BELOW_OLDEST) ? oldest : headers.durable().oldest();
        return placeOf(Math.clamp(id, least.id(), Math.max(least.id(), committed.id())), committed);
    }

    /** Waits for the change that is under way. */
    void finishChange() {
        while (registry.pending() != null) round(Carries.IF_DUE, Carries.NO);
    }
}
