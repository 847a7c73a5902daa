package rotera.cli.queues;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import rotera.cli.system.StopHook;
import rotera.cli.text.CommandException;
import rotera.queue.disk.Unfinished;

/**
 * A file that has its name only when it is complete; until then another one, which is removed, also
 * on signals.
 */
public final class NewFile implements AutoCloseable {
    private final Path target;
    private final Path aside;
    private final StopHook hook;

    public NewFile(Path target) {
        requireRoomFor(target);
        removeLeftovers(target.toAbsolutePath().getParent());
        this.target = target;
        this.aside = Unfinished.beside(target);
        this.hook = new StopHook(() -> removeOwn(target));
    }

    /** Removes what killed programs left unfinished in a directory, and says so. */
    public static void removeLeftovers(@Nullable Path directory) {
        if (directory == null || !Files.isDirectory(directory)) return;
        try {
            for (Path file : Unfinished.removeDead(directory))
                System.err.println("removed " + file + ", which a killed program left unfinished");
        } catch (IOException e) {
            System.err.println(
                    "cannot look for unfinished files in " + directory + ": " + e.getMessage());
        }
    }

    /** For a process that is told to stop. */
    public static void removeOwn(Path target) {
        try {
            Unfinished.removeOwn(target);
        } catch (IOException e) {
            System.err.println("cannot remove what is there of " + target + ": " + e.getMessage());
        }
    }

    /** Takes from a new file the permissions that the one it is made of does not give. */
    public static void tighten(Path file, Path like) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            permissions.retainAll(Files.getPosixFilePermissions(like));
            permissions.add(PosixFilePermission.OWNER_READ);
            permissions.add(PosixFilePermission.OWNER_WRITE);
            Files.setPosixFilePermissions(file, permissions);
        } catch (IOException e) {
            throw new CommandException(
                    "cannot set the permissions of " + file + ": " + e.getMessage(), e);
        }
    }

    /** Says so before anything is done if there is no place for a file of this name. */
    public static void requireRoomFor(Path target) {
        if (Files.exists(target)) throw exists(target);
        Path directory = target.toAbsolutePath().getParent();
        if (directory != null && !Files.isDirectory(directory))
            throw new CommandException(
                    "cannot create %s: there is no directory %s: make it with mkdir -p"
                            .formatted(target, directory));
    }

    public Path aside() {
        return aside;
    }

    /** It is complete, and synced. */
    public void publish() {
        try {
            giveName();
            Path directory = target.toAbsolutePath().getParent();
            if (directory == null) return;
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        } catch (IOException e) {
            throw new CommandException("cannot make " + target + ": " + e.getMessage(), e);
        }
        StorageWarning.tell(target);
    }

    /** A second name, unlike a move, never replaces what somebody made meanwhile. */
    private void giveName() throws IOException {
        try {
            Files.createLink(target, aside);
            Files.delete(aside);
        } catch (FileAlreadyExistsException e) {
            throw exists(target);
        } catch (IOException | UnsupportedOperationException e) {
            Files.move(aside, target); // not every file system has second names
        }
    }

    private static CommandException exists(Path target) {
        return new CommandException(
                target + " exists and is never overwritten: choose another name or remove it");
    }

    @Override
    public void close() {
        hook.close();
        try {
            Files.deleteIfExists(aside);
        } catch (IOException e) {
            System.err.println("cannot remove " + aside + ": " + e.getMessage());
        }
    }
}
