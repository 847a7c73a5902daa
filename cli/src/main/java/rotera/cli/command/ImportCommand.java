package rotera.cli.command;

import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rotera.cli.queues.NewFile;
import rotera.cli.queues.OriginalFile;
import rotera.cli.text.ByteSize;
import rotera.cli.text.CommandException;
import rotera.cli.text.Exit;
import rotera.cli.text.Plural;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.QueueException;
import rotera.queue.RotFile;

/** {@code rotera import}. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = "Makes a queue of a file of the original of 2019, ids kept.",
        footer = {
            "",
            "Stop the original before. Its files hold no times and no checksums: the messages get the time"
                    + " of now, and what was damaged there is damaged here. It is known to list messages that"
                    + " it had overwritten already, which no program can tell.",
            "",
            "Example:",
            "  rotera import old/55.rot new/55.rot"
        })
public final class ImportCommand implements Callable<Integer> {
    private static final long PUSH_BYTES = 256 << 10;
    private static final int PUSH_MESSAGES = 10_000;
    private static final long SMALLEST = 1 << 20;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            converter = ByteSize.Converter.class,
            description =
                    "Size of the new file (default: twice the original's data, at least 1MiB).")
    private @Nullable ByteSize size;

    @Parameters(index = "0", paramLabel = "ORIGINAL", description = "A file of the original.")
    private Path source;

    @Parameters(index = "1", paramLabel = "FILE", description = "The file to make.")
    private Path target;

    @Override
    public Integer call() {
        try (OriginalFile original = new OriginalFile(source);
                NewFile file = new NewFile(target)) {
            long bytes = size != null ? size.bytes() : Math.max(SMALLEST, 2 * original.dataBytes());
            RotFile.create(
                    file.aside(),
                    CreateOptions.ofSize(bytes).continuing(original.oldest(), Instant.now()));
            NewFile.tighten(file.aside(), source);
            fill(original, file.aside());
            file.publish();
            System.out.println(
                    "imported %s to %s, %s, next id %d"
                            .formatted(
                                    Plural.of(original.next() - original.oldest(), "message"),
                                    target,
                                    Plural.ids(original.oldest(), original.next()),
                                    original.next()));
        }
        return Exit.OK;
    }

    private void fill(OriginalFile original, Path path) {
        try (RotFile queue = RotFile.open(path);
                Batch batch = new Batch()) {
            long most = Math.min(PUSH_BYTES, queue.ping().maxPushBytes());
            for (long id = original.oldest(); id < original.next(); id++) {
                boolean full = batch.bytes() + original.length(id) + 4 > most;
                if (batch.count() > 0 && (full || batch.count() == PUSH_MESSAGES)) {
                    queue.push(batch);
                    batch.clear();
                }
                original.add(id, batch);
            }
            if (batch.count() > 0) queue.push(batch);
            queue.commit();
        } catch (QueueException.MessageTooLargeException e) {
            throw new CommandException(
                    "a message of %d bytes does not fit %s, which takes %d: choose a larger --size"
                            .formatted(e.messageBytes(), target, e.maxMessageBytes()),
                    e);
        }
    }
}
