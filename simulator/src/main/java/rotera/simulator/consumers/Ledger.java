package rotera.simulator.consumers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rotera.simulator.consumers.Registry.Change;
import rotera.simulator.consumers.Registry.Kind;
import rotera.simulator.consumers.Sector.Consumer;
import rotera.simulator.consumers.Sector.Consumers;
import rotera.simulator.consumers.Sector.Settings;

/** What users of a queue were told, which it has to keep. It knows nothing of the disk. */
final class Ledger {
    private final Layout layout;
    private final List<RingRecord> pushed = new ArrayList<>();
    private final Map<Integer, Known> consumers = new HashMap<>();
    private boolean refuse;
    private @Nullable Change pending;
    private long serial;
    private Place committed = Place.BEGIN;
    private Place committedBefore = Place.BEGIN;
    private Place provenByRecords = Place.BEGIN;
    private Place provenInRound = Place.BEGIN;
    private Place oldest = Place.BEGIN;
    private Place base = Place.BEGIN;

    Ledger(Layout layout) {
        this.layout = layout;
    }

    Layout layout() {
        return layout;
    }

    long nextSerial() {
        return serial++;
    }

    List<RingRecord> pushed() {
        return pushed;
    }

    Map<Integer, Known> consumers() {
        return consumers;
    }

    boolean refuse() {
        return refuse;
    }

    Place committed() {
        return committed;
    }

    /** Records were written, which prove what is committed now. */
    void writtenOut() {
        provenByRecords = committed;
    }

    /** What is written from here on is not covered by the sync that begins. */
    void syncBegins() {
        provenInRound = provenByRecords;
    }

    /** What the newest committed records prove. */
    Place committedBefore() {
        return committedBefore;
    }

    Place oldest() {
        return oldest;
    }

    /** The end of everything that was pushed. */
    Place end() {
        return pushed.isEmpty() ? base : pushed.getLast().end();
    }

    void pushed(List<RingRecord> records) {
        pushed.addAll(records);
    }

    void committed(Place place) {
        committedBefore = provenInRound;
        committed = place;
    }

    void oldest(Place place) {
        oldest = oldest.max(place);
    }

    void submitted(int name, long id) {
        Known known = consumers.get(name);
        if (known != null) known.submitted = Math.max(known.submitted, id);
    }

    void acknowledged(int name, long id) {
        Known known = consumers.get(name);
        if (known == null) return;
        known.before = known.told;
        known.told = Math.max(known.told, id);
    }

    /** All that was asked for before a rest began is in both pages. */
    void rested(Map<Integer, Known> asked) {
        asked.forEach((name, then) -> {
            Known known = consumers.get(name);
            if (known != null && known.consumer.incarnation() == then.consumer.incarnation())
                known.before = Math.max(known.before, then.submitted);
        });
    }

    /** What is known now, to be compared with later. */
    Map<Integer, Known> snapshot() {
        Map<Integer, Known> copy = new HashMap<>();
        consumers.forEach((name, known) -> copy.put(name, known.with(known.consumer)));
        return copy;
    }

    void begun(Change change) {
        pending = change;
    }

    /** What is told of a consumer when the change under way is done. */
    Optional<Consumer> next(int name) {
        Change change = pending;
        if (change == null || change.name() != name || name < 0)
            return Optional.ofNullable(consumers.get(name)).map(known -> known.consumer);
        return ((Consumers) change.content())
                .slots().stream()
                        .flatMap(Optional::stream)
                        .filter(consumer -> consumer.name() == name)
                        .findFirst();
    }

    boolean nextRefuse() {
        if (pending == null) return refuse;
        return pending.content() instanceof Settings settings ? settings.refuse() : refuse;
    }

    /** The change under way is told. */
    void changed(int name) {
        Change change = pending;
        if (change == null) return;
        Optional<Consumer> next = next(name);
        boolean renewed = change.kind() == Kind.CREATE || change.kind() == Kind.RESET;
        if (change.content() instanceof Settings settings) refuse = settings.refuse();
        else if (next.isEmpty()) consumers.remove(name);
        else if (renewed) consumers.put(name, new Known(next.get(), next.get().start().id()));
        else consumers.computeIfPresent(name, (any, known) -> known.with(next.get()));
        pending = null;
    }

    void pushBegins() {
        consumers.values().forEach(known -> known.submittedBeforePush = known.submitted);
    }

    /** A push of so many units was refused. */
    void refused(int units, Place next) {
        if (!next.equals(end())) throw new AssertionError("a refused push moved next to " + next);
        long floor = Long.MAX_VALUE;
        if (refuse)
            for (Known known : consumers.values())
                if (known.consumer.protects())
                    floor =
                            Math.min(
                                    floor,
                                    position(Math.max(known.told, known.submittedBeforePush)));
        if (nextRefuse())
            for (int name : names()) {
                Optional<Consumer> consumer = next(name);
                if (consumer.isPresent() && consumer.get().protects())
                    floor = Math.min(floor, nextPosition(name, consumer.get()));
            }
        if (floor == Long.MAX_VALUE) throw new AssertionError("refused, but nothing protects");
        long free =
                Math.max(oldest.position(), Math.min(floor, committed.position()))
                        + layout.ringUnits()
                        - next.position();
        if (free >= units)
            throw new AssertionError("refused " + units + " units, and " + free + " may be freed");
    }

    private List<Integer> names() {
        List<Integer> names = new ArrayList<>(consumers.keySet());
        Change change = pending;
        if (change != null && change.name() >= 0) names.add(change.name());
        return names;
    }

    private long nextPosition(int name, Consumer consumer) {
        Known known = consumers.get(name);
        boolean same = known != null && known.consumer.incarnation() == consumer.incarnation();
        return same && known != null
                ? position(Math.max(known.told, known.submittedBeforePush))
                : consumer.start().position();
    }

    /** Where the record begins that holds this id. */
    long position(long id) {
        for (RingRecord record : pushed)
            if (record.nextId() > id)
                return record.gap() && record.firstId() < record.nextId()
                        ? record.end().position()
                        : record.position();
        return end().position();
    }

    /** After an opening that found nothing wrong, it is the truth. */
    void adopt(ModelQueue queue) {
        pending = null;
        committed = queue.committed();
        committedBefore = committed;
        provenByRecords = committed;
        oldest = queue.oldest();
        if (pushed.isEmpty() || committed.position() <= pushed.getFirst().position())
            base = committed;
        List<RingRecord> readable = queue.readable();
        pushed.removeIf(record -> record.position() >= committed.position());
        pushed.removeIf(
                record -> record.position() >= oldest.position() && !isIn(readable, record));
        Registry.State state = queue.registry().told();
        refuse = state.refuse();
        consumers.clear();
        for (int slot = 0; slot < Layout.SLOTS; slot++) {
            Optional<Consumer> consumer = state.slots().get(slot);
            if (consumer.isEmpty()) continue;
            long position = queue.position(slot, consumer.get()).id();
            consumers.put(consumer.get().name(), new Known(consumer.get(), position));
        }
    }

    private static boolean isIn(List<RingRecord> records, RingRecord wanted) {
        return records.stream().anyMatch(record -> record.serial() == wanted.serial());
    }
}
