package rotera.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs histories on simulated disks until one fails, or the time is over. */
@Command(
        name = "simulator/run",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        sortOptions = false,
        description =
                "Uses queues on a simulated disk that loses power, fails and is damaged, and checks that nothing is lost. Ends with 1 and the shortest history if something is.",
        footer = {
            "",
            "Examples:",
            "  simulator/run                        ten minutes of each kind",
            "  simulator/run --kind threads --minutes 480",
            "  simulator/run --kind random --seed 1304   one seed, with its steps",
        })
final class Main implements Callable<Integer> {
    private static final Duration TOLD_EVERY = Duration.ofSeconds(10);

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            description =
                    "random, short (every crash of short histories), threads or consumers (a model); default: all")
    @Nullable Kind kind;

    @Option(names = "--seed", paramLabel = "N", description = "only this seed")
    @Nullable Long seed;

    @Option(
            names = "--from",
            paramLabel = "N",
            defaultValue = "0",
            description = "the first seed; default: ${DEFAULT-VALUE}")
    long from;

    @Option(names = "--seeds", paramLabel = "N", description = "end after so many seeds of a kind")
    @Nullable Long seeds;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "10",
            description = "end after this time for each kind; default: ${DEFAULT-VALUE}")
    long minutes;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            defaultValue = "1",
            description = "run so many seeds at a time; default: ${DEFAULT-VALUE}")
    int jobs;

    private final AtomicLong next = new AtomicLong();
    private final AtomicLong histories = new AtomicLong();
    private final AtomicLong openings = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    public static void main(String[] arguments) {
        System.exit(
                new CommandLine(new Main())
                        .setCaseInsensitiveEnumValuesAllowed(true)
                        .execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        for (Kind one : kind == null ? Kind.values() : new Kind[] {kind}) {
            if (!run(one)) return 1;
        }
        return 0;
    }

    private boolean run(Kind one) throws InterruptedException {
        long begin = System.nanoTime();
        long first = seed == null ? from : seed;
        long count = seed != null ? 1 : seeds == null ? Long.MAX_VALUE - first : seeds;
        long endNanos =
                seed != null || seeds != null
                        ? Long.MAX_VALUE
                        : Duration.ofMinutes(minutes).toNanos();
        next.set(first);
        histories.set(0);
        openings.set(0);
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < jobs; i++)
            workers.add(Thread.ofPlatform().start(() -> work(one, first + count, begin, endNanos)));
        for (Thread worker : workers)
            while (!worker.join(TOLD_EVERY)) tell(one, first, first + count, begin);
        Throwable failed = failure.get();
        if (failed != null) {
            System.out.println(one.option() + " histories: " + failed.getMessage());
            if (failed.getCause() != null) failed.getCause().printStackTrace();
            return false;
        }
        tell(one, first, first + count, begin);
        return true;
    }

    private void work(Kind one, long end, long begin, long endNanos) {
        String command = "simulator/run --kind " + one.option() + " --seed";
        try (History history = one.make()) {
            history.tracing(seed != null);
            Search search = new Search(history, command);
            long opened = 0;
            while (failure.get() == null && System.nanoTime() - begin < endNanos) {
                long number = next.getAndIncrement();
                if (number >= end) return;
                histories.addAndGet(search.run(number));
                openings.addAndGet(history.openings() - opened);
                opened = history.openings();
                if (seed != null) history.trace().forEach(System.out::println);
            }
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        }
    }

    private void tell(Kind one, long first, long end, long begin) {
        System.out.printf(
                "%s: seeds %d to %d, %,d histories with %,d openings in %d s%n",
                one.option(),
                first,
                Math.min(next.get(), end) - 1,
                histories.get(),
                openings.get(),
                (System.nanoTime() - begin) / 1_000_000_000);
    }
}
