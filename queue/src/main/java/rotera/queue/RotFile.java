package rotera.queue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import rotera.queue.disk.Clock;
import rotera.queue.disk.Disk;
import rotera.queue.disk.PosixDisk;

/**
 * A queue in a file of this machine (docs/format.md). The invariants, cited by number in code and
 * tests:
 *
 * <ul>
 *   <li>I1 what a commit returned survives any crash
 *   <li>I2 what is read was committed, complete and byte-exact
 *   <li>I3 ids of committed messages are dense and never change their message
 *   <li>I4 the file never grows
 *   <li>I5 after a crash the queue holds whole pushes, a prefix of what was pushed, at least as
 *       long as the last commit
 *   <li>I6 no reader delays a writer
 *   <li>I7 opening is constant-time
 *   <li>I8 one writer per file, and the second is told who holds it
 * </ul>
 *
 * <p>Thread-safe. After a write or sync has failed, pushes and commits are refused with the cause
 * and reads go on.
 */
public final class RotFile implements Queue {
    private static final ThreadLocal<Cut> CUT = ThreadLocal.withInitial(Cut::new);

    private static final long NO_ROOM = -1;
    private static final long TOO_MUCH_UNCOMMITTED = -2;

    private final Path path;
    private final Disk disk;
    private final Superblock superblock;
    private final Ring ring;
    private final Bounds bounds;
    private final Reader reader;
    private final Failure failure;
    private final Waiters waiters = new Waiters();
    private final List<String> findings;
    private final HeaderSlot opened;
    private final @Nullable Appender appender;
    private final @Nullable Commits commits;
    private final @Nullable Committer committer;
    private volatile boolean closed;

    private RotFile(Path path, Disk disk, @Nullable Clock clock) throws IOException {
        this.path = path;
        this.disk = disk;
        this.superblock = Superblock.read(disk, path);
        this.ring = new Ring(disk, superblock);
        this.failure = new Failure(path);
        Index index = new Index(disk, superblock, ring);
        try (Recovery recovery = Recovery.of(disk, superblock, ring, path)) {
            this.findings = findings(recovery);
            this.opened = recovery.chosen();
            this.bounds =
                    new Bounds(recovery.chosen().oldest(), recovery.end(), superblock.entries());
            this.reader = new Reader(ring, superblock, index, bounds, path);
            skipOverwritten(recovery);
            if (clock == null) {
                disk.force(); // before showing what a killed writer left in the cache
                appender = null;
                commits = null;
                committer = null;
                return;
            }
            HeaderSlot header = begin(recovery, index, clock);
            appender = new Appender(superblock, ring, index, bounds, clock, header);
            commits =
                    new Commits(
                            disk,
                            superblock,
                            ring,
                            appender,
                            reader,
                            bounds,
                            failure,
                            waiters::wake);
            committer = new Committer(this);
        }
    }

    /**
     * Makes a new rot file. It has its name only when it is complete, with real blocks for all its
     * bytes.
     *
     * @throws QueueException.Io if the name is taken, the disk is full, or the directory cannot be
     *     written; nothing is left behind then
     */
    public static void create(Path path, CreateOptions options) {
        Path aside =
                path.resolveSibling(
                        "%s.creating-%d-%x"
                                .formatted(
                                        path.getFileName(),
                                        ProcessHandle.current().pid(),
                                        System.nanoTime()));
        try {
            if (Files.exists(path))
                throw new IOException(
                        "the file exists and is never overwritten: choose another name or remove it");
            try (PosixDisk disk =
                    PosixDisk.create(aside, options.sizeBytes(), options.progress())) {
                format(disk, options, Clock.SYSTEM);
                PosixDisk.publish(aside, path);
            } finally {
                Files.deleteIfExists(aside);
            }
        } catch (IOException e) {
            throw new QueueException.Io(
                    "cannot create " + path + " of " + options.sizeBytes() + " bytes: " + reason(e),
                    e);
        }
    }

    /** Makes an empty queue of a disk full of zeros. */
    public static void format(Disk disk, CreateOptions options, Clock clock) throws IOException {
        int salt = new SecureRandom().nextInt();
        format(disk, Superblock.create(options, clock.millis(), UUID.randomUUID(), salt));
    }

    static void format(Disk disk, Superblock superblock) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment page = superblock.encode(arena);
            disk.write(0, page);
            disk.write(Superblock.PAGE, page);
        }
        Mark begin = new Mark(0, 0);
        new HeaderSlot(1, 1, begin, begin, superblock.createdMillis())
                .write(disk, superblock.salt());
        new HeaderSlot(1, 2, begin, begin, superblock.createdMillis())
                .write(disk, superblock.salt());
        disk.force();
    }

    /**
     * Opens a queue to push and to read. One process at a time can.
     *
     * @throws QueueException.HeldByAnotherProcess with the process that holds it
     * @throws QueueException.NotARotFile if it is something else, or damaged beyond reading
     * @throws QueueException.UnsupportedVersion if a newer program wrote it
     */
    public static RotFile open(Path path) {
        return open(path, Clock.SYSTEM);
    }

    /** Opens a queue that no process writes, to read. Nothing of the file is changed. */
    public static RotFile openReadOnly(Path path) {
        return open(path, null);
    }

    private static RotFile open(Path path, @Nullable Clock clock) {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new QueueException.NotARotFile(
                    path
                            + " is not a rot file that can be opened: it is "
                            + (Files.isDirectory(path) ? "a directory" : "not a regular file"));
        }
        try {
            return open(PosixDisk.open(path, clock != null), path, clock);
        } catch (PosixDisk.HeldException e) {
            throw new QueueException.HeldByAnotherProcess(
                    path, e.byReaders() ? "a program that reads it" : WritersNote.describe(path));
        } catch (IOException e) {
            throw new QueueException.Io("cannot open " + path + ": " + reason(e), e);
        }
    }

    /**
     * Opens a queue on any disk, for tests and the simulator. The disk is closed with the queue, or
     * if this fails. A null clock means to read only.
     */
    public static RotFile open(Disk disk, Path path, @Nullable Clock clock) throws IOException {
        try {
            return new RotFile(path, disk, clock);
        } catch (Throwable e) {
            disk.close();
            throw e;
        }
    }

    /**
     * Where the newer header was damaged, some of what the older one keeps may be overwritten: by
     * what was recovered, and further on by what was not, of which any part may be on the disk.
     */
    private void skipOverwritten(Recovery recovery) {
        if (!recovery.slotDamaged()) return;
        HeaderSlot chosen = recovery.chosen();
        long keptFrom = bounds.committed().position() - ring.bytes();
        bounds.moveOldest(
                reader.firstIntact(
                        Math.max(keptFrom, chosen.oldest().position()),
                        keptFrom + superblock.maxUncommitted(),
                        chosen.oldest(),
                        chosen.checkpoint()));
    }

    /**
     * Makes what was found durable and begins a new epoch: nothing that carries it is written
     * before a header that names it is durable, and both slots name it before the first push.
     */
    private HeaderSlot begin(Recovery recovery, Index index, Clock clock) throws IOException {
        recovery.rewrite(index);
        HeaderSlot first =
                recovery.chosen().nextEpoch(bounds.oldest(), recovery.end(), recovery.lastMillis());
        first.write(disk, superblock.salt());
        disk.force();
        HeaderSlot second = first.next(first.oldest(), first.checkpoint(), first.lastMillis());
        second.write(disk, superblock.salt());
        WritersNote.write(disk, superblock.salt(), clock.millis());
        disk.force();
        return second;
    }

    @Override
    public Status ping() {
        checkOpen();
        Mark oldest = bounds.oldest();
        Mark committed = bounds.committed();
        return new Status(
                bounds.oldestId(oldest, committed),
                committed.id(),
                true,
                superblock.maxMessageBytes(),
                superblock.maxPushBytes());
    }

    @Override
    public long push(Batch batch) {
        return idle() ? stage(batch) : result(committer().pushAsync(batch));
    }

    /** Whether every push and commit of the forms that do not wait has taken effect. */
    boolean idle() {
        return committer().idle();
    }

    /**
     * Like {@link #push}, but does not wait for a sync: if it had to, it stages nothing and returns
     * a negative number. Takes its place in the order at once, even behind {@link #pushAsync}.
     */
    public long tryPush(Batch batch) {
        return tryStage(batch);
    }

    /** Stages the batch, waiting for room and for the disk as needed. */
    long stage(Batch batch) {
        while (true) {
            long id = tryStage(batch);
            if (id >= 0) return id;
            if (id == NO_ROOM) commits().makeRoom(superblock.maxPushSpace(batch.bytes()));
            else commits().makeRoom(0); // one sync, mostly the one that runs: then go on beside the
            // next
        }
    }

    /** Stages the batch if that needs no sync; else says what is in the way. */
    long tryStage(Batch batch) {
        checkLimits(batch);
        Appender appender = appender();
        Cut parts = CUT.get();
        parts.of(batch, superblock);
        boolean much;
        long id;
        appender.lock();
        try {
            checkOpen();
            failure.check();
            if (!appender.hasRoom(parts.space())) return NO_ROOM;
            if (appender.exceedsUncommitted(parts.space())) return TOO_MUCH_UNCOMMITTED;
            id = stage(appender, batch, parts);
            much = appender.uncommitted() > superblock.uncommittedBytes() / 2;
        } finally {
            appender.unlock();
        }
        if (much) committer().nudge();
        return id;
    }

    /** Whatever stops it on the way leaves half a push behind: the queue has failed then. */
    private long stage(Appender appender, Batch batch, Cut parts) {
        try {
            return appender.stage(batch, parts);
        } catch (IOException e) {
            throw failure.fail("write", e);
        } catch (RuntimeException | Error e) {
            failure.fail("write", e);
            throw e;
        }
    }

    private void checkLimits(Batch batch) {
        if (batch.largest() > superblock.maxMessageBytes())
            throw new QueueException.MessageTooLarge(batch.largest(), superblock.maxMessageBytes());
        if (batch.count() > MAX_PUSH_MESSAGES)
            throw new QueueException.BatchTooLarge(batch.count(), MAX_PUSH_MESSAGES, "messages");
        if (batch.bytes() > superblock.maxPushBytes())
            throw new QueueException.BatchTooLarge(
                    batch.bytes(),
                    superblock.maxPushBytes(),
                    "bytes (4 + length for each message)");
    }

    @Override
    public CompletableFuture<Long> pushAsync(Batch batch) {
        return committer().pushAsync(batch);
    }

    @Override
    public long commit() {
        return idle() ? commitStaged() : result(committer().commitAsync());
    }

    long commitStaged() {
        long target;
        appender().lock();
        try {
            checkOpen();
            target = appender().next().position();
        } finally {
            appender().unlock();
        }
        commits().await(target);
        return bounds.committed().id();
    }

    private static long result(CompletableFuture<Long> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof QueueException cause) throw cause;
            throw e;
        }
    }

    @Override
    public CompletableFuture<Long> commitAsync() {
        return committer().commitAsync();
    }

    @Override
    public int read(long id, int most, Messages into) {
        if (id < 0) throw new IllegalArgumentException("id=" + id + " is negative: ids begin at 0");
        if (most < 0) throw new IllegalArgumentException("most=" + most + " is negative");
        checkOpen();
        try {
            return reader.read(id, most, into);
        } catch (InternalError e) {
            throw new QueueException.Io(
                    "cannot read "
                            + path
                            + " near message "
                            + id
                            + ": the device failed, or the file was cut",
                    e);
        } catch (IllegalStateException e) {
            checkOpen();
            throw e;
        }
    }

    @Override
    public MessageStream stream(Start start, long total) {
        if (total < 0) throw new IllegalArgumentException("total=" + total + " is negative");
        checkOpen();
        long id =
                switch (start) {
                    case Start.Oldest oldest -> 0;
                    case Start.End end -> bounds.committed().id();
                    case Start.Id at -> at.id();
                    case Start.Time time -> reader.idAtTime(time.millis());
                };
        return new FileStream(this, id, total);
    }

    /**
     * Calls the listener after every commit that made messages readable, on the thread that made
     * it: it has to be quick.
     */
    public void onCommit(Runnable listener) {
        waiters.listen(listener);
    }

    /**
     * Waits until there is a message at or behind the id, or the time is over, or {@code stop};
     * false if the queue was closed.
     */
    boolean awaitMessage(long id, Duration timeout, BooleanSupplier stop)
            throws InterruptedException {
        return waiters.await(
                        timeout,
                        () -> closed || stop.getAsBoolean() || bounds.committed().id() > id)
                && !closed;
    }

    void wakeReaders() {
        waiters.wake();
    }

    /** What this file is and holds. */
    public RotFileInfo info() {
        checkOpen();
        return RotFileInfo.of(
                superblock,
                bounds,
                appender == null ? opened : appender.durable(),
                appender == null ? bounds.committed() : appender.next());
    }

    private static List<String> findings(Recovery recovery) {
        List<String> findings = new ArrayList<>();
        if (recovery.slotDamaged())
            findings.add("one of the two header slots was damaged; the other led to everything");
        for (Recovery.Hole hole : recovery.holes()) {
            findings.add(
                    "messages %d to %d are damaged (positions %d to %d)"
                            .formatted(
                                    hole.from().id(),
                                    hole.to().id() - 1,
                                    hole.from().position(),
                                    hole.to().position()));
        }
        return List.copyOf(findings);
    }

    /** What the opening found to be wrong, in words; mostly nothing. */
    public List<String> findings() {
        return findings;
    }

    /**
     * Reads everything that is kept and compares all checksums. The damage is told as it is found;
     * progress in bytes of the ring.
     */
    public CheckResult check(Consumer<String> damage, LongConsumer progress) {
        checkOpen();
        return new Check(disk, superblock, this, damage).run(progress);
    }

    Bounds bounds() {
        return bounds;
    }

    public Path path() {
        return path;
    }

    /** Number that no other queue has, not even one of the same name. */
    public UUID uniqueId() {
        return superblock.uniqueId();
    }

    /** The name given at the creation, if any. */
    public Optional<String> name() {
        return superblock.name().isEmpty() ? Optional.empty() : Optional.of(superblock.name());
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) return;
            if (committer != null) committer.drain();
            closed = true;
        }
        waiters.wake();
        try {
            if (commits != null) commits.finish();
        } finally {
            if (appender != null) appender.close();
            disk.close();
        }
    }

    private void checkOpen() {
        if (closed) throw closedError();
    }

    QueueException closedError() {
        return new QueueException.QueueClosed(path + " was closed");
    }

    private Appender appender() {
        if (appender == null) throw readOnly();
        return appender;
    }

    private Commits commits() {
        if (commits == null) throw readOnly();
        return commits;
    }

    private Committer committer() {
        if (committer == null) throw readOnly();
        return committer;
    }

    private QueueException readOnly() {
        return new QueueException.NotWritable(path + " is open for reading only");
    }

    private static String reason(IOException e) {
        return String.valueOf(e.getMessage());
    }
}
