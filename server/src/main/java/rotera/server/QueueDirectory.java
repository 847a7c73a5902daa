package rotera.server;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import rotera.queue.CreateOptions;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.Storage;

/**
 * The queues of a directory: every file {@code NUMBER.rot}, those that are there at the start and
 * those that come later. What cannot be opened is told once and set aside, until it changes or its
 * holder lets go of it. A file that is deleted or replaced is served as it was opened, which is
 * told. One thread, which sleeps until the directory changes; others may create and delete.
 */
final class QueueDirectory {
    private static final String SUFFIX = ".rot";
    private static final long LOOK_AGAIN_SECONDS = 2;

    /** How often clients that ask for unknown queues may have the directory read. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** So much later the clock of the file system has gone on. */
    private static final long SETTLED_MILLIS = 50;

    static final long MAX_NUMBER = 0xffff_ffffL;

    private final Path directory;
    private final Function<Path, RotFile> open;
    private final Consumer<ServedQueue> found;
    private final Log log;
    private final WatchService watch;
    private final Map<Integer, ServedQueue> queues = new HashMap<>();
    private final Map<Path, Aside> aside = new HashMap<>();
    private final Map<Path, Opened> opened = new HashMap<>();

    /** Numbers whose files are being made or deleted, with the names of these queues. */
    private final Map<Integer, String> changing = new HashMap<>();

    /** Names that queues are about to get, by number. */
    private final Map<Integer, String> renaming = new HashMap<>();

    private final List<Consumer<ServedQueue>> deletions = new CopyOnWriteArrayList<>();

    /** By number, why a file is not served; for the threads that answer clients. */
    private volatile Map<Integer, String> reasons = Map.of();

    private boolean closed;
    private @Nullable Thread thread;

    /** Looks that clients caused: one at a time. */
    private final ReentrantLock looking = new ReentrantLock();

    private final AtomicLong looksBegun = new AtomicLong();
    private long lookedNanos = System.nanoTime() - LOOK_NANOS;

    /** When the directory had changed as it was read last; null if more may have come since. */
    private @Nullable FileTime readAsOf;

    /** Why a file is not served. The same reason is not told again. */
    private record Aside(FileTime modified, long size, boolean held, String reason) {}

    /** A file that is served: its identity, and what was told of its name last. */
    private record Opened(@Nullable Object identity, String told) {}

    QueueDirectory(
            Path directory, Function<Path, RotFile> open, Consumer<ServedQueue> found, Log log)
            throws IOException {
        this.directory = directory;
        this.open = open;
        this.found = found;
        this.log = log;
        this.watch = directory.getFileSystem().newWatchService();
        try {
            // Only names: every write to a queue is a modification.
            directory.register(
                    watch,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_DELETE);
            Storage storage = Storage.of(directory);
            for (String weakness : storage.weaknesses())
                log.warn(directory + " lies on " + storage.fileSystem() + ": " + weakness);
            scan();
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    /** How many files of the directory look like queues; 0 if it cannot be read. */
    static int count(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return (int) files.filter(file -> file.toString().endsWith(SUFFIX)).count();
        } catch (IOException e) {
            return 0; // told when it is opened
        }
    }

    void start() {
        thread = Thread.ofPlatform().daemon().name("rotera-directory").start(this::follow);
    }

    private void follow() {
        try {
            while (true) {
                WatchKey key =
                        aside.isEmpty()
                                ? watch.take()
                                : watch.poll(LOOK_AGAIN_SECONDS, TimeUnit.SECONDS);
                if (key != null) {
                    key.pollEvents();
                    key.reset();
                }
                scan();
            }
        } catch (InterruptedException | ClosedWatchServiceException e) {
            // the end
        } catch (IOException e) {
            log.warn("new queues are not noticed any more: " + e.getMessage());
        }
    }

    /**
     * Reads the directory again if it may have changed. Returns when a look is done that has begun
     * after the call. However many call it, the directory is read every 20 ms at most. While it has
     * not changed, that is all that is asked for, and nobody waits.
     */
    void look() {
        long before = looksBegun.get();
        if (isAsRead()) return;
        looking.lock();
        try {
            if (looksBegun.get() > before) return; // another one's
            long early = LOOK_NANOS - (System.nanoTime() - lookedNanos);
            if (early > 0) LockSupport.parkNanos(this, early);
            looksBegun.incrementAndGet();
            if (!isAsRead()) scan();
        } catch (IOException e) {
            log.warn("cannot look for new queues: " + e.getMessage());
        } finally {
            lookedNanos = System.nanoTime();
            looking.unlock();
        }
    }

    /** Whether the directory holds what was read of it last. */
    private synchronized boolean isAsRead() {
        if (closed) return true;
        if (aside.values().stream().anyMatch(Aside::held)) return false;
        try {
            return Files.getLastModifiedTime(directory).equals(readAsOf);
        } catch (IOException e) {
            return false; // reading it tells why
        }
    }

    private synchronized void scan() throws IOException {
        FileTime changed = Files.getLastModifiedTime(directory);
        boolean settled = System.currentTimeMillis() - changed.toMillis() > SETTLED_MILLIS;
        readAsOf = settled ? changed : null;
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : found) files.add(file);
        }
        // Of two that must not be served both, the first in this order is.
        files.sort(
                Comparator.comparingInt((Path file) -> file.toString().length())
                        .thenComparing(p -> p));
        for (Path file : files) look(file);
        aside.keySet().removeIf(file -> !Files.exists(file));
        explain();
        opened.replaceAll(this::lookAgain);
    }

    private void explain() {
        Map<Integer, String> now = new HashMap<>();
        aside.forEach((file, why) ->
                number(String.valueOf(file.getFileName()))
                        .ifPresent(number -> now.put(number, why.reason)));
        reasons = now;
    }

    /** Why the file of this number is not served, if it is there and could not be opened. */
    @Nullable String whyNotServed(int number) {
        return reasons.get(number);
    }

    private void look(Path file) {
        OptionalInt number = number(String.valueOf(file.getFileName()));
        if (number.isPresent()
                && (queues.containsKey(number.getAsInt())
                        || changing.containsKey(number.getAsInt()))) return;
        Aside now = aside(file);
        Aside before = aside.get(file);
        if (before != null
                && !before.held
                && before.modified.equals(now.modified)
                && before.size == now.size) return;
        if (number.isEmpty()) {
            setAside(file, now, false, wrongName(file));
            return;
        }
        try {
            Optional<String> twin = twin(file); // before an opening, which changes the file
            if (twin.isPresent()) {
                setAside(file, now, false, twin.get());
                return;
            }
            take(number.getAsInt(), open.apply(file));
            aside.remove(file);
        } catch (QueueException.HeldByAnotherProcessException e) {
            setAside(file, now, true, String.valueOf(e.getMessage()));
        } catch (QueueException | IllegalArgumentException e) {
            setAside(file, now, false, String.valueOf(e.getMessage()));
        }
    }

    /** A number with zeros in front is a second name of a queue. */
    private String wrongName(Path file) {
        String why = "its name is not a number from 0 to 4294967295";
        String plain = String.valueOf(file.getFileName()).replaceFirst("^0+(?=[0-9])", "");
        OptionalInt meant = number(plain);
        return meant.isPresent() && queues.containsKey(meant.getAsInt())
                ? why
                        + " without zeros in front: "
                        + queues.get(meant.getAsInt()).file().path()
                        + " is queue "
                        + Integer.toUnsignedString(meant.getAsInt())
                : why;
    }

    /** Why the file must not be served beside another one that is; empty if it may. */
    private Optional<String> twin(Path file) {
        if (queues.isEmpty()) return Optional.empty();
        Optional<UUID> uniqueId = RotFile.uniqueIdIn(file);
        for (ServedQueue queue : queues.values()) {
            RotFile first = queue.file();
            boolean takesPushes = first.failure().isEmpty();
            if (takesPushes && uniqueId.filter(first.uniqueId()::equals).isPresent())
                return Optional.of(
                        "it is a copy of %s, which is served, with the same unique id: make copies with rotera copy, or remove one of the two"
                                .formatted(first.path()));
        }
        return Optional.empty();
    }

    private void take(int number, RotFile file) {
        ServedQueue queue = new ServedQueue(number, file);
        for (String finding : file.findings()) log.warn(file.path() + ": " + finding);
        queues.put(number, queue);
        opened.put(file.path(), new Opened(identity(file.path()), ""));
        found.accept(queue);
        log.info("serving " + file.path());
    }

    // ---- for clients that may create and delete

    Optional<ServedQueue> create(OptionalLong wanted, CreateOptions options) {
        OptionalInt reserved = reserve(wanted, options.name());
        if (reserved.isEmpty()) return Optional.empty();
        int number = reserved.getAsInt();
        try {
            RotFile.create(path(number), options);
            synchronized (this) {
                if (closed)
                    throw new QueueException.ShuttingDownException(
                            path(number) + " was created; the server is shutting down");
                take(number, open.apply(path(number)));
                return Optional.ofNullable(queues.get(number));
            }
        } finally {
            synchronized (this) {
                changing.remove(number);
            }
        }
    }

    /** A number that is free, now kept for a queue of this name; none if one of them is taken. */
    private synchronized OptionalInt reserve(OptionalLong wanted, String name) {
        if (!name.isEmpty() && withName(name).isPresent()) return OptionalInt.empty();
        long number = wanted.orElse(0);
        while (isTaken((int) number)) {
            if (wanted.isPresent() || number == MAX_NUMBER) return OptionalInt.empty();
            number++;
        }
        changing.put((int) number, name);
        return OptionalInt.of((int) number);
    }

    private boolean isTaken(int number) {
        return queues.containsKey(number)
                || changing.containsKey(number)
                || Files.exists(path(number), LinkOption.NOFOLLOW_LINKS);
    }

    private Path path(int number) {
        return directory.resolve(Integer.toUnsignedString(number) + SUFFIX);
    }

    /** Lets others stop to serve a queue, and returns when they have. */
    interface Stopping {
        void stop(ServedQueue queue) throws InterruptedException;
    }

    boolean delete(int number, RotFile file, Stopping stopping) throws InterruptedException {
        ServedQueue queue;
        boolean ours;
        synchronized (this) {
            queue = queues.get(number);
            if (closed || queue == null || queue.file() != file) return false;
            queues.remove(number);
            changing.put(number, file.name().orElse(""));
            Opened before = opened.remove(file.path());
            Object identity = identity(file.path());
            ours = before != null && identity != null && identity.equals(before.identity);
        }
        try {
            stopping.stop(queue);
            close(queue);
            if (ours) RotFile.delete(file.path());
            log.info((ours ? "deleted " : "no longer serving ") + file.path());
            tellDeleted(queue);
            return true;
        } finally {
            synchronized (this) {
                changing.remove(number);
            }
        }
    }

    /** Has every queue told that was deleted here, on the thread that did it. */
    void whenDeleted(Consumer<ServedQueue> listener) {
        deletions.add(listener);
    }

    private void tellDeleted(ServedQueue queue) {
        for (Consumer<ServedQueue> listener : deletions) {
            try {
                listener.accept(queue);
            } catch (RuntimeException e) {
                log.warn("after the deletion of " + queue.file().path() + ": " + e, e);
            }
        }
    }

    /**
     * Gives a queue a name that no other one has. Durable when it returns.
     *
     * @throws QueueException.NameTakenException if another queue has it
     */
    void rename(ServedQueue queue, String name) {
        checkNewName(name);
        synchronized (this) {
            checkServed(queue);
            Optional<Integer> other = withName(name).filter(number -> number != queue.number());
            if (other.isPresent())
                throw new QueueException.NameTakenException(
                        "queue %s has the name '%s' already: choose another one, or rename that queue first"
                                .formatted(Integer.toUnsignedString(other.get()), name));
            if (renaming.putIfAbsent(queue.number(), name) != null)
                throw new QueueException.NameTakenException(
                        "queue %s is being renamed: try again"
                                .formatted(Integer.toUnsignedString(queue.number())));
        }
        String before = queue.file().name().orElse("");
        try {
            queue.file().rename(name);
        } catch (QueueException.QueueClosedException e) {
            synchronized (this) {
                checkServed(queue);
            }
            throw e;
        } finally {
            synchronized (this) {
                renaming.remove(queue.number());
            }
        }
        log.info("renamed %s from '%s' to '%s'".formatted(queue.file().path(), before, name));
    }

    /** Names that are numbers would be taken for those. */
    private static void checkNewName(String name) {
        if (name.isEmpty())
            throw new IllegalArgumentException("the name is empty: it has 1 to 255 bytes");
        if (name.chars().allMatch(c -> c >= '0' && c <= '9'))
            throw new IllegalArgumentException(
                    "the name '%s' would be taken for the number of a queue: it needs a character that is no digit"
                            .formatted(name));
    }

    /** The number of the queue that has this name, or will have it in a moment. */
    private Optional<Integer> withName(String name) {
        for (Map<Integer, String> names : List.of(changing, renaming))
            for (Map.Entry<Integer, String> entry : names.entrySet())
                if (entry.getValue().equals(name)) return Optional.of(entry.getKey());
        return queues.values().stream()
                .filter(queue -> queue.file().name().filter(name::equals).isPresent())
                .map(ServedQueue::number)
                .findFirst();
    }

    private void checkServed(ServedQueue queue) {
        if (closed) throw new QueueException.ShuttingDownException("the server is shutting down");
        if (queues.get(queue.number()) != queue) throw deleted(queue);
    }

    static QueueException deleted(ServedQueue queue) {
        return new QueueException.UnknownQueueException(
                "queue " + Integer.toUnsignedString(queue.number()) + " was deleted");
    }

    /** Whether the name still leads to the file that is served. */
    private Opened lookAgain(Path file, Opened before) {
        Object identity = identity(file);
        String now = "";
        if (identity == null)
            now =
                    " was deleted or renamed: pushes and commits are refused until the file has its name back, readers go on";
        else if (!identity.equals(before.identity))
            now =
                    " was replaced: pushes and commits are refused, readers of the former file go on; restart the server to serve the new one";
        if (now.equals(before.told)) return before;
        if (now.isEmpty()) log.info(file + " is back: it is the file that is served");
        else log.warn(file + now);
        return new Opened(before.identity, now);
    }

    /** Tells files apart, whatever their names; null if there is none. */
    private static @Nullable Object identity(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            return null;
        }
    }

    private void setAside(Path file, Aside now, boolean held, String reason) {
        Aside before = aside.put(file, new Aside(now.modified, now.size, held, reason));
        if (before == null || !before.reason.equals(reason))
            log.warn("not serving " + file + ": " + reason);
    }

    private static Aside aside(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Aside(attributes.lastModifiedTime(), attributes.size(), false, "");
        } catch (IOException e) {
            return new Aside(FileTime.fromMillis(0), -1, false, "");
        }
    }

    /** The number of a queue, 32 bits without sign; written in one way only. */
    static OptionalInt number(String fileName) {
        String name = fileName.substring(0, fileName.length() - SUFFIX.length());
        if (!name.matches("0|[1-9][0-9]{0,9}")) return OptionalInt.empty();
        long number = Long.parseLong(name);
        return number > MAX_NUMBER ? OptionalInt.empty() : OptionalInt.of((int) number);
    }

    /** Closes all queues, but waits only so long for disks that do not answer. */
    void close(long timeoutMillis) throws IOException, InterruptedException {
        close();
        Map<Thread, ServedQueue> closing = new HashMap<>();
        for (ServedQueue queue : served()) {
            closing.put(
                    Thread.ofPlatform()
                            .daemon()
                            .name("rotera-close-" + Integer.toUnsignedString(queue.number()))
                            .start(() -> close(queue)),
                    queue);
        }
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        for (Map.Entry<Thread, ServedQueue> entry : closing.entrySet()) {
            long leftMillis = (endNanos - System.nanoTime()) / 1_000_000;
            entry.getKey().join(Math.max(1, leftMillis));
            if (entry.getKey().isAlive())
                log.warn(
                        entry.getValue().file().path()
                                + " does not answer: left as it is, the next start finds what is on the disk");
        }
    }

    private synchronized List<ServedQueue> served() {
        closed = true;
        return List.copyOf(queues.values());
    }

    private void close() throws IOException {
        watch.close();
        Thread follower = thread;
        if (follower == null) return;
        follower.interrupt();
        try {
            follower.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void close(ServedQueue queue) {
        try {
            queue.close();
        } catch (QueueException e) {
            log.warn("closing a queue: " + e.getMessage());
        }
    }
}
