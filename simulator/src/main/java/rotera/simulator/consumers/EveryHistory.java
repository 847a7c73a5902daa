package rotera.simulator.consumers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every sequence of a few operations, from several beginnings, with the power lost before each
 * operation of the disk, every state that this can leave, and in each state every sector with a
 * lost write and damaged. The opening itself loses power at each operation, too.
 */
final class EveryHistory {
    private static final Layout LAYOUT = new Layout(5, 4, 4);

    /**
     * An operation, and what others do in its first sync.
     *
     * @param pick what is chosen wherever there is a choice
     * @param fails whether that sync fails
     */
    record Step(Operation operation, int pick, @Nullable Operation meanwhile, boolean fails) {
        static Step of(Operation operation) {
            return of(operation, 0);
        }

        static Step of(Operation operation, int pick) {
            return new Step(operation, pick, null, false);
        }

        static Step commitWith(Operation meanwhile) {
            return new Step(Operation.COMMIT, 0, meanwhile, false);
        }

        private int choose(int bound) {
            return Math.min(pick, bound - 1);
        }

        @Override
        public String toString() {
            return operation
                    + (pick == 0 ? "" : " " + pick)
                    + (meanwhile == null ? "" : " with " + meanwhile)
                    + (fails ? ", which fails" : "");
        }
    }

    static final List<Step> STEPS =
            List.of(
                    Step.of(Operation.PUSH),
                    Step.of(Operation.PUSH, 2),
                    Step.of(Operation.PUSH_LONG, 1),
                    Step.of(Operation.PUSH_GAP),
                    Step.of(Operation.WRITE_OUT),
                    Step.of(Operation.COMMIT),
                    Step.of(Operation.ACKNOWLEDGE_ALL),
                    Step.of(Operation.ACKNOWLEDGE_SOME, 3),
                    Step.of(Operation.FLUSH),
                    Step.of(Operation.CREATE),
                    Step.of(Operation.CREATE, 1),
                    Step.of(Operation.DELETE),
                    Step.of(Operation.RESET),
                    Step.of(Operation.RESET, 1),
                    Step.of(Operation.PROTECT),
                    Step.of(Operation.REFUSE),
                    Step.of(Operation.REST),
                    Step.commitWith(Operation.PUSH),
                    new Step(Operation.COMMIT, 2, Operation.PUSH, false),
                    Step.commitWith(Operation.ACKNOWLEDGE_ALL),
                    Step.commitWith(Operation.CREATE),
                    Step.commitWith(Operation.DELETE),
                    new Step(Operation.COMMIT, 0, null, true));

    static final List<List<Step>> BEGINNINGS =
            List.of(
                    List.of(),
                    steps(Operation.PUSH, Operation.CREATE, Operation.COMMIT),
                    steps(
                            Operation.CREATE,
                            Operation.REFUSE,
                            Operation.PUSH,
                            Operation.PUSH,
                            Operation.PUSH,
                            Operation.COMMIT),
                    steps(
                            Operation.CREATE,
                            Operation.PUSH,
                            Operation.PUSH,
                            Operation.PUSH,
                            Operation.PUSH,
                            Operation.PUSH),
                    steps(
                            Operation.CREATE,
                            Operation.REFUSE,
                            Operation.PUSH,
                            Operation.PUSH,
                            Operation.COMMIT,
                            Operation.ACKNOWLEDGE_ALL,
                            Operation.FLUSH,
                            Operation.PUSH,
                            Operation.ACKNOWLEDGE_ALL));

    private final Rules rules;
    private final int mostImages;
    private long histories;
    private long cuts;
    private long states;
    private long openings;
    private long lostWrites;

    /** {@code mostImages} is how many states are looked at where a cut can leave more. */
    EveryHistory(Rules rules, int mostImages) {
        this.rules = rules;
        this.mostImages = mostImages;
    }

    private static List<Step> steps(Operation... operations) {
        return Arrays.stream(operations).map(Step::of).toList();
    }

    /** One history from one beginning, with every cut. */
    void run(List<Step> beginning, List<Step> steps) {
        histories++;
        Run whole = new Run();
        whole.use(beginning);
        long first = whole.disk.operations();
        whole.use(steps);
        look(whole, steps, whole.disk.operations());
        for (long cut = first; cut < whole.disk.operations(); cut++) {
            Run run = new Run();
            run.use(beginning);
            run.disk.cutAt(cut);
            run.use(steps);
            look(run, steps, cut);
        }
    }

    private void look(Run run, List<Step> steps, long cut) {
        cuts++;
        try {
            SectorDisk killed = run.disk.copy();
            open(killed, run.ledger);
            lookAtOpening(run.disk.copy(), run.ledger);
            for (SectorDisk image : images(run.disk)) lookAtImage(image, run.ledger);
        } catch (AssertionError e) {
            throw new AssertionError(
                    "after " + steps + ", cut at " + cut + ": " + e.getMessage(), e);
        }
    }

    /** What a cut can leave: all of it, or some, evenly spread. */
    private List<SectorDisk> images(SectorDisk disk) {
        long all = disk.images();
        long count = Math.min(all, mostImages);
        List<SectorDisk> images = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            long[] left = {count == all ? i : i * (all - 1) / (count - 1)};
            SectorDisk image = disk.copy();
            image.restart(bound -> {
                int chosen = (int) (left[0] % bound);
                left[0] /= bound;
                return chosen;
            });
            images.add(image);
        }
        return images;
    }

    private void lookAtImage(SectorDisk image, Ledger ledger) {
        states++;
        open(image.copy(), ledger);
        Faults faults = new Faults(image, rules, ledger);
        for (int sector = 0; sector < image.sectors(); sector++) {
            int lost = Math.min(1, image.olderVersions(sector));
            openings += faults.look(sector, lost);
            lostWrites += lost;
        }
        lookAtOpening(image, ledger);
    }

    /** Cuts the opening at each operation, with nothing and with all of what it wrote. */
    private void lookAtOpening(SectorDisk disk, Ledger ledger) {
        for (long cut = 0; ; cut++) {
            SectorDisk opened = disk.copy();
            opened.cutAt(cut);
            try {
                openings++;
                Opening.open(opened, LAYOUT, rules, ledger);
                return;
            } catch (SectorDisk.PowerCut e) {
                SectorDisk nothing = opened.copy();
                nothing.restart(bound -> 0);
                open(nothing, ledger);
                opened.restart(bound -> bound - 1);
                open(opened, ledger);
            }
        }
    }

    private void open(SectorDisk disk, Ledger ledger) {
        openings++;
        Check.opened(ledger, Opening.open(disk, LAYOUT, rules, ledger), null);
    }

    @Override
    public String toString() {
        return "%,d histories, %,d cuts, %,d states, %,d openings, %,d lost writes"
                .formatted(histories, cuts, states, openings, lostWrites);
    }

    /** A queue that is used until the power goes. */
    private final class Run {
        private final SectorDisk disk = Formatting.disk(LAYOUT);
        private final Ledger ledger = new Ledger(LAYOUT);
        private final ModelQueue queue;
        private boolean over;

        Run() {
            queue = Opening.open(disk, LAYOUT, rules, ledger);
            ledger.adopt(queue);
        }

        void use(List<Step> steps) {
            for (Step step : steps) {
                if (over) return;
                try {
                    use(step);
                    Check.used(ledger, queue);
                } catch (SectorDisk.PowerCut | SectorDisk.SyncFailed e) {
                    over = true;
                }
            }
        }

        private void use(Step step) {
            Operations operations = new Operations(queue, ledger, step::choose, text -> {});
            Operation others = step.meanwhile();
            boolean[] done = {others == null};
            queue.meanwhile(() -> {
                if (done[0] || others == null) return;
                done[0] = true;
                operations.run(others);
            });
            if (step.fails()) disk.failNextSync(bound -> bound / 2);
            operations.run(step.operation());
        }
    }
}
