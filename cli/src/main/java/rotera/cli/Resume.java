package rotera.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a consumer goes on: a small file with the queue it reads and the next id, kept durably. It
 * never tells more than what standard output has taken, so after any crash everything comes at
 * least once.
 */
final class Resume {
    private static final Pattern FORM =
            Pattern.compile("queue ([0-9a-f-]{36})\nnext-id ([0-9]{1,19})\n");

    private static final long SAVE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Path path;
    private final UUID queue;
    private final OptionalLong start;
    private long nextId;
    private boolean unsaved;
    private long savedNanos = System.nanoTime() - SAVE_NANOS;

    private Resume(Path path, UUID queue, OptionalLong start) {
        this.path = path;
        this.queue = queue;
        this.start = start;
    }

    /**
     * Takes up the file, if it is there.
     *
     * @param queue the queue to read; the file must be about no other
     */
    static Resume open(Path path, UUID queue) {
        try {
            Matcher form = FORM.matcher(Files.readString(path, StandardCharsets.ISO_8859_1));
            if (!form.matches()) throw foreign(path);
            if (!queue.toString().equals(form.group(1))) {
                throw new CommandException(
                        "%s holds a position in the queue %s, and this queue is %s: name the file of this queue, or remove it to begin anew"
                                .formatted(path, form.group(1), queue));
            }
            return new Resume(path, queue, OptionalLong.of(Long.parseLong(form.group(2))));
        } catch (NumberFormatException e) {
            throw foreign(path); // beyond 64 bits
        } catch (NoSuchFileException e) {
            return new Resume(path, queue, OptionalLong.empty());
        } catch (IOException e) {
            throw new CommandException("cannot read " + path + ": " + e, e);
        }
    }

    private static CommandException foreign(Path path) {
        return new CommandException(
                path
                        + " does not hold a position of rotera stream: name another file, or"
                        + " remove it to begin anew");
    }

    /** Where to begin; empty the first time. */
    OptionalLong start() {
        return start;
    }

    /** Standard output has taken everything below this id. Saved now, or soon. */
    void handedOut(long next) {
        nextId = next;
        unsaved = true;
        if (nanosToSave() <= 0) save();
    }

    boolean hasUnsaved() {
        return unsaved;
    }

    /** When to save what is not saved yet, 0 or less for now. */
    long nanosToSave() {
        return savedNanos + SAVE_NANOS - System.nanoTime();
    }

    /** Saves what is not saved yet. */
    void save() {
        if (!unsaved) return;
        boolean interrupted = Thread.interrupted();
        try {
            write();
        } catch (ClosedByInterruptException e) {
            interrupted = true;
            saveAgain();
        } catch (IOException e) {
            throw failed(e);
        }
        if (interrupted) Thread.currentThread().interrupt();
        unsaved = false;
        savedNanos = System.nanoTime();
    }

    /** The interrupt tells us to end, after this. */
    private void saveAgain() {
        boolean ignored = Thread.interrupted();
        try {
            write();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** The file is the old one or the new one at any moment, also when the power fails. */
    private void write() throws IOException {
        Path aside = path.resolveSibling(path.getFileName() + ".tmp");
        String text = "queue " + queue + "\nnext-id " + nextId + "\n";
        try (FileOutputStream file = new FileOutputStream(aside.toFile())) {
            file.write(text.getBytes(StandardCharsets.ISO_8859_1));
            file.getFD().sync();
        }
        Files.move(aside, path, StandardCopyOption.ATOMIC_MOVE);
        Path directory = path.toAbsolutePath().getParent();
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private CommandException failed(IOException e) {
        return new CommandException("cannot keep the position in " + path + ": " + e, e);
    }
}
