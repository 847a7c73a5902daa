package rotera.cli.queues;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import rotera.cli.text.CommandException;

/**
 * The position of a consumer: a small file with the queue it reads and the next id.
 *
 * <p>The file is the old one or the new one at any moment, also when the power fails: a position is
 * written aside, synced, and renamed, and the directory is synced. One process has a file at a
 * time: it holds a lock on it, and on each new one before that gets the name. A file that cannot be
 * written is an error at the beginning only; later it is said once, and tried again.
 */
public final class PositionFile implements AutoCloseable {
    private static final Pattern FORM =
            Pattern.compile("queue ([0-9a-f-]{36})\nnext-id ([0-9]{1,19})\n");
    private static final int MAX_BYTES = 128;

    /** What a kill may leave behind: the file's name, this, and a random number. */
    private static final String ASIDE = ".unsaved-";

    private static final long SAVE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int TRIES_TO_OPEN = 10;

    private static final Set<PosixFilePermission> PERMISSIONS =
            PosixFilePermissions.fromString("rw-r-----");

    private final Path path;
    private final UUID queue;
    private final Set<PosixFilePermission> permissions;
    private final OptionalLong start;

    /** Has the lock; null until the file is there. */
    private @Nullable FileChannel held;

    private long nextId;
    private boolean unsaved;
    private boolean failing;
    private long triedNanos = System.nanoTime() - SAVE_NANOS;

    private PositionFile(
            Path path,
            UUID queue,
            Set<PosixFilePermission> permissions,
            @Nullable FileChannel held,
            OptionalLong start) {
        this.path = path;
        this.queue = queue;
        this.permissions = permissions;
        this.held = held;
        this.start = start;
    }

    /**
     * Takes up the file, if it is there, and locks it.
     *
     * @param queue the queue to read; the file must be about no other
     * @param end the next id of the queue; the position must not be beyond it
     */
    public static PositionFile open(Path path, UUID queue, long end) {
        if (path.getFileName() == null) throw new CommandException(path + " is not a file name");
        try {
            for (int tries = 1; tries < TRIES_TO_OPEN; tries++) {
                PositionFile file = tryOpen(path, queue, end);
                if (file != null) return file;
            }
        } catch (IOException e) {
            throw cannotKeep(path, e);
        }
        throw inUse(path);
    }

    /** Null if the file was replaced meanwhile. */
    private static @Nullable PositionFile tryOpen(Path path, UUID queue, long end)
            throws IOException {
        PosixFileAttributes before = attributes(path);
        if (before == null)
            return new PositionFile(path, queue, PERMISSIONS, null, OptionalLong.empty());
        if (before.isSymbolicLink())
            throw new CommandException(path + " is a symbolic link: name the file itself");
        if (!before.isRegularFile())
            throw new CommandException(path + " is not a regular file: name another one");
        FileChannel channel;
        try {
            channel =
                    FileChannel.open(
                            path,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return null;
        }
        try {
            if (!lock(channel)) throw inUse(path);
            PosixFileAttributes now = attributes(path);
            if (now == null || !isSame(before, now)) {
                channel.close();
                return null;
            }
            long position = read(channel, path, queue);
            if (position > end) throw ahead(path, position, end);
            Set<PosixFilePermission> permissions = EnumSet.copyOf(PERMISSIONS);
            permissions.retainAll(now.permissions());
            permissions.add(PosixFilePermission.OWNER_READ);
            return new PositionFile(path, queue, permissions, channel, OptionalLong.of(position));
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
    }

    private static @Nullable PosixFileAttributes attributes(Path path) throws IOException {
        try {
            return Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static boolean isSame(PosixFileAttributes a, PosixFileAttributes b) {
        return a.fileKey().equals(b.fileKey()) && a.lastModifiedTime().equals(b.lastModifiedTime());
    }

    private static boolean lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // within this process
        }
    }

    private static long read(FileChannel channel, Path path, UUID queue) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES);
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
        String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
        Matcher form = FORM.matcher(text);
        if (!form.matches()) throw foreign(path);
        if (!queue.toString().equals(form.group(1))) {
            throw new CommandException(
                    "%s holds a position in the queue %s, and this queue is %s: name the file of this queue, or remove it to begin anew"
                            .formatted(path, form.group(1), queue));
        }
        try {
            return Long.parseLong(form.group(2));
        } catch (NumberFormatException e) {
            throw foreign(path); // beyond 64 bits
        }
    }

    private static CommandException foreign(Path path) {
        return new CommandException(
                path
                        + " does not hold a position of rotera: name another file, or remove it to"
                        + " begin anew");
    }

    private static CommandException inUse(Path path) {
        return new CommandException(
                path
                        + " is in use by another rotera stream or consume: end that one, or give"
                        + " each consumer a file of its own");
    }

    /** To wait for that id would leave out what comes before it. */
    private static CommandException ahead(Path path, long position, long end) {
        return new CommandException(
                "%s holds next-id %d, but the next message of the queue will be %d: the queue was restored from an older copy. To go on with the next message write next-id %d into the file, to begin with the oldest one remove it"
                        .formatted(path, position, end, end));
    }

    private static CommandException cannotKeep(Path path, IOException e) {
        return new CommandException("cannot keep the position in " + path + ": " + reason(e), e);
    }

    private static String reason(IOException e) {
        return e instanceof NoSuchFileException missing
                ? "there is no directory of " + missing.getFile()
                : String.valueOf(e.getMessage());
    }

    /** Where to begin; empty if the file is not there. */
    public OptionalLong start() {
        return start;
    }

    /**
     * Writes the position at which the consumer begins, before it has anything.
     *
     * @throws CommandException if the file cannot be written
     */
    public void begin(long id) {
        nextId = id;
        try {
            removeLeftovers();
            writeShielded();
        } catch (FileAlreadyExistsException e) {
            throw inUse(path);
        } catch (IOException e) {
            throw cannotKeep(path, e);
        }
    }

    /** Everything below this id is done. Saved by {@link #save}. */
    public void reached(long next) {
        nextId = next;
        unsaved = true;
    }

    /** How long until what is not saved yet is to be saved; 0 or less for now. */
    public long nanosToSave() {
        return triedNanos + (failing ? RETRY_NANOS : SAVE_NANOS) - System.nanoTime();
    }

    public boolean hasUnsaved() {
        return unsaved;
    }

    /** Saves what is not saved yet; false, and said once, if that is not possible now. */
    public boolean save() {
        if (!unsaved) return true;
        try {
            writeShielded();
        } catch (IOException e) {
            if (!failing)
                System.err.println(
                        cannotKeep(path, e).getMessage()
                                + ". Going on, and trying again every second: until that succeeds,"
                                + " a restart repeats messages");
            failing = true;
            return false;
        } finally {
            triedNanos = System.nanoTime();
        }
        if (failing) System.err.println("the position is kept in " + path + " again");
        failing = false;
        unsaved = false;
        return true;
    }

    /**
     * Saves what is not saved yet, the last time.
     *
     * @throws CommandException if that is not possible
     */
    public void finish() {
        if (!save())
            throw new CommandException(
                    "the position next-id %d could not be kept in %s: messages before it come again"
                            .formatted(nextId, path));
    }

    /** An interrupt closes the channel that is being written: then once more. */
    private void writeShielded() throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                interrupted |= Thread.interrupted();
                try {
                    write();
                    return;
                } catch (ClosedByInterruptException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    private void write() throws IOException {
        Path aside =
                path.resolveSibling(
                        path.getFileName()
                                + ASIDE
                                + Long.toHexString(ThreadLocalRandom.current().nextLong()));
        FileChannel channel =
                FileChannel.open(
                        aside,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(permissions));
        try {
            byte[] text =
                    ("queue " + queue + "\nnext-id " + nextId + "\n")
                            .getBytes(StandardCharsets.ISO_8859_1);
            ByteBuffer bytes = ByteBuffer.wrap(text);
            while (bytes.hasRemaining()) {
                int ignored = channel.write(bytes);
            }
            channel.force(true);
            if (!lock(channel)) throw new IOException("the new file is locked");
            giveName(aside);
        } catch (Throwable e) {
            channel.close();
            Files.deleteIfExists(aside);
            throw e;
        }
        FileChannel before = held;
        held = channel;
        if (before != null) before.close();
        syncDirectory();
    }

    /** The first file never takes the place of one that another process has begun meanwhile. */
    private void giveName(Path aside) throws IOException {
        if (held != null) {
            Files.move(aside, path, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        try {
            Files.createLink(path, aside);
            Files.delete(aside);
        } catch (UnsupportedOperationException e) {
            Files.move(aside, path); // not every file system has second names
        }
    }

    private void syncDirectory() throws IOException {
        try (FileChannel directory = FileChannel.open(directory(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private Path directory() throws NoSuchFileException {
        Path directory = path.toAbsolutePath().getParent();
        if (directory == null) throw new NoSuchFileException(path.toString());
        return directory;
    }

    /** Those of killed processes: whoever writes one has the lock, and we have it. */
    private void removeLeftovers() throws IOException {
        if (held == null) return;
        String prefix = path.getFileName() + ASIDE;
        try (DirectoryStream<Path> found =
                Files.newDirectoryStream(
                        directory(),
                        file -> String.valueOf(file.getFileName()).startsWith(prefix))) {
            for (Path file : found) Files.deleteIfExists(file);
        }
    }

    /** Lets go of the file. */
    @Override
    public void close() {
        try {
            if (held != null) held.close();
        } catch (IOException e) {
            // Everything in it was synced.
        }
    }
}
