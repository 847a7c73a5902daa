package rotera.simulator.queue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import rotera.queue.Batch;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.Start;
import rotera.queue.Status;
import rotera.queue.engine.FileState;
import rotera.queue.engine.QueueAccess;
import rotera.queue.format.Superblock;
import rotera.simulator.Choices;
import rotera.simulator.History;
import rotera.simulator.Scheduler;
import rotera.simulator.SimulatedDisk;
import rotera.simulator.SimulatedDisk.AfterFailedSync;
import rotera.simulator.SimulatedDisk.Crash;

/**
 * Threads that push, commit, read, follow and close one queue, over several openings. At each
 * operation of the disk, between the sectors of a write, during a sync and wherever a thread waits,
 * the choices decide who goes on. The power goes, the device fails, or the process dies, at any of
 * these places. What came of it is compared with a {@link Ledger}.
 */
public final class Interleaving implements History {
    private static final Path PATH = Path.of("interleaved.rot");
    private static final int MIN_BYTES = 96 << 10;
    private static final int MOST_BYTES = 256 << 10;
    private static final int MOST_ACTIONS = 30;

    private final SimulatedDisk disk = new SimulatedDisk(MOST_BYTES);
    private final Ledger ledger = new Ledger();
    private final List<String> trace = new ArrayList<>();
    private boolean tracing;
    private long openings;

    private Choices random = new Choices(0);
    private Scheduler threads = new Scheduler(random);
    private Superblock superblock = Superblock.create(MIN_BYTES, 0, new UUID(0, 0), 0);
    private boolean mostlyLarge; // then the ring goes round within few pushes
    private long clockMillis;
    private int nextPusher;
    private @Nullable RotFile file;
    private boolean closing;
    private int busy;
    private final List<Follower> followers = new ArrayList<>();
    private final List<AutoCloseable> held = new ArrayList<>();

    @Override
    public void run(Choices choices) {
        begin(choices);
        int runs = 1 + random.nextInt(4);
        for (int i = 0; i < runs && !random.ended(); i++) {
            random.step();
            oneRun();
        }
        disk.powerOn();
        disk.pauses(() -> {});
        open();
        letGo();
    }

    private void begin(Choices choices) {
        abandon();
        random = choices;
        trace.clear();
        ledger.clear();
        clockMillis = 1_000_000;
        nextPusher = 0;
        int bytes =
                random.nextInt(3) > 0
                        ? MIN_BYTES
                        : MIN_BYTES + random.nextInt(MOST_BYTES - MIN_BYTES);
        superblock = Layouts.any(bytes, clockMillis, random);
        mostlyLarge = random.nextInt(3) == 0;
        disk.clear(superblock.fileBytes(), new SplittableRandom(random.nextLong()));
        disk.pauses(() -> {});
        try {
            FileState.format(disk, superblock);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        disk.protect(2 * Superblock.PAGE);
    }

    /** What a history that failed has left open. */
    private void abandon() {
        file = null;
        followers.clear();
        busy = 0;
        letGoOfMemory();
    }

    private <T extends AutoCloseable> T held(T memory) {
        held.add(memory);
        return memory;
    }

    private void letGoOfMemory() {
        try {
            for (AutoCloseable memory : held) memory.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        held.clear();
    }

    private void oneRun() {
        disk.powerOn();
        disk.pauses(() -> {});
        threads = new Scheduler(random);
        closing = false;
        open();
        RotFile opened = file;
        if (opened == null) throw new AssertionError("not opened");
        disk.pauses(Scheduler::pass);
        planFault();
        for (int i = 1 + random.nextInt(3); i > 0; i--) startPusher(opened);
        for (int i = random.nextInt(3); i > 0; i--) startCommitter(opened);
        for (int i = random.nextInt(3); i > 0; i--) startReader(opened);
        for (int i = random.nextInt(3); i > 0; i--) startFollower(opened);
        if (random.nextInt(8) == 0) startCloser(opened);
        threads.run();
        expectNobodyStuck(opened);
        end(opened);
    }

    private void planFault() {
        int within =
                switch (random.nextInt(4)) {
                    case 0 -> 30;
                    case 1, 2 -> 400;
                    default -> 3000;
                };
        switch (random.nextInt(4)) {
            case 0, 1 -> disk.crashAfter(random.nextTime(within));
            case 2 -> {
                AfterFailedSync[] ways = AfterFailedSync.values();
                disk.failAfter(
                        random.nextTime(within),
                        random.nextBoolean(),
                        ways[random.nextInt(ways.length)]);
            }
            default -> {}
        }
    }

    private void expectNobodyStuck(RotFile opened) {
        if (busy > 0) throw new AssertionError(busy + " threads wait for ever");
        if (closing || disk.failed()) return;
        long end = opened.ping().next();
        for (Follower follower : followers)
            if (follower.waiting && follower.nextId < end)
                throw new AssertionError(
                        "a stream waits at " + follower.nextId + ", readable is " + end);
    }

    /** The process ends in one of three ways. */
    private void end(RotFile opened) {
        boolean clean = !disk.failed() && random.nextInt(3) == 0;
        if (!clean) {
            note("the end");
            if (!closing) ledger.shown(QueueAccess.range(opened).committed().id());
            disk.crashAfter(0);
        }
        boolean power = disk.crashed() || random.nextBoolean();
        threads.start(this::letGo);
        threads.run();
        if (threads.alive() > 0)
            throw new AssertionError(threads.alive() + " threads stay after closing");
        followers.clear();
        letGoOfMemory();
        if (clean && !disk.failed())
            ledger.committed(QueueAccess.range(opened).committed().id(), ledger.pushedEnd());
        if (power) disk.loseCache();
        else disk.keepCache();
    }

    private void letGo() {
        RotFile opened = file;
        file = null;
        if (opened == null) return;
        try {
            opened.close();
        } catch (Crash | QueueException.QueueFailedException e) {
            note("closed: " + e.getMessage());
        }
    }

    private void open() {
        clockMillis += random.nextInt(50);
        RotFile opened;
        try {
            opened = QueueAccess.open(disk, PATH, this::millis, threads);
        } catch (IOException | QueueException e) {
            throw new AssertionError("cannot open: " + e.getMessage(), e);
        }
        file = opened;
        openings++;
        Status status = opened.ping();
        note("opened " + status.oldest() + " to " + status.next());
        ledger.reopened(status.next());
        try (Messages messages = new Messages()) {
            for (long id = status.oldest(); id < status.next(); id = messages.nextId()) {
                opened.read(id, Integer.MAX_VALUE, messages);
                ledger.read(id, messages);
            }
        }
        ledger.compare(status.oldest(), status.next());
    }

    private long millis() {
        Scheduler.pass();
        return clockMillis;
    }

    // ---- the threads

    /** What a thread does some times in a row; it may be stopped by whatever happens. */
    private interface Action {
        void once() throws InterruptedException;
    }

    private void start(String name, Action action) {
        int times = 1 + random.nextInt(MOST_ACTIONS);
        busy++;
        threads.start(() -> {
            try {
                for (int i = 0; i < times && !random.ended(); i++) {
                    random.step();
                    action.once();
                    Scheduler.pass();
                }
            } catch (Crash e) {
                note(name + " ends with the power");
            } catch (CompletionException e) {
                if (!(e.getCause() instanceof Crash)) throw e;
                note(name + " ends with the power");
            } catch (QueueException.QueueFailedException e) {
                if (!disk.failed()) throw new AssertionError(e);
                note(name + " ends: the queue failed");
            } catch (QueueException.QueueClosedException e) {
                if (!closing) throw new AssertionError(e);
                note(name + " ends: the queue was closed");
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            } finally {
                busy--;
            }
        });
    }

    private void startPusher(RotFile opened) {
        int pusher = nextPusher++;
        Pushes pushes = new Pushes(pusher, opened);
        start("pusher " + pusher, pushes);
    }

    /** One thread's pushes, some of which it commits. */
    private final class Pushes implements Action {
        private final int pusher;
        private final RotFile opened;
        private int push;

        Pushes(int pusher, RotFile opened) {
            this.pusher = pusher;
            this.opened = opened;
        }

        @Override
        public void once() {
            if (random.nextInt(6) == 0) pushLater();
            else pushOne();
            if (random.nextInt(3) == 0) commit("pusher " + pusher, opened);
            if (random.nextInt(8) == 0) clockMillis += random.nextInt(100) - 40;
        }

        private void pushOne() {
            Batch batch = newBatch();
            int number = push;
            answered(number, batch.count(), opened.push(batch));
        }

        /** Several without waiting for the first. */
        private void pushLater() {
            List<CompletableFuture<Long>> answers = new ArrayList<>();
            List<Integer> counts = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                Batch batch = newBatch();
                counts.add(batch.count());
                answers.add(opened.pushAsync(batch));
            }
            int first = push - answers.size() + 1;
            for (int i = 0; i < answers.size(); i++)
                answered(first + i, counts.get(i), joined(answers.get(i)));
        }

        /** In memory of its own: the queue may still read it when the thread has been stopped. */
        private Batch newBatch() {
            Batch batch = held(new Batch());
            Ledger.fill(batch, pusher, ++push, sizes());
            note("pusher " + pusher + " pushes " + push + ", " + batch.count() + " messages");
            return batch;
        }

        private void answered(int number, int count, long id) {
            note("pusher " + pusher + " pushed " + number + " as " + id);
            ledger.pushed(id, pusher, number, count);
        }
    }

    private int[] sizes() {
        int most = superblock.maxMessageBytes();
        int count =
                switch (random.nextInt(6)) {
                    case 0 -> 1 + random.nextInt(most / 100);
                    case 1, 2 -> 1 + random.nextInt(6);
                    default -> 1;
                };
        int room = most / count - 4; // for each, that the push stays below the limit
        int bound =
                switch (random.nextInt(mostlyLarge ? 2 : 8)) {
                    case 0 -> room;
                    case 1 -> Math.min(room, 3000);
                    default -> Math.min(room, 200);
                };
        int[] bytes = new int[count];
        for (int i = 0; i < count; i++) bytes[i] = random.nextInt(bound);
        return bytes;
    }

    private void commit(String who, RotFile opened) {
        long atLeast = ledger.pushedEnd();
        long id = random.nextInt(3) == 0 ? joined(opened.commitAsync()) : opened.commit();
        note(who + " committed " + id);
        ledger.committed(id, atLeast);
    }

    private static long joined(CompletableFuture<Long> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof QueueException cause) throw cause;
            if (e.getCause() instanceof Crash crash) throw crash;
            throw e;
        }
    }

    private void startCommitter(RotFile opened) {
        start("committer", () -> commit("committer", opened));
    }

    private void startReader(RotFile opened) {
        Messages messages = held(new Messages(4096 << random.nextInt(5)));
        start(
                "reader",
                () -> {
                    Status status = opened.ping();
                    long id =
                            random.nextBoolean()
                                    ? messages.nextId()
                                    : random.nextLong(status.next() + 1);
                    opened.read(id, 1 + random.nextInt(200), messages);
                    ledger.read(id, messages);
                });
    }

    private void startFollower(RotFile opened) {
        Follower follower = new Follower(opened);
        followers.add(follower);
        threads.start(follower);
    }

    /** Follows the queue until it is closed. */
    private final class Follower implements Runnable {
        private final MessageStream stream;
        private long nextId;
        private boolean waiting;

        Follower(RotFile opened) {
            this.nextId = random.nextLong(opened.ping().next() + 1);
            this.stream = held(opened.stream(Start.id(nextId))).chunk(1 + random.nextInt(30));
        }

        @Override
        public void run() {
            try {
                while (!stream.isEnded()) {
                    waiting = true;
                    Messages messages = stream.poll(Duration.ofDays(100_000));
                    waiting = false;
                    ledger.read(nextId, messages);
                    nextId = messages.nextId();
                    Scheduler.pass();
                }
            } catch (QueueException.QueueClosedException e) {
                if (file != null && !closing) throw new AssertionError(e);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            } finally {
                waiting = false;
            }
        }
    }

    private void startCloser(RotFile opened) {
        int after = random.nextInt(60);
        busy++;
        threads.start(() -> {
            for (int i = 0; i < after; i++) Scheduler.pass();
            closing = true;
            long atLeast = ledger.pushedEnd();
            note("close");
            try {
                opened.close();
                ledger.committed(QueueAccess.range(opened).committed().id(), atLeast);
            } catch (Crash | QueueException.QueueFailedException e) {
                if (!disk.failed()) throw new AssertionError(e);
            } finally {
                busy--;
            }
        });
    }

    // ---- the trace

    private void note(String what) {
        if (tracing) trace.add(disk.operations() + ": " + what);
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

    @Override
    public void close() {
        abandon();
    }
}
