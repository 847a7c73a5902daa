package rotera.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file that has its name only when it is complete; until then another one, which is removed. */
final class NewFile implements AutoCloseable {
    private final Path target;
    private final Path aside;

    NewFile(Path target) {
        if (Files.exists(target))
            throw new CommandException(
                    target + " exists and is never overwritten: choose another name or remove it");
        this.target = target;
        this.aside =
                target.resolveSibling(
                        target.getFileName() + ".unfinished-" + ProcessHandle.current().pid());
    }

    Path aside() {
        return aside;
    }

    /** It is complete, and synced. */
    void publish() {
        try {
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
            Path directory = target.toAbsolutePath().getParent();
            if (directory == null) return;
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        } catch (IOException e) {
            throw new CommandException("cannot make " + target + ": " + e.getMessage(), e);
        }
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
