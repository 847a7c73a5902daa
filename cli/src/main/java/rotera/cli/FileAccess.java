package rotera.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import rotera.queue.Batch;
import rotera.queue.Messages;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.Status;

/** A queue in a file, used without a server. */
final class FileAccess implements Access {
    /** Pushes larger than this gain nothing. */
    private static final long ENOUGH_BYTES = 256 << 10;

    private final RotFile file;
    private final Batch batch = new Batch();

    private FileAccess(RotFile file) {
        this.file = file;
    }

    static FileAccess open(Path path, boolean toWrite) {
        checkIsFile(path);
        FileAccess access =
                new FileAccess(toWrite ? RotFile.open(path) : RotFile.openReadOnly(path));
        access.file.findings().forEach(finding -> System.err.println(path + ": " + finding));
        return access;
    }

    /** Says what to do where the system would only say what is wrong. */
    static void checkIsFile(Path path) {
        if (Files.isDirectory(path)) {
            throw new CommandException(
                    path + " is a directory, not a rot file: name one of the files in it");
        }
        if (Files.notExists(path)) {
            throw new CommandException(
                    "there is no file " + path + ": make it with: rotera create " + path);
        }
    }

    @Override
    public Standing ping() {
        Status status = file.ping();
        return new Standing(OptionalLong.of(status.oldest()), status.next(), status.alive());
    }

    @Override
    public long pushBytes() {
        return Math.min(file.ping().maxPushBytes(), ENOUGH_BYTES);
    }

    @Override
    public void push(Lines lines) {
        batch.clear();
        long at = 0;
        for (int i = 0; i < lines.count(); i++) {
            batch.add(lines.bytes(), at, lines.length(i));
            at += lines.length(i);
        }
        file.push(batch);
    }

    @Override
    public long commit() {
        return file.commit();
    }

    @Override
    public void read(long id, long most, long end, Printer printer) {
        try (Messages messages = new Messages()) {
            long at = id;
            for (long left = most; left > 0 && at < end; left -= messages.count()) {
                long count = Math.min(left, Integer.MAX_VALUE);
                if (file.read(Math.max(0, at), (int) count, messages) == 0) break;
                print(at, messages, printer);
                at = messages.nextId();
            }
        } catch (QueueException.CorruptMessage e) {
            printer.flush();
            throw new CommandException(e.getMessage() + " (--id " + e.resumeId() + ")", e);
        }
        printer.flush();
    }

    private static void print(long asked, Messages messages, Printer printer) {
        printer.batch(asked, messages.firstId(), messages.count());
        while (messages.next()) {
            printer.begin(messages.id());
            printer.write(messages.data(), messages.offset(), messages.length());
            printer.end();
        }
    }

    /** Ends with what is there: as long as we read the file, nobody else can write it. */
    @Override
    public void stream(long id, long total, int chunk, Printer printer) {
        long end = file.ping().next();
        read(id, total, end, printer);
        if (total > Math.max(0, end - Math.max(0, id))) {
            System.err.println(
                    "end of "
                            + file.path()
                            + ": nothing is added to a file while it is read like this; to follow"
                            + " a queue, read it through a server (rotera server)");
        }
    }

    @Override
    public void close() {
        batch.close();
        file.close();
    }
}
