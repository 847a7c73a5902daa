package rotera.cli.command;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rotera.cli.queues.Address;
import rotera.cli.queues.Patience;
import rotera.cli.queues.PositionFile;
import rotera.cli.queues.Selection;
import rotera.cli.queues.Target;
import rotera.cli.text.CommandException;
import rotera.cli.text.Exit;
import rotera.cli.text.Printer;
import rotera.queue.MessageStream;
import rotera.queue.Queue;
import rotera.queue.Start;
import rotera.queue.Status;

/** {@code rotera stream}. */
@Command(
        name = "stream",
        mixinStandardHelpOptions = true,
        description = "Prints messages and waits for new ones, like tail -f.",
        footer = {
            "",
            "Messages that had been overwritten are skipped, and standard error tells how many. A file "
                    + "cannot grow while it is read without a server: its stream ends at the end. A "
                    + "server that is lost is waited for.",
            "",
            "With --resume, FILE keeps which messages were written to standard output, no more: what a"
                    + " program behind a pipe has not handled when it ends does not come again. To have"
                    + " every message handled at least once: rotera consume.",
            "",
            "Examples:",
            "  rotera stream 55 | grep --line-buffered error",
            "  rotera stream --end 55                    only what comes from now on",
            "  rotera stream --last 10 --print-times 55",
            "  rotera stream --resume copied.position 55 >> copy",
            "  rotera stream --id 1000 --count 10 --print-ids 55"
        })
public final class StreamCommand implements Callable<Integer> {
    @Mixin private Address address;
    @Mixin private Patience patience;
    @Mixin private Selection selection;
    @Mixin private OutputOptions outputOptions;

    @Option(names = "--end", description = "Begin behind the last message.")
    private boolean atEnd;

    @Option(
            names = "--resume",
            paramLabel = "FILE",
            description = "Keep the position in FILE, and go on from there the next time.")
    private @Nullable Path resumeFile;

    @Parameters(
            paramLabel = "QUEUE",
            converter = Target.Converter.class,
            description = Target.DESCRIPTION)
    private Target target;

    @Override
    public Integer call() {
        selection.check(atEnd);
        try (Queue queue = address.openToStay(target, false, patience)) {
            Status status = queue.ping();
            try (PositionFile position =
                    resumeFile == null
                            ? null
                            : PositionFile.open(
                                    resumeFile, Address.uniqueId(queue), status.next())) {
                Start start = selection.start(status, atEnd);
                boolean skipsAreMissed = position != null || !(start instanceof Start.Oldest);
                if (position != null) start = begin(position, queue, start, status);
                tellIfBeyond(start, status);
                Printer printer = outputOptions.printer(skipsAreMissed);
                return target instanceof Target.InFile file
                        ? readToEnd(file, queue, start, status, printer, position)
                        : follow(queue, start, printer, position);
            }
        }
    }

    /** The file decides; without it, what was asked for is in it from now on. */
    private static Start begin(PositionFile position, Queue queue, Start asked, Status status) {
        long id =
                position.start()
                        .orElseGet(() ->
                                Math.max(status.oldest(), Reading.firstId(queue, asked, status)));
        if (id > status.next())
            throw new CommandException(
                    "id %d is beyond the end: the next message will be %d. With --resume a stream begins at a message that is there, or with --end"
                            .formatted(id, status.next()));
        position.begin(id);
        return Start.id(id);
    }

    private int follow(Queue queue, Start start, Printer printer, @Nullable PositionFile position) {
        try (MessageStream stream = queue.stream(start, selection.count())) {
            return new Following(stream, printer, position).run() ? Exit.OK : Exit.FAILED;
        }
    }

    /** As long as we read the file, nobody else can write it. */
    private int readToEnd(
            Target.InFile file,
            Queue queue,
            Start start,
            Status status,
            Printer printer,
            @Nullable PositionFile position) {
        long printed;
        try {
            printed =
                    Reading.print(
                            queue,
                            Reading.firstId(queue, start, status),
                            selection.count(),
                            status.next(),
                            printer,
                            next -> {
                                if (position != null) position.reached(next);
                            });
        } finally {
            if (position != null) position.finish();
        }
        if (printed < selection.count()) {
            System.err.println(
                    "end of "
                            + file.path()
                            + ": nothing is added to a file while it is read like this; to follow"
                            + " a queue, read it through a server (rotera server)");
        }
        return Exit.OK;
    }

    private static void tellIfBeyond(Start start, Status status) {
        if (start instanceof Start.Id(long id) && id > status.next()) {
            System.err.println(
                    "waiting for id " + id + ": the next message will be " + status.next());
        }
    }
}
