package rotera.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that has its name only when it is complete; until then another one, which is removed. */
final class NewFile implements AutoCloseable {
    private final Path target;
    private final Path aside;

    NewFile(Path target) {
        requireRoomFor(target);
        this.target = target;
        this.aside =
                target.resolveSibling(
                        target.getFileName() + ".unfinished-" + ProcessHandle.current().pid());
    }

    /** Says so before anything is done if there is no place for a file of this name. */
    static void requireRoomFor(Path target) {
        if (Files.exists(target)) throw exists(target);
        Path directory = target.toAbsolutePath().getParent();
        if (directory != null && !Files.isDirectory(directory))
            throw new CommandException(
                    "cannot create %s: there is no directory %s: make it with mkdir -p"
                            .formatted(target, directory));
    }

    Path aside() {
        return aside;
    }

    /** It is complete, and synced. */
    void publish() {
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
        try {
            Files.deleteIfExists(aside);
        } catch (IOException e) {
            System.err.println("cannot remove " + aside + ": " + e.getMessage());
        }
    }
}
