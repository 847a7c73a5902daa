package rotera.cli.queues;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import rotera.cli.text.Times;
import rotera.cli.text.WholeNumber;
import rotera.queue.Start;
import rotera.queue.Status;

/** Which message is the first, and how many: the options that read and stream share. */
public final class Selection {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = {"-i", "--id"},
            paramLabel = "ID",
            converter = WholeNumber.Converter.class,
            description = "Begin with this message.")
    private @Nullable Long id;

    @Option(names = "--oldest", description = "Begin with the oldest that is kept (default).")
    private boolean oldest;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            converter = Times.Converter.class,
            description =
                    "Begin with what was pushed 90s, 10m, 2h or 3d ago, or since"
                            + " 2026-11-22T10:00:00Z, or since '2026-11-22 10:00' in local time.")
    private @Nullable Instant since;

    @Option(
            names = "--last",
            paramLabel = "N",
            converter = WholeNumber.Converter.class,
            description = "Begin with the last N that are there.")
    private @Nullable Long last;

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            converter = WholeNumber.Converter.class,
            description = "Print so many messages at most.")
    private long count = Long.MAX_VALUE;

    /**
     * Where to begin.
     *
     * @param atEnd whether {@code --end} was given, which not every command has
     */
    public Start start(Status status, boolean atEnd) {
        if (id != null) return Start.id(id);
        if (since != null) return Start.time(since);
        if (last != null) return Start.id(Math.max(status.oldest(), status.next() - last));
        return atEnd ? Start.end() : Start.oldest();
    }

    /** Two beginnings are a misunderstanding. */
    public void check(boolean atEnd) {
        List<String> given = new ArrayList<>();
        if (id != null) given.add("--id");
        if (oldest) given.add("--oldest");
        if (since != null) given.add("--since");
        if (last != null) given.add("--last");
        if (atEnd) given.add("--end");
        if (given.size() > 1) {
            throw new ParameterException(
                    command.commandLine(),
                    String.join(" and ", given) + " exclude each other: give one of them");
        }
    }

    public long count() {
        return count;
    }
}
