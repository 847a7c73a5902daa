package rotera.simulator.consumers;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import rotera.simulator.Choices;
import rotera.simulator.History;

/** A random history of the model of named consumers, which crashes and fails anywhere. */
public final class ConsumersHistory implements History {
    private static final List<Layout.Area> AREAS = List.of(Layout.Area.values());
    private static final int MOST_RUNS = 5;
    private static final int MOST_STEPS = 40;
    private static final int MOST_OPENINGS_CUT = 3;

    private final Rules rules;
    private final List<String> trace = new ArrayList<>();
    private boolean tracing;
    private long openings;
    private long lostWrites;

    private Layout layout = new Layout(8, 4, 4);
    private SectorDisk disk = Formatting.disk(layout);
    private Ledger ledger = new Ledger(layout);
    private int[] weights = new int[0];

    public ConsumersHistory() {
        this(Rules.ALL);
    }

    ConsumersHistory(Rules rules) {
        this.rules = rules;
    }

    @Override
    public void run(Choices choices) {
        trace.clear();
        layout = new Layout(5 + choices.nextInt(5), 3 + choices.nextInt(3), 2 + choices.nextInt(5));
        disk = Formatting.disk(layout);
        ledger = new Ledger(layout);
        weights = new int[Operation.values().length];
        for (int i = 0; i < weights.length; i++) weights[i] = 1 + choices.nextInt(8);
        ModelQueue queue = open(choices);
        int runs = 1 + choices.nextInt(MOST_RUNS);
        for (int i = 0; i < runs && !choices.ended(); i++) {
            use(queue, choices);
            queue = open(choices);
        }
        Check.used(ledger, queue);
    }

    /** Uses a queue until its process ends in one way or another. */
    private void use(ModelQueue queue, Choices choices) {
        int steps = choices.nextCount(MOST_STEPS);
        boolean cut = choices.nextInt(3) != 0;
        if (cut) disk.cutAt(disk.operations() + choices.nextTime(6 * MOST_STEPS));
        int failAt = !cut && choices.nextInt(2) == 0 ? choices.nextInt(MOST_STEPS) : -1;
        Operations operations = new Operations(queue, ledger, choices::nextInt, this::note);
        queue.meanwhile(() -> meanwhile(operations, choices));
        try {
            for (int i = 0; i < steps && !choices.ended(); i++) {
                choices.step();
                if (i == failAt) disk.failNextSync(choices::nextInt);
                operations.run(operation(choices));
                Check.used(ledger, queue);
            }
            if (choices.nextInt(3) == 0) operations.run(Operation.REST);
        } catch (SectorDisk.PowerCut | SectorDisk.SyncFailed e) {
            note(String.valueOf(e.getMessage()));
        }
        if (choices.nextInt(cut ? 4 : 2) == 0) {
            note("the process ends");
            disk.goOn();
        } else restart(choices);
    }

    private void meanwhile(Operations operations, Choices choices) {
        int count = choices.nextInt(6) - 3;
        for (int i = 0; i < count; i++) operations.run(operation(choices));
    }

    private Operation operation(Choices choices) {
        int all = 0;
        for (int weight : weights) all += weight;
        int drawn = choices.nextInt(all);
        int index = 0;
        for (Operation operation : Operation.values()) {
            drawn -= weights[index++];
            if (drawn < 0) return operation;
        }
        throw new AssertionError(drawn);
    }

    private void restart(Choices choices) {
        int kind = choices.nextInt(6);
        disk.restart(bound ->
                switch (kind) {
                    case 0 -> 0;
                    case 1 -> bound - 1;
                    case 2 -> choices.nextInt(4) == 0 ? 0 : bound - 1;
                    case 3 -> choices.nextInt(4) == 0 ? bound - 1 : 0;
                    default -> choices.nextInt(bound);
                });
        note("the power was gone");
        int looks = choices.nextInt(8);
        for (int i = 0; i < looks; i++) lookAtFault(choices);
    }

    private void lookAtFault(Choices choices) {
        int sector = sector(choices);
        // Of the ring one: with two, an opening's zeros and the record behind them are lost.
        int most = layout.area(sector) == Layout.Area.RING ? 1 : 2;
        int versions = Math.min(most, disk.olderVersions(sector));
        int lost = versions == 0 ? 0 : 1 + choices.nextInt(versions);
        openings += new Faults(disk, rules, ledger).look(sector, lost);
        if (lost > 0) lostWrites++;
    }

    /** Any sector, each area as often as the others. */
    private int sector(Choices choices) {
        Layout.Area area = AREAS.get(choices.nextInt(AREAS.size()));
        int sector = choices.nextInt(disk.sectors());
        while (layout.area(sector) != area) sector = (sector + 1) % disk.sectors();
        return sector;
    }

    /** Opens the queue, perhaps at the second or third attempt, and takes it for the truth. */
    private ModelQueue open(Choices choices) {
        @Nullable Fault fault = null;
        for (int attempt = 0; ; attempt++) {
            if (fault == null && choices.nextInt(6) == 0) fault = goOnWithFault(choices);
            if (attempt < MOST_OPENINGS_CUT && choices.nextInt(4) == 0)
                disk.cutAt(disk.operations() + choices.nextInt(30));
            try {
                openings++;
                ModelQueue queue = Opening.open(disk, layout, rules, ledger);
                disk.cutAt(Long.MAX_VALUE);
                Check.opened(ledger, queue, fault);
                note("open: oldest " + queue.oldest() + ", committed " + queue.committed());
                ledger.adopt(queue);
                return queue;
            } catch (SectorDisk.PowerCut e) {
                note("the power goes in the opening");
                disk.restart(bound -> choices.nextInt(bound));
                if (fault == null && choices.nextBoolean()) lookAtFault(choices);
            }
        }
    }

    /** The history goes on with a lost write. */
    private @Nullable Fault goOnWithFault(Choices choices) {
        if (disk.isDirty()) return null;
        int sector = sector(choices);
        if (layout.area(sector) == Layout.Area.RING || disk.olderVersions(sector) == 0) return null;
        Fault fault = Fault.of(sector, layout, choices.nextInt(2));
        note(fault.toString());
        fault.apply(disk);
        return fault;
    }

    private void note(String what) {
        if (tracing) trace.add(what);
    }

    @Override
    public void tracing(boolean on) {
        tracing = on;
    }

    @Override
    public List<String> trace() {
        return trace;
    }

    @Override
    public long openings() {
        return openings;
    }

    /** How many lost writes were looked at. */
    public long lostWrites() {
        return lostWrites;
    }

    @Override
    public void close() {}
}
