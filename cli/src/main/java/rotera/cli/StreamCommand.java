package rotera.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
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
                    + "server that is restarted is waited for.",
            "",
            "With --resume, FILE keeps how far standard output has taken the messages. When it is there,"
                    + " the stream goes on from it and the options for a beginning are not looked at; so"
                    + " after a crash everything comes at least once.",
            "",
            "Examples:",
            "  rotera stream 55 | grep --line-buffered error",
            "  rotera stream --end 55                    only what comes from now on",
            "  rotera stream --last 10 --print-times 55",
            "  rotera stream --resume mail.position 55 | ./send-mails",
            "  rotera stream --id 1000 --count 10 --print-ids 55"
        })
final class StreamCommand implements Callable<Integer> {
    @Mixin private Address address;
    @Mixin private Selection selection;
    @Mixin private Appearance appearance;

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
            description = "Number or name of a queue on the server, or a file.")
    private Target target;

    @Override
    public Integer call() {
        selection.check(atEnd);
        try (Queue queue = address.openToStay(target, false)) {
            Resume resume =
                    resumeFile == null ? null : Resume.open(resumeFile, Address.uniqueId(queue));
            Status status = queue.ping();
            Start start = selection.start(status, atEnd);
            if (resume != null && resume.start().isPresent())
                start = Start.id(resume.start().getAsLong());
            tellIfBeyond(start, status);
            Printer printer = appearance.printer(!(start instanceof Start.Oldest));
            return target instanceof Target.InFile file
                    ? readToEnd(file, queue, start, status, printer, resume)
                    : follow(queue, start, printer, resume);
        }
    }

    private int follow(Queue queue, Start start, Printer printer, @Nullable Resume resume) {
        try (MessageStream stream = queue.stream(start, selection.count())) {
            return new Following(stream, printer, resume).run() ? Exit.OK : Exit.FAILED;
        }
    }

    /** As long as we read the file, nobody else can write it. */
    private int readToEnd(
            Target.InFile file,
            Queue queue,
            Start start,
            Status status,
            Printer printer,
            @Nullable Resume resume) {
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
                                if (resume != null) resume.handedOut(next);
                            });
        } finally {
            if (resume != null) resume.save();
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
