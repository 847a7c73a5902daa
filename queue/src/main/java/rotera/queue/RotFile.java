package rotera.queue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import rotera.queue.disk.Clock;
import rotera.queue.disk.Disk;
import rotera.queue.disk.MemoryDisk;
import rotera.queue.disk.PosixDisk;
import rotera.queue.disk.Unfinished;
import rotera.queue.engine.Check;
import rotera.queue.engine.CommitSignal;
import rotera.queue.engine.FileState;
import rotera.queue.engine.QueueAccess;
import rotera.queue.engine.ReadableRange;
import rotera.queue.engine.Rebuild;
import rotera.queue.engine.SyncMeter;
import rotera.queue.engine.Writer;
import rotera.queue.format.LockOwner;
import rotera.queue.format.LogPosition;
import rotera.queue.format.Settings;
import rotera.queue.format.Superblock;

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
    /** What {@link #tryPush} returns instead of an id; negative. */
    public static final long MUST_WAIT = -1;

    static {
        QueueAccess.provide(new EngineAccess());
    }

    private final FileState file;
    private final CommitSignal waiters = new CommitSignal();
    private final @Nullable Writer writer;
    private final LongAdder skipped = new LongAdder();
    private final long oldestAtOpening;
    private final long nextAtOpening;
    private volatile boolean closed;
    private volatile Path path;

    private RotFile(FileState file, @Nullable Clock clock, ThreadFactory threads)
            throws IOException {
        this.file = file;
        this.path = file.path;
        LogPosition committed = file.bounds.committed();
        this.oldestAtOpening = file.bounds.oldestId(file.bounds.oldest(), committed);
        this.nextAtOpening = committed.id();
        this.writer =
                clock == null || file.onlyRead().isPresent()
                        ? null
                        : new Writer(file, clock, threads, waiters::wake);
    }

    /**
     * Makes a new rot file. It has its name only when it is complete, with real blocks for all its
     * bytes.
     *
     * @throws QueueException.StorageException if the name is taken, the disk is full, or the
     *     directory cannot be written; nothing is left behind then
     */
    public static void create(Path path, CreateOptions options) {
        Path aside = Unfinished.beside(path);
        try {
            if (Files.exists(path))
                throw new IOException(
                        "the file exists and is never overwritten: choose another name or remove it");
            try {
                try (PosixDisk disk =
                        PosixDisk.create(aside, options.sizeBytes(), options.progress())) {
                    format(disk, options, Clock.SYSTEM);
                }
                // Not locked any more: a server that sees the name can open the file.
                PosixDisk.publish(aside, path);
            } finally {
                Files.deleteIfExists(aside);
            }
        } catch (IOException e) {
            throw new QueueException.StorageException(
                    "cannot create " + path + " of " + options.sizeBytes() + " bytes: " + reason(e),
                    e);
        }
    }

    /**
     * Deletes a rot file that nobody has open, durably.
     *
     * @throws QueueException.StorageException if it is not there, or cannot be deleted
     */
    public static void delete(Path path) {
        try {
            PosixDisk.delete(path);
            PosixDisk.syncDirectory(path);
        } catch (IOException e) {
            throw new QueueException.StorageException(
                    "cannot delete " + path + ": " + reason(e), e);
        }
    }

    /** Makes an empty queue of a disk full of zeros. */
    static void format(Disk disk, CreateOptions options, Clock clock) throws IOException {
        UUID uniqueId = UUID.randomUUID();
        Superblock.Identity identity =
                new Superblock.Identity(
                        uniqueId,
                        options.lineageId().orElse(uniqueId),
                        new SecureRandom().nextInt(),
                        options.created().map(Instant::toEpochMilli).orElse(clock.millis()));
        FileState.format(
                disk,
                Superblock.create(options.sizeBytes(), options.entries(), identity),
                options.name(),
                options.firstId());
    }

    /**
     * Opens a queue to push and to read. One process at a time can. A file that a newer version has
     * made use of may be open to read only: {@link #failure} says why then.
     *
     * @throws QueueException.HeldByAnotherProcessException with the process that holds it
     * @throws QueueException.NotARotFileException if it is something else, or damaged beyond
     *     reading
     * @throws QueueException.UnsupportedVersionException if a newer program wrote it
     */
    public static RotFile open(Path path) {
        return open(path, Clock.SYSTEM);
    }

    /**
     * Opens a queue to push and to read, and makes its file first if there is none.
     *
     * @param sizeBytes size of a file that is made, at least 96 KiB; a file that exists keeps its
     *     own
     * @throws QueueException.StorageException if the file can be neither opened nor made
     */
    public static RotFile openOrCreate(Path path, long sizeBytes) {
        CreateOptions options = CreateOptions.ofSize(sizeBytes);
        if (Files.notExists(path)) {
            try {
                create(path, options);
            } catch (QueueException.StorageException e) {
                if (Files.notExists(path)) throw e; // else another program was faster
            }
        }
        return open(path);
    }

    /**
     * A queue in memory, for tests of programs that use one: it behaves as a file of this size,
     * takes as much memory, and is gone when it is closed.
     *
     * @param sizeBytes at least 96 KiB
     */
    public static RotFile inMemory(long sizeBytes) {
        CreateOptions options = CreateOptions.ofSize(sizeBytes);
        try {
            Disk disk = new MemoryDisk(sizeBytes);
            format(disk, options, Clock.SYSTEM);
            return open(disk, Path.of("memory"), Clock.SYSTEM);
        } catch (IOException e) {
            throw new QueueException.StorageException(
                    "cannot make a queue in memory: " + reason(e), e);
        }
    }

    /** Opens a queue that no process writes, to read. Nothing of the file is changed. */
    public static RotFile openReadOnly(Path path) {
        return open(path, null);
    }

    /**
     * The unique id of the queue in a file. Nothing else is looked at, and nothing is changed.
     * Empty if it cannot be read; opening the file says why.
     */
    public static Optional<UUID> uniqueIdIn(Path path) {
        if (!Files.isRegularFile(path)) return Optional.empty();
        try (PosixDisk disk = PosixDisk.open(path, false)) {
            return Optional.of(Superblock.read(disk, path).uniqueId());
        } catch (IOException | QueueException e) {
            return Optional.empty();
        }
    }

    private static RotFile open(Path path, @Nullable Clock clock) {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new QueueException.NotARotFileException(
                    path
                            + " is not a rot file that can be opened: it is "
                            + (Files.isDirectory(path) ? "a directory" : "not a regular file"));
        }
        try {
            return open(PosixDisk.open(path, clock != null), path, clock);
        } catch (PosixDisk.HeldException e) {
            throw new QueueException.HeldByAnotherProcessException(
                    path, e.byReaders() ? "a program that reads it" : LockOwner.describe(path));
        } catch (IOException e) {
            throw new QueueException.StorageException("cannot open " + path + ": " + reason(e), e);
        }
    }

    /**
     * Opens a queue on any disk, for tests and the simulator. The disk is closed with the queue, or
     * if this fails. A null clock means to read only.
     */
    static RotFile open(Disk disk, Path path, @Nullable Clock clock) throws IOException {
        return open(
                disk,
                path,
                clock,
                Thread.ofPlatform().daemon().name("rotera-commit-" + path.getFileName()).factory());
    }

    /** The same; {@code threads} makes the one thread that {@link #pushAsync} and such need. */
    static RotFile open(Disk disk, Path path, @Nullable Clock clock, ThreadFactory threads)
            throws IOException {
        try {
            return new RotFile(new FileState(disk, path, clock), clock, threads);
        } catch (Throwable e) {
            disk.close();
            throw e;
        }
    }

    @Override
    public Status ping() {
        checkOpen();
        LogPosition oldest = file.bounds.oldest();
        LogPosition committed = file.bounds.committed();
        return Status.of(
                file.bounds.oldestId(oldest, committed),
                committed.id(),
                true,
                file.superblock.maxMessageBytes(),
                file.superblock.maxPushBytes());
    }

    @Override
    public long push(Batch batch) {
        return writer().push(batch.body());
    }

    /**
     * Like {@link #push}, but does not wait for a sync: if it had to, it stages nothing and returns
     * {@link #MUST_WAIT}. Takes its place in the order at once, even behind {@link #pushAsync}.
     */
    public long tryPush(Batch batch) {
        long id = writer().tryPush(batch.body());
        return id < 0 ? MUST_WAIT : id;
    }

    /**
     * What a producer pushed last, as long as it is remembered: with the sequence of its last
     * message, and durable only once it is committed. What a producer asks after a lost connection,
     * to go on behind it.
     */
    public Optional<Producer> lastPush(long producerId) {
        checkOpen();
        return writer == null ? file.producers.last(producerId) : writer.lastPush(producerId);
    }

    /** For tests: whether nothing is done in the background. */
    boolean quiet() {
        return writer().quiet();
    }

    @Override
    public CompletableFuture<Long> pushAsync(Batch batch) {
        return writer().pushAsync(batch.body());
    }

    @Override
    public long commit() {
        return writer().commit();
    }

    @Override
    public CompletableFuture<Long> commitAsync() {
        return writer().commitAsync();
    }

    /**
     * Moves the checkpoint to the end of what is committed, which costs a sync. Damage to the
     * newest commit is told from an unfinished end, after a crash, once there is a later commit or
     * this was called: call it when a queue falls idle, as the server does. {@link #close} does it
     * too.
     */
    public void checkpoint() {
        writer().checkpoint();
    }

    /**
     * Like {@link #checkpoint}, but without a sync, so that it costs next to nothing: it protects
     * the newest commit if the process is killed, and after the next sync if the power is lost.
     */
    public void noteCheckpoint() {
        writer().noteCheckpoint();
    }

    /**
     * Gives the open file another name, unless that is taken, durably; {@link #path} tells it. The
     * directory has to be on the same file system. Pushes, commits and reads go on meanwhile. A
     * file that is renamed in another way takes no more pushes ({@link
     * QueueException.FileGoneException}).
     *
     * @throws QueueException.StorageException if the name is taken, or the file cannot get it
     */
    public void rename(Path to) {
        checkOpen();
        try {
            if (!(file.disk instanceof PosixDisk disk)) throw new IOException("it has no name");
            disk.rename(to);
            path = to;
        } catch (IOException e) {
            throw new QueueException.StorageException(
                    "cannot rename " + path + " to " + to + ": " + reason(e), e);
        }
    }

    @Override
    public int read(long id, int most, Messages into) {
        if (id < 0) throw new IllegalArgumentException("id=" + id + " is negative: ids begin at 0");
        if (most < 0) throw new IllegalArgumentException("most=" + most + " is negative");
        checkOpen();
        into.buffer().checkOpen();
        try {
            int count = file.reader.read(id, most, into.buffer());
            if (into.skipped() > 0) skipped.add(into.skipped());
            return count;
        } catch (IllegalStateException e) {
            checkOpen();
            throw e;
        }
    }

    @Override
    public MessageStream stream(Start start, long total) {
        if (total < 0) throw new IllegalArgumentException("total=" + total + " is negative");
        checkOpen();
        return new FileStream(this, idOf(start), total);
    }

    /** The id that this start means now. */
    public long idOf(Start start) {
        checkOpen();
        return switch (start) {
            case Start.Oldest oldest ->
                    file.bounds.oldestId(file.bounds.oldest(), file.bounds.committed());
            case Start.End end -> file.bounds.committed().id();
            case Start.Id at -> at.id();
            case Start.Time time -> file.reader.idAtTime(time.millis());
        };
    }

    /**
     * Calls the listener after every commit that made messages readable, on the thread that made
     * it: it has to be quick. It is called until the subscription is closed.
     */
    public Subscription onCommit(Runnable listener) {
        Runnable end = waiters.listen(listener);
        return end::run;
    }

    /**
     * A listener that is called until this is closed; once more at most if a call is on its way.
     */
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Waits until there is a message at or behind the id, or the time is over, or {@code stop};
     * false if the queue was closed.
     */
    boolean awaitMessage(long id, Duration timeout, BooleanSupplier stop)
            throws InterruptedException {
        return waiters.await(
                        timeout,
                        () -> closed || stop.getAsBoolean() || file.bounds.committed().id() > id)
                && !closed;
    }

    void wakeReaders() {
        waiters.wake();
    }

    /** Why the queue takes no pushes and commits; empty while it does, or is open to read only. */
    public Optional<String> failure() {
        return writer == null ? file.onlyRead() : writer.failureText();
    }

    @Override
    public QueueStatistics statistics() {
        checkOpen();
        LogPosition oldest = file.bounds.oldest();
        LogPosition committed = file.bounds.committed();
        SyncMeter meter = writer == null ? new SyncMeter() : writer.meter();
        return new FileStatistics(
                (writer == null ? committed : writer.next()).id() - nextAtOpening,
                committed.id() - nextAtOpening,
                file.bounds.oldestId(oldest, committed) - oldestAtOpening,
                skipped.sum(),
                OptionalLong.of(meter.syncs()),
                Optional.of(meter.time()));
    }

    /** What this file is and holds. */
    public RotFileInfo info() {
        checkOpen();
        return RotFileInfo.of(
                file,
                writer == null ? file.header : writer.durable(),
                writer == null ? file.bounds.committed() : writer.next());
    }

    /**
     * What to know of the file although nothing of it is damaged, in words: a newer version has
     * made use of it, or a clock was wrong. Mostly nothing.
     */
    public List<String> warnings() {
        return file.warnings;
    }

    /** What the opening found to be wrong, in words, and the {@link #warnings}; mostly nothing. */
    public List<String> findings() {
        return file.findings;
    }

    /**
     * Reads everything that is kept and compares all checksums. The damage is told as it is found;
     * progress in bytes of the ring.
     */
    public CheckResult check(Consumer<String> damage, LongConsumer progress) {
        checkOpen();
        try {
            return new Check(file, damage).run(progress);
        } catch (IllegalStateException e) {
            if (closed) checkOpen();
            throw e;
        }
    }

    public Path path() {
        return path;
    }

    /** For tests that look behind what is shown. */
    ReadableRange bounds() {
        return file.bounds;
    }

    /** Number that no other queue has, not even one of the same name. */
    public UUID uniqueId() {
        return file.superblock.uniqueId();
    }

    /**
     * Makes superblocks and headers anew out of the records of a file that cannot be opened for
     * want of them, and gives a file that was cut or extended its size again. The file is changed:
     * work on a copy. Messages that were not committed, or evicted already, may come back.
     *
     * @param told what was found, in words
     * @throws QueueException.NotARotFileException if not a single record is found
     */
    public static void rebuild(Path path, Consumer<String> told) {
        try {
            Rebuild.size(path, told);
            try (PosixDisk disk = PosixDisk.open(path, true)) {
                Rebuild.of(disk, path, told);
            }
        } catch (PosixDisk.HeldException e) {
            throw new QueueException.HeldByAnotherProcessException(
                    path, e.byReaders() ? "a program that reads it" : LockOwner.describe(path));
        } catch (IOException e) {
            throw new QueueException.StorageException(
                    "cannot repair " + path + ": " + reason(e), e);
        }
    }

    /** The name given at the creation or since, if any. */
    public Optional<String> name() {
        return file.name().isEmpty() ? Optional.empty() : Optional.of(file.name());
    }

    /**
     * Gives the queue another name, of up to 255 bytes in UTF-8, or none if it is empty. Durable
     * when it returns; after a crash on the way the queue has one of the two names.
     */
    public void rename(String name) {
        Settings.checkName(name);
        writer().change(settings -> settings.renamed(name));
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) return;
            closed = true;
        }
        waiters.wake();
        try {
            if (writer != null) writer.close();
        } finally {
            file.disk.close();
        }
    }

    boolean isClosed() {
        return closed;
    }

    private void checkOpen() {
        if (closed) throw new QueueException.QueueClosedException(file.path + " was closed");
    }

    private Writer writer() {
        if (writer == null)
            throw new QueueException.NotWritableException(
                    file.onlyRead().orElse(file.path + " is open for reading only"));
        return writer;
    }

    private static String reason(IOException e) {
        return String.valueOf(e.getMessage());
    }
}
