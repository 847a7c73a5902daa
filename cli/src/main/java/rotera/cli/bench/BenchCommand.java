package rotera.cli.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import rotera.bench.CommitPolicy;
import rotera.bench.Load;
import rotera.bench.Outcome;
import rotera.bench.Run;
import rotera.bench.Work;
import rotera.cli.queues.Address;
import rotera.cli.queues.Target;
import rotera.cli.text.ByteSize;
import rotera.cli.text.Exit;
import rotera.cli.text.TimeSpan;
import rotera.cli.text.WholeNumber;

/** {@code rotera bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures how fast a queue is on this machine.",
        footer = {
            "",
            "Drives a file of its own in --dir, and removes it; with --server through a server of its own. "
                    + "With --into an existing queue, and then only what --work says: what is pushed stays there, "
                    + "and evicts what is old.",
            "",
            "Works: push (batches), commit (one durable message at a time), read (all that is kept, again "
                    + "and again), end-to-end (from when a message is due until a consumer has it), tail (several "
                    + "consumers follow). With --rate a batch is due by schedule, so that a stall counts for all "
                    + "that it delays. What comes back is verified. MEMORY is without mapped pages of files, "
                    + "which are FILES: the kernel takes them back when it needs them.",
            "",
            "Examples:",
            "  rotera bench                              all works, on a file",
            "  rotera bench --server --work commit --connections 16",
            "  rotera bench --work push --outstanding 8 --message-size 1KiB --time 30s",
            "  rotera bench --work end-to-end --rate 10000 --json",
            "  rotera bench --into 55 --work read        pushes nothing"
        })
public final class BenchCommand implements Callable<Integer> {
    private static final int DEFAULT_BATCH = 1000;
    private static final int DEFAULT_BATCH_BYTES = 128 << 10;
    private static final int DEFAULT_RATE = 10_000;
    private static final int DEFAULT_CONSUMERS = 8;
    private static final int MANY_OUTSTANDING = 64;

    @Spec private CommandSpec command;
    @Mixin private Address address;

    @Option(
            names = "--work",
            paramLabel = "WORK,...",
            hideParamSyntax = true,
            split = ",",
            converter = WorkConverter.class,
            description = "What to measure (default: all).")
    private List<Work> works = new ArrayList<>();

    @Option(
            names = "--into",
            paramLabel = "QUEUE",
            converter = Target.Converter.class,
            description = "Use this queue, of a server or a file, as it is.")
    private @Nullable Target into;

    @Option(names = "--server", description = "Through a server that is started for it.")
    private boolean server;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = ".",
            description = "Where the file is made (default: the current directory).")
    private Path directory;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "256MiB",
            converter = ByteSize.Converter.class,
            description = "Size of the file (default: ${DEFAULT-VALUE}).")
    private ByteSize size;

    @Option(
            names = "--message-size",
            paramLabel = "SIZE",
            defaultValue = "100",
            converter = ByteSize.Converter.class,
            description = "Bytes of a message, from 16 (default: ${DEFAULT-VALUE}).")
    private ByteSize messageSize;

    @Option(
            names = "--batch",
            paramLabel = "N",
            converter = WholeNumber.ChunkConverter.class,
            description =
                    "Messages per push and per delivery (default: 1000, one for commit and end-to-end).")
    private @Nullable Integer batch;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "1",
            converter = FewConverter.class,
            description = "Producers, or readers, 1 to 64 (default: ${DEFAULT-VALUE}).")
    private int connections;

    @Option(
            names = "--consumers",
            paramLabel = "N",
            converter = FewConverter.class,
            description = "Consumers that follow, 1 to 64 (default: 1 for end-to-end, 8 for tail).")
    private @Nullable Integer consumers;

    @Option(
            names = "--outstanding",
            paramLabel = "N",
            converter = FewConverter.class,
            description =
                    "Batches of a producer under way, 1 to 64 (default: 1; end-to-end, and without --commit each: 64).")
    private @Nullable Integer outstanding;

    @Option(
            names = "--commit",
            paramLabel = "WHEN",
            defaultValue = "each",
            converter = CommitConverter.class,
            description =
                    "each: after each batch, which is done then; a time as 10ms: so often; end (default: ${DEFAULT-VALUE}).")
    private CommitPolicy commits;

    @Option(
            names = "--rate",
            paramLabel = "N",
            converter = WholeNumber.Converter.class,
            description = "Messages per second (default: full speed; end-to-end: 10000).")
    private @Nullable Long rate;

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            defaultValue = "3s",
            converter = TimeSpan.Converter.class,
            description = "How long each work runs before it counts (default: ${DEFAULT-VALUE}).")
    private Duration warmUp;

    @Option(
            names = "--time",
            paramLabel = "TIME",
            defaultValue = "5s",
            converter = TimeSpan.Converter.class,
            description = "How long each work is measured (default: ${DEFAULT-VALUE}).")
    private Duration time;

    @Option(
            names = "--server-pid",
            paramLabel = "PID",
            converter = WholeNumber.Converter.class,
            description = "The server's process, if it is not found by its port.")
    private @Nullable Long serverProcess;

    @Option(names = "--json", description = "Print the figures as JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        check();
        List<Outcome> outcomes;
        try (BenchTarget target = target()) {
            outcomes = measure(target);
            BenchReport report = new BenchReport(target.text(), outcomes);
            System.out.print(json ? report.json() : report.table());
        }
        List<String> problems =
                outcomes.stream()
                        .flatMap(outcome ->
                                outcome
                                        .problem()
                                        .map(problem -> outcome.work().label() + ": " + problem)
                                        .stream())
                        .toList();
        problems.forEach(problem -> System.err.println("rotera bench: " + problem));
        return problems.isEmpty() ? Exit.OK : Exit.FAILED;
    }

    private List<Outcome> measure(BenchTarget target) throws InterruptedException {
        List<Work> wanted = works.isEmpty() ? List.of(Work.values()) : works;
        List<Outcome> outcomes = new ArrayList<>();
        try (BenchProgress progress = new BenchProgress()) {
            for (Work work : wanted) {
                Load load = load(work);
                if (work == Work.READ) target.fill(load);
                outcomes.add(Run.of(work, load, target.place(), progress::show));
            }
        }
        return outcomes;
    }

    private void check() {
        if (messageSize.bytes() < Load.LEAST_MESSAGE_BYTES || messageSize.bytes() > 64 << 20)
            throw misuse(
                    "--message-size of "
                            + messageSize
                            + " is not within 16 bytes and 64 MiB: a message holds its number and its time");
        if (into != null && server)
            throw misuse("--into and --server exclude each other: give one of them");
        if (into != null && works.isEmpty())
            throw misuse(
                    "--into needs --work: all but read push, and evict what is old in that queue");
        boolean follows = works.isEmpty() || works.stream().anyMatch(Work::isFollowed);
        if (follows && commits instanceof CommitPolicy.AtEnd)
            throw misuse(
                    "--commit end makes no sense with end-to-end and tail, which see what is committed: give a time as 10ms, or --work push");
    }

    private ParameterException misuse(String text) {
        return new ParameterException(command.commandLine(), text);
    }

    private BenchTarget target() {
        if (into != null) {
            boolean toWrite = works.stream().anyMatch(Work::pushes);
            return BenchTarget.existing(into, toWrite, address, serverProcess);
        }
        for (String name : new String[] {"--host", "--port", "--server-pid"}) {
            if (command.commandLine().getParseResult().hasMatchedOption(name))
                throw misuse(
                        name
                                + " needs a queue of that server: name one with --into QUEUE, or let --server start a server");
        }
        return server
                ? BenchTarget.ownServer(directory, size)
                : BenchTarget.ownFile(directory, size);
    }

    private Load load(Work work) {
        boolean single = work == Work.COMMIT || work == Work.END_TO_END;
        long fitting = Math.clamp(DEFAULT_BATCH_BYTES / messageSize.bytes(), 1, DEFAULT_BATCH);
        boolean waits = commits instanceof CommitPolicy.Each && work != Work.END_TO_END;
        return new Load(
                (int) messageSize.bytes(),
                batch != null ? batch : single ? 1 : (int) fitting,
                connections,
                consumers != null ? consumers : work == Work.TAIL ? DEFAULT_CONSUMERS : 1,
                outstanding != null ? outstanding : waits ? 1 : MANY_OUTSTANDING,
                commits,
                rate != null ? rate : work == Work.END_TO_END ? DEFAULT_RATE : 0,
                warmUp,
                time);
    }

    /** The name of a work. */
    static final class WorkConverter implements ITypeConverter<Work> {
        @Override
        public Work convert(String text) {
            return Arrays.stream(Work.values())
                    .filter(work -> work.label().equals(text))
                    .findFirst()
                    .orElseThrow(() ->
                            new TypeConversionException(
                                    "'"
                                            + text
                                            + "' is not a work: "
                                            + Arrays.stream(Work.values())
                                                    .map(Work::label)
                                                    .collect(Collectors.joining(", "))));
        }
    }

    /** When to commit. */
    static final class CommitConverter implements ITypeConverter<CommitPolicy> {
        @Override
        public CommitPolicy convert(String text) {
            return switch (text) {
                case "each" -> new CommitPolicy.Each();
                case "end" -> new CommitPolicy.AtEnd();
                default -> {
                    try {
                        yield new CommitPolicy.Every(new TimeSpan.Converter().convert(text));
                    } catch (TypeConversionException e) {
                        throw new TypeConversionException(
                                "'" + text + "' is neither each nor end nor a time as 10ms");
                    }
                }
            };
        }
    }

    /** Threads and what they have under way. */
    static final class FewConverter implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return (int) WholeNumber.parse(text, 1, Load.MOST_CONNECTIONS);
        }
    }

    public static String describe(CommitPolicy commits) {
        return switch (commits) {
            case CommitPolicy.Each each -> "each";
            case CommitPolicy.AtEnd end -> "end";
            case CommitPolicy.Every every -> "every " + every.time().toNanos() / 1e6 + " ms";
        };
    }
}
