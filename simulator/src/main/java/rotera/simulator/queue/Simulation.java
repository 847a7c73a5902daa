package rotera.simulator.queue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import rotera.queue.Batch;
import rotera.queue.Messages;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.RotFileInfo;
import rotera.queue.Status;
import rotera.queue.engine.FileState;
import rotera.queue.engine.QueueAccess;
import rotera.queue.format.HeaderSlot;
import rotera.queue.format.Superblock;
import rotera.queue.record.RecordAccess;
import rotera.simulator.Choices;
import rotera.simulator.History;
import rotera.simulator.Scheduler;
import rotera.simulator.SimulatedDisk;
import rotera.simulator.SimulatedDisk.AfterFailedSync;
import rotera.simulator.SimulatedDisk.Crash;
import rotera.simulator.queue.QueueModel.Push;

/**
 * One random history of a queue on a {@link SimulatedDisk}, over several openings: pushes, commits
 * and reads; the power goes, the process dies, the device fails or is damaged, at any operation of
 * the disk. After every step the queue is compared with a {@link QueueModel}.
 *
 * <p>One thread uses the queue, which may have one of its own: the choices decide which of them
 * goes on. What happens during a sync runs inside that sync.
 */
public final class Simulation implements History {
    private static final Path PATH = Path.of("simulated.rot");
    private static final int MIN_BYTES = 96 << 10;
    private static final int SMALL_BYTES = 256 << 10;
    private static final int MEDIUM_BYTES = 1 << 20;
    private static final int MOST_BYTES = 8 << 20;

    private SimulatedDisk disk = new SimulatedDisk(MOST_BYTES);
    private @Nullable SimulatedDisk copies;
    private final Messages messages = new Messages();
    private final Messages other = new Messages(4096);
    private final Batch batch = new Batch();
    private final Batch syncBatch = new Batch();
    private final Batch laterBatch = new Batch();

    private Choices random = new Choices(0);
    private SplittableRandom beside = new SplittableRandom(0); // changes no other decision
    private Superblock superblock = Superblock.create(MIN_BYTES, 0, new UUID(0, 0), 0);
    private QueueModel model = new QueueModel(superblock);
    private Names names = new Names();
    private Scheduler threads = new Scheduler(random);
    private long clockMillis;
    private long oldestBefore;
    private long checkpointId; // what was committed before it is proven by a header
    private long notedId; // the same, unless the power is lost
    private boolean noteNeeded; // the next opening must make it durable
    private long largestPush;
    private Damage damage = new Damage(disk, superblock, model, random, this::note);
    private boolean largeOnly;
    private Shapes shapes = new Shapes(random, superblock);
    private StepWeights steps = new StepWeights(random);
    private @Nullable RotFile file;
    private @Nullable Throwable broken;
    private final List<String> trace = new ArrayList<>();
    private boolean tracing;
    private long openings;

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

    @Override
    public void close() {
        messages.close();
        other.close();
        batch.close();
        syncBatch.close();
        laterBatch.close();
    }

    @Override
    public void run(Choices choices) {
        alone(choices, () -> runLong(choices));
    }

    /** The history is one thread; the other one is that of the queue, if it starts one. */
    private void alone(Choices choices, Runnable history) {
        threads = new Scheduler(choices);
        threads.start(history);
        threads.run();
        if (threads.alive() > 0)
            throw new AssertionError(threads.alive() + " threads wait for ever");
    }

    private void runLong(Choices choices) {
        begin(choices, MOST_BYTES);
        int runs = 2 + random.nextInt(7);
        for (int i = 0; i < runs && !random.ended(); i++) {
            random.step();
            oneRun(1 + random.nextCount(random.nextInt(10) == 0 ? 400 : 60), random.nextInt(11));
        }
        disk.powerOn();
        open();
        letGo();
    }

    /**
     * A short history that loses power before operation {@code crashAt}, and then each image that
     * this can leave, or {@code most} of them. Returns false if the history ended before.
     */
    boolean runShort(Choices choices, long crashAt, int most) {
        boolean[] crashed = new boolean[1];
        alone(choices, () -> crashed[0] = crashShort(choices, crashAt, most));
        return crashed[0];
    }

    private boolean crashShort(Choices choices, long crashAt, int most) {
        begin(choices, SMALL_BYTES);
        disk.powerOn();
        open();
        RotFile first = file;
        if (first == null) throw new AssertionError("not opened");
        for (int i = random.nextInt(7); i > 0; i--) {
            large(true);
            push(first);
            large(false);
            settle(first);
            commit(first);
            settle(first);
        }
        look(first);
        disk.crashAfter(crashAt);
        try {
            for (int i = 0; i < 7 && !disk.crashed(); i++) step(first);
            if (!disk.crashed()) {
                disk.duringSync(null);
                first.close();
                file = null;
                oldestBefore = Math.max(oldestBefore, QueueAccess.range(first).oldest().id());
                model.settle(model.nextId());
                model.acknowledge(model.size());
                open();
            }
            RotFile second = file;
            for (int i = 0; i < 7 && second != null && !disk.crashed(); i++) step(second);
        } catch (Crash e) {
            note("crash");
        }
        boolean crashed = disk.crashed();
        endAt(first);
        compareOutcomes(most);
        return crashed;
    }

    private void endAt(RotFile first) {
        RotFile last = file == null ? first : file;
        disk.duringSync(null);
        disk.crashAfter(0);
        settle(last);
        model.settle(QueueAccess.range(last).committed().id());
        oldestBefore = Math.max(oldestBefore, QueueAccess.range(last).oldest().id());
        file = last;
        letGo();
    }

    private void compareOutcomes(int most) {
        QueueModel before = model;
        Names namesBefore = names;
        long oldest = oldestBefore;
        long checkpoint = checkpointId;
        SimulatedDisk original = disk;
        SimulatedDisk copy = copies == null ? new SimulatedDisk(SMALL_BYTES) : copies;
        copies = copy;
        int outcomes = original.outcomes(most + 1);
        disk = copy;
        for (int i = 0; i < Math.min(outcomes, most); i++) {
            copy.load(
                    outcomes <= most ? original.outcome(i) : original.anyOutcome(random),
                    new SplittableRandom(random.nextLong()),
                    original);
            note("outcome " + i + " of " + outcomes);
            model = before.copy();
            names = namesBefore.copy();
            oldestBefore = oldest;
            damage = new Damage(copy, superblock, model, random, this::note);
            if (random.nextInt(4) == 0) damage.loseWrite(oldest, checkpoint);
            damage.ofSettingsAndNote(beside);
            goOn();
        }
        disk = original;
    }

    /** What was found can be used, and survives the next loss of power. */
    private void goOn() {
        open();
        RotFile opened = file;
        if (opened == null) throw new AssertionError("not opened");
        push(opened);
        settle(opened);
        commit(opened);
        settle(opened);
        push(opened);
        settle(opened);
        disk.crashAfter(random.nextInt(4));
        try {
            commit(opened);
        } catch (Crash e) {
            note("crash again");
        }
        endAt(opened);
        disk.loseCache();
        disk.powerOn();
        open();
        letGo();
    }

    private void begin(Choices choices, int mostBytes) {
        random = choices;
        trace.clear();
        file = null; // what a history that failed has left open
        RecordAccess.buffer(messages).empty(0, 0);
        RecordAccess.buffer(other).empty(0, 0);
        broken = null;
        oldestBefore = 0;
        checkpointId = 0;
        notedId = 0;
        noteNeeded = false;
        largestPush = 0;
        clockMillis = 1_000_000;
        int bytes =
                MIN_BYTES + random.nextInt(1 + Math.min(mostBytes - MIN_BYTES, mostExtraBytes()));
        superblock = Layouts.any(bytes, clockMillis, random);
        beside = new SplittableRandom(superblock.salt());
        shapes = new Shapes(random, superblock);
        model = new QueueModel(superblock);
        names = new Names();
        damage = new Damage(disk, superblock, model, random, this::note);
        switch (random.nextInt(4)) {
            case 0 -> {}
            case 1 -> model.makeClients(superblock.producers() + 2, random);
            default -> model.makeClients(1 + random.nextInt(3), random);
        }
        steps = new StepWeights(random);
        disk.clear(superblock.fileBytes(), new SplittableRandom(random.nextLong()));
        try {
            FileState.format(disk, superblock);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        disk.protect(2 * Superblock.PAGE);
        note("ring of " + superblock.ringBytes() + " bytes");
    }

    /** Mostly as small as can be, so that much happens within few steps; rarely large. */
    private int mostExtraBytes() {
        return switch (random.nextInt(64)) {
            case 0 -> MOST_BYTES - MIN_BYTES;
            case 1, 2, 3 -> MEDIUM_BYTES - MIN_BYTES;
            default -> random.nextInt(3) > 0 ? 0 : SMALL_BYTES - MIN_BYTES;
        };
    }

    /** Opens the queue, uses it for some steps, and ends it in one of many ways. */
    private void oneRun(int steps, int ending) {
        disk.powerOn();
        boolean undisturbed = noteNeeded;
        noteNeeded = false;
        if (undisturbed) {
            note("nothing goes wrong while this is opened");
        } else if (ending < 5) {
            int within = random.nextInt(3) == 0 ? 16 : 40 + random.nextInt(300);
            disk.crashAfter(random.nextTime(within));
        } else if (ending < 7) {
            AfterFailedSync[] ways = AfterFailedSync.values();
            disk.failAfter(
                    random.nextTime(random.nextInt(3) == 0 ? 16 : 150),
                    random.nextBoolean(),
                    ways[random.nextInt(ways.length)]);
        }
        try {
            open();
            RotFile opened = file;
            if (opened == null) {
                endWithFault();
                return;
            }
            for (int i = 0; i < steps && !disk.crashed() && !random.ended(); i++) step(opened);
            if (ending == 9) leaveGhosts(opened);
            if ((ending == 7 || ending == 8) && !disk.crashed()) {
                closeCleanly(opened);
                return;
            }
        } catch (Crash e) {
            note("crash");
        }
        endWithFault();
    }

    /**
     * Loses power in a commit of records that each begin a sector: of these, later ones may survive
     * the first. Again and again, with the same sizes.
     */
    private void leaveGhosts(RotFile first) {
        RotFile opened = first;
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            settle(opened);
            if (disk.crashed()) return;
            disk.duringSync(null);
            for (int pushes = 1 + random.nextInt(3); pushes > 0; pushes--) {
                if (random.nextInt(4) > 0) shapes.want(Shapes.Wanted.ALIGNED);
                push(opened);
                shapes.want(Shapes.Wanted.ANY);
                settle(opened);
            }
            disk.crashAfter(random.nextInt(3));
            try {
                commit(opened);
            } catch (Crash e) {
                note("crash");
            }
            if (i == 1) return;
            endWithFault();
            disk.powerOn();
            open();
            RotFile next = file;
            if (next == null) return;
            opened = next;
        }
    }

    /** The end of a run in which something may be lost. */
    private void endWithFault() {
        boolean failed = disk.failed();
        boolean power = disk.crashed() || random.nextInt(3) > (failed ? 1 : 0);
        note(power ? "power lost" : "process killed");
        disk.duringSync(null);
        disk.crashAfter(0);
        RotFile opened = file;
        if (opened != null) {
            settle(opened);
            // Other threads may have seen it.
            model.settle(QueueAccess.range(opened).committed().id());
            oldestBefore = Math.max(oldestBefore, QueueAccess.range(opened).oldest().id());
        }
        letGo();
        if (power) losePower();
        else disk.keepCache();
        noteNeeded = !power && !failed && notedId > checkpointId;
        if (noteNeeded) checkpointId = notedId;
        if (!damage.ofSlot() && random.nextInt(6) == 0) damage.anywhere(oldestBefore, checkpointId);
        damage.ofSettingsAndNote(beside);
    }

    /** Sometimes, header slots that were being written are left damaged: at most one may be. */
    private void losePower() {
        boolean[] underWay = {
            disk.underWay(HeaderSlot.offset(0)), disk.underWay(HeaderSlot.offset(1))
        };
        disk.loseCache();
        damage.ofSlotsUnderWay(underWay);
    }

    /** Frees what the queue holds; the disk takes nothing any more. */
    private void letGo() {
        RotFile opened = file;
        file = null;
        if (opened == null) return;
        disk.duringSync(null);
        try {
            opened.close();
        } catch (Crash | QueueException e) {
            note("closed: " + e.getMessage());
        }
    }

    private void closeCleanly(RotFile opened) {
        note("close");
        disk.duringSync(null);
        file = null;
        try {
            opened.close();
            model.settle(model.nextId());
            model.acknowledge(model.size());
            checkpointId = model.nextId();
        } catch (QueueException.QueueFailedException e) {
            if (!disk.failed()) throw new AssertionError(e);
        } finally {
            // Closing evicts as well, also when the power goes in the middle of it.
            oldestBefore = Math.max(oldestBefore, QueueAccess.range(opened).oldest().id());
        }
        if (random.nextBoolean()) disk.loseCache();
        else disk.keepCache();
        if (random.nextInt(6) == 0) damage.anywhere(oldestBefore, checkpointId);
        damage.ofSettingsAndNote(beside);
    }

    private void open() {
        clockMillis +=
                random.nextInt(5) == 0 ? random.nextInt(100_000) - 50_000 : random.nextInt(50);
        RotFile opened;
        try {
            opened = QueueAccess.open(disk, PATH, () -> clockMillis, threads);
        } catch (IOException | QueueException e) {
            if (disk.failed()) {
                note("open failed");
                return;
            }
            throw new AssertionError("cannot open: " + e.getMessage(), e);
        }
        file = opened;
        openings++;
        Status status = opened.ping();
        note("opened " + status.oldest() + " to " + status.next());
        model.reopened(status.next());
        names.reopened(opened);
        checkpointId = status.next();
        notedId = 0;
        if (!damage.ofSlot() && superblock.entries() == 0 && status.oldest() > oldestBefore)
            throw new AssertionError(
                    "oldest was " + oldestBefore + ", reopened with " + status.oldest());
        oldestBefore = status.oldest();
        damage.slotsWrittenAnew();
        if (random.nextInt(3) == 0) model.forgetLost();
        readings().everything(opened, messages, clockMillis);
        model.compareLast(opened);
        pushUnknown(opened);
    }

    /** Clients push again what they do not know to be committed. */
    private void pushUnknown(RotFile opened) {
        Push push = model.nextUnknown();
        while (push != null) {
            pushAgain(opened, push);
            settle(opened);
            if (disk.crashed()) return;
            push = model.nextUnknown();
        }
        if (!disk.failed()) model.compareLast(opened);
        look(opened);
    }

    /** A push that may be there already is kept once. */
    private void pushAgain(RotFile opened, Push before) {
        Push push = before.again();
        push.clockMillis = clockMillis;
        push.fill(batch);
        largestPush = Math.max(largestPush, batch.bytes());
        QueueModel.Answer expected = model.answer(push);
        note("push again " + push.producerId + " " + push.sequence + ": " + expected);
        if (expected == QueueModel.Answer.NEW) model.add(push, batch);
        else if (expected == QueueModel.Answer.KNOWN) push.firstId = model.idOf(push);
        disturbSyncs(opened);
        QueueModel.Answer answer = expected;
        try {
            long id = opened.push(batch);
            if (id != push.firstId) {
                throw new AssertionError(
                        "pushed again as " + id + " instead of " + push.firstId + " (duplicate)");
            }
            if (expected != QueueModel.Answer.NEW) answer = QueueModel.Answer.KNOWN;
        } catch (QueueException.OutOfOrderException e) {
            answer = QueueModel.Answer.OUT_OF_ORDER;
        } catch (QueueException.ProducerFencedException e) {
            answer = QueueModel.Answer.FENCED;
        } catch (QueueException.QueueFailedException e) {
            if (!disk.failed()) throw new AssertionError(e);
        }
        if (answer != expected)
            throw new AssertionError("pushed again: " + answer + " instead of " + expected);
        settle(opened);
        if (!disk.failed() && opened.info().next().id() != model.nextId())
            throw new AssertionError("pushed again, and kept twice");
    }

    /**
     * A push of a client is damaged on its way and refused; others of its pushes, which were under
     * way, may be kept; then it comes again, or a part of it.
     */
    private void pushRefused(RotFile opened) {
        Push refused = new Push();
        shapes.shape(refused, nextPosition());
        model.assign(refused, random);
        if (refused.producerId == 0) return;
        refused.clockMillis = clockMillis;
        refused.fill(batch);
        batch.expect(batch.checksum() + 1);
        note("push refused " + refused.producerId + " " + refused.sequence);
        try {
            opened.push(batch);
            throw new AssertionError("a push with another checksum was taken");
        } catch (QueueException.ChecksumMismatchException e) {
            settle(opened);
        } catch (QueueException.QueueFailedException e) {
            if (!disk.failed()) throw new AssertionError(e);
        }
        for (int later = random.nextInt(4); later > 0; later--) {
            push(opened);
            settle(opened);
            if (disk.crashed()) return;
        }
        pushAgain(opened, random.nextInt(3) == 0 ? refused.part(random) : refused);
    }

    private void step(RotFile opened) {
        random.step();
        disk.duringSync(null);
        switch (steps.next()) {
            case PUSH_AGAIN -> {
                Push before = model.anyRemembered(random);
                if (before == null) push(opened);
                else pushAgain(opened, random.nextInt(6) == 0 ? before.part(random) : before);
            }
            case PUSH_REFUSED -> pushRefused(opened);
            case PUSH -> push(opened);
            case COMMIT -> commit(opened);
            case COMMIT_LATER -> commitLater(opened);
            case PUSH_LATER -> pushLater(opened, 1 + random.nextInt(4));
            case RACE_FOR_ROOM -> raceForRoom(opened);
            case READ -> readings().anywhere(opened, messages);
            case STREAM -> readings().stream(opened);
            case TIME ->
                    clockMillis +=
                            random.nextInt(3) > 0
                                    ? random.nextInt(100)
                                    : random.nextInt(20_000) - 10_000;
            case READ_ALL -> readings().everything(opened, other, clockMillis);
            case CHECKPOINT -> checkpoint(opened);
            case RENAME -> rename(opened);
        }
        settle(opened);
        if (disk.crashed()) return;
        look(opened);
    }

    /** What was committed is from here on told from an end that was not finished. */
    private void checkpoint(RotFile opened) {
        long committed = opened.ping().next();
        boolean sync = random.nextBoolean();
        note(sync ? "checkpoint" : "checkpoint without a sync");
        if (sync) disturbSyncs(opened);
        try {
            if (!sync) {
                opened.noteCheckpoint();
                notedId = committed;
                return;
            }
            opened.checkpoint();
            checkpointId = Math.max(checkpointId, committed);
        } catch (QueueException.QueueFailedException e) {
            if (!disk.failed()) throw new AssertionError(e);
        }
    }

    private void rename(RotFile opened) {
        String name = "name " + random.nextInt(1000);
        note("rename to " + name);
        if (!disk.failed()) names.begins(name);
        disturbSyncs(opened);
        try {
            opened.rename(name);
            names.returned(name);
        } catch (QueueException.QueueFailedException e) {
            if (!disk.failed()) throw new AssertionError(e);
        }
    }

    /** Waits for what the engine does in its own thread. */
    private void settle(RotFile opened) {
        while (!QueueAccess.isQuiet(opened)) Scheduler.pass();
        Throwable failure = broken;
        if (failure != null) throw new AssertionError(failure.getMessage(), failure);
    }

    /** Compares what anyone can see without reading. */
    private void look(RotFile opened) {
        Status status = opened.ping();
        names.compare(opened);
        model.settle(status.next());
        if (status.oldest() < oldestBefore)
            throw new AssertionError(
                    "oldest goes back from " + oldestBefore + " to " + status.oldest());
        long kept = QueueAccess.range(opened).oldest().id();
        // An eviction does not end within records that are damaged.
        boolean explained = superblock.entries() > 0 || model.isDamaged(oldestBefore, kept);
        if (kept > oldestBefore && !explained) {
            long live =
                    opened.info().next().position() - QueueAccess.range(opened).oldest().position();
            long atLeast =
                    superblock.ringBytes()
                            - Math.max(
                                    3 * superblock.uncommittedBytes(),
                                    superblock.maxPushSpace(largestPush) + snapshotSpace())
                            - snapshotSpace()
                            - superblock.intervalBytes()
                            - largestPush;
            if (live < atLeast)
                throw new AssertionError(
                        "evicted up to " + kept + ": " + live + " bytes are left, not " + atLeast);
        }
        oldestBefore = status.oldest();
        lookAtDistances(opened.info());
    }

    /** The walk of the next opening is bounded (I7), and so is what a crash can lose. */
    private void lookAtDistances(RotFileInfo info) {
        long most =
                Math.max(superblock.uncommittedBytes(), superblock.maxPushSpace())
                        + snapshotSpace();
        long uncommitted = info.next().position() - info.committed().position();
        if (uncommitted > most && !disk.failed())
            throw new AssertionError(uncommitted + " bytes are uncommitted, at most " + most);
        long walk = info.committed().position() - info.checkpoint().position();
        if (walk > superblock.checkpointBytes() + 2 * most)
            throw new AssertionError("the checkpoint lies " + walk + " bytes behind (I7)");
    }

    private long snapshotSpace() {
        return model.hasClients() ? superblock.snapshotSpace() : 0;
    }

    private void push(RotFile opened) {
        Push push = newPush();
        try {
            long id = opened.push(batch);
            if (id != push.firstId)
                throw new AssertionError(
                        "pushed as " + id + " instead of " + push.firstId + " (I3)");
        } catch (QueueException.QueueFailedException e) {
            if (!disk.failed()) throw new AssertionError(e);
        }
    }

    private void large(boolean only) {
        largeOnly = only;
        shapes.want(only ? Shapes.Wanted.LARGE : Shapes.Wanted.ANY);
    }

    private long nextPosition() {
        RotFile opened = file;
        if (opened == null) throw new AssertionError("not opened");
        return opened.info().next().position();
    }

    private Push newPush() {
        Push push = new Push();
        Push again = model.nextLost();
        if (again == null) {
            shapes.shape(push, nextPosition());
            model.assign(push, random);
        } else {
            for (int i = 0; i < again.count; i++) push.add(random, again.length[i]);
            push.envelopes = again.envelopes;
            if (random.nextInt(8) == 0) model.forgetLost();
        }
        push.clockMillis = clockMillis;
        push.fill(batch);
        largestPush = Math.max(largestPush, batch.bytes());
        model.add(push, batch);
        note(
                "push "
                        + push.firstId
                        + " + "
                        + push.count
                        + " by "
                        + push.producerId
                        + ", "
                        + push.space);
        return push;
    }

    private void commit(RotFile opened) {
        note("commit");
        disturbSyncs(opened);
        int pushed = model.size();
        long pushedId = model.nextId();
        try {
            long id = opened.commit();
            if (id < pushedId)
                throw new AssertionError("commit returned " + id + " of " + pushedId);
            model.settle(pushed == 0 ? 0 : model.push(pushed - 1).endId());
            model.settle(id);
            model.acknowledge(pushed);
        } catch (QueueException.QueueFailedException e) {
            if (!disk.failed()) throw new AssertionError(e);
        }
    }

    private void commitLater(RotFile opened) {
        note("commit later");
        disturbSyncs(opened);
        int pushed = model.size();
        long pushedId = model.nextId();
        CompletableFuture<Long> result = opened.commitAsync();
        try {
            long id = result.join();
            if (id < pushedId)
                throw new AssertionError("commit returned " + id + " of " + pushedId);
            settle(opened);
            model.settle(id);
            model.acknowledge(pushed);
        } catch (CompletionException e) {
            settle(opened);
            accept(e);
        }
    }

    /** With nothing uncommitted, a large push waits for room that another one would take. */
    private void raceForRoom(RotFile opened) {
        commit(opened);
        settle(opened);
        if (disk.crashed()) return;
        large(true);
        if (random.nextInt(2) == 0) disk.crashWithin(2 + random.nextInt(20));
        try {
            pushLater(opened, 2);
        } finally {
            large(false);
        }
    }

    private void pushLater(RotFile opened, int count) {
        List<Push> pushes = new ArrayList<>();
        List<CompletableFuture<Long>> results = new ArrayList<>();
        note("push later " + count);
        for (int i = 0; i < count; i++) {
            pushes.add(newPush());
            pushes.getLast().clockUnknown = true;
            pushes.getLast().fill(laterBatch);
            disturbSyncs(opened);
            results.add(opened.pushAsync(laterBatch));
            // Used again at once, whether the push waits or not.
            laterBatch.clear().add("used again");
            // So that the next one finds the same state each time.
            settle(opened);
        }
        for (int i = 0; i < count; i++) {
            try {
                long id = results.get(i).join();
                if (id != pushes.get(i).firstId)
                    throw new AssertionError(
                            "pushed as " + id + " instead of " + pushes.get(i).firstId);
            } catch (CompletionException e) {
                accept(e);
            }
        }
    }

    /** A future may have failed because of a fault that was made, and for no other reason. */
    private void accept(CompletionException e) {
        if (e.getCause() instanceof Crash crash) throw crash;
        if (!(e.getCause() instanceof QueueException.QueueFailedException) || !disk.failed())
            throw new AssertionError(String.valueOf(e.getCause()), e);
    }

    /** Other threads push and read while a sync is under way. */
    private void disturbSyncs(RotFile opened) {
        if (!largeOnly && random.nextInt(3) > 0) return;
        disk.duringSync(() -> {
            try {
                int count = random.nextInt(4);
                for (int i = 0; i < count; i++) pushDuringSync(opened);
                model.settle(opened.ping().next());
                if (random.nextBoolean()) readings().anywhere(opened, other);
            } catch (Crash e) {
                throw e;
            } catch (RuntimeException | AssertionError e) {
                broken = e;
                throw e;
            }
        });
    }

    /** A client that waits for its push pushes it again, in another thread. */
    private void pushTwice(RotFile opened, Push waiting) {
        waiting.fill(syncBatch);
        note("push " + waiting.firstId + " twice");
        try {
            long id = opened.tryPush(syncBatch);
            if (id >= 0 && id != waiting.firstId)
                throw new AssertionError("pushed as " + id + ", not " + waiting.firstId);
        } catch (QueueException.QueueFailedException e) {
            if (!disk.failed()) throw new AssertionError(e);
        }
    }

    private void pushDuringSync(RotFile opened) {
        if (model.nextId() > opened.info().next().id() && random.nextInt(3) == 0) {
            Push waiting = model.push(model.size() - 1);
            if (waiting.producerId != 0 && waiting.firstId == opened.info().next().id()) {
                pushTwice(opened, waiting);
                return;
            }
        }
        Push push = new Push();
        shapes.shape(push, nextPosition());
        push.clockMillis = clockMillis;
        push.fill(syncBatch);
        largestPush = Math.max(largestPush, syncBatch.bytes());
        // The last push may be the one that waits for this sync.
        long firstId = opened.info().next().id();
        note("push " + firstId + " + " + push.count + " during a sync");
        try {
            long id = opened.tryPush(syncBatch);
            if (id < 0) return;
            addDuringSync(push, firstId);
            if (id != firstId)
                throw new AssertionError("pushed as " + id + " instead of " + firstId + " (I3)");
        } catch (QueueException.QueueFailedException e) {
            addDuringSync(push, firstId);
            if (!disk.failed()) throw new AssertionError(e);
        } catch (Crash e) {
            addDuringSync(push, firstId);
            throw e;
        }
    }

    private void addDuringSync(Push push, long firstId) {
        if (model.nextId() == firstId) model.add(push, syncBatch);
        else model.addBeforeLast(push, syncBatch);
    }

    private Readings readings() {
        return new Readings(model, random, this::note);
    }

    private void note(String what) {
        if (tracing) trace.add(disk.operations() + ": " + what);
    }
}
