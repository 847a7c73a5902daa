package rotera.compare.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import rotera.compare.Cell;
import rotera.compare.contender.Contenders;
import rotera.compare.work.Figure;
import rotera.compare.work.Works;

/**
 * What Rotera wants to reach, on a machine like the one of docs/benchmarks.md: a figure, and how it
 * has to compare with others of the same rounds.
 *
 * @param target a value that the figure must reach, or not exceed where less is better; 0 for none
 * @param base what it is compared with
 * @param factor how many times the base it must reach, or may have where less is better
 */
record Goal(String title, Source ours, double target, Base base, double factor) {

    /** Where a figure comes from. */
    record Source(Works work, Contenders contender, Figure figure) {
        Cell cell() {
            return new Cell(work, contender);
        }
    }

    /** What a figure is compared with. */
    sealed interface Base {
        /** With nothing. */
        record None() implements Base {}

        /** With the best of these, at the same figure. */
        record BestOf(List<Contenders> contenders) implements Base {}

        /** With a certain figure. */
        record Other(Source source) implements Base {}
    }

    private static final List<Contenders> SERVERS =
            List.of(Contenders.KAFKA, Contenders.NATS, Contenders.REDIS, Contenders.RABBITMQ);
    private static final List<Contenders> LIBRARIES =
            List.of(Contenders.CHRONICLE, Contenders.AERON, Contenders.SQLITE, Contenders.TAPE);
    private static final List<Contenders> ALL =
            Stream.concat(SERVERS.stream(), LIBRARIES.stream()).toList();

    static List<Goal> all() {
        return List.of(
                server(
                        "durable batches, one outstanding",
                        Works.DURABLE_BATCHES,
                        Figure.BATCH_1,
                        2.5e6,
                        SERVERS,
                        8),
                server(
                        "durable batches, eight outstanding",
                        Works.DURABLE_BATCHES,
                        Figure.BATCH_8,
                        4e6,
                        SERVERS,
                        8),
                embedded(
                        "durable batches",
                        Works.DURABLE_BATCHES,
                        Figure.BATCH_1,
                        4.5e6,
                        bareFile(Works.DURABLE_BATCHES, Figure.BATCH_1),
                        0.9),
                embedded(
                        "one durable message at a time, beside the bare loop",
                        Works.DURABLE_MESSAGES,
                        Figure.ONE_1,
                        0,
                        reference(Figure.LOOP_ONE),
                        0.9),
                embedded(
                        "the same, p99",
                        Works.DURABLE_MESSAGES,
                        Figure.ONE_1_P99,
                        0,
                        reference(Figure.LOOP_ONE_P99),
                        2),
                server(
                        "one durable message at a time, beside the bare server",
                        Works.DURABLE_MESSAGES,
                        Figure.ONE_1,
                        0,
                        reference(Figure.BARE_ONE),
                        0.9),
                server(
                        "the same, p99",
                        Works.DURABLE_MESSAGES,
                        Figure.ONE_1_P99,
                        0,
                        reference(Figure.BARE_ONE_P99),
                        2),
                server(
                        "one at a time, 64 producers",
                        Works.DURABLE_MESSAGES,
                        Figure.ONE_64,
                        70e3,
                        ALL,
                        1),
                server("ingest", Works.INGEST_100, Figure.INGEST, 7e6, SERVERS, 10),
                embedded(
                        "ingest",
                        Works.INGEST_100,
                        Figure.INGEST,
                        15e6,
                        new Base.BestOf(LIBRARIES),
                        1),
                server("replay, Java client", Works.INGEST_100, Figure.REPLAY, 15e6, ALL, 1),
                raw(
                        "replay, client in C, beside a bare copy",
                        Figure.RAW_STREAM,
                        20e6,
                        Figure.COPY,
                        0.5),
                server("end to end, p50", Works.LATENCY, Figure.LATENCY_P50, 0.4, List.of(), 0),
                server("end to end, p99", Works.LATENCY, Figure.LATENCY_P99, 1, List.of(), 0),
                server("eight consumers", Works.FAN_OUT, Figure.DELIVERED, 20e6, SERVERS, 5),
                server("10 KiB, ingest", Works.INGEST_10K, Figure.INGEST_BYTES, 0, SERVERS, 2),
                server("10 KiB, replay", Works.INGEST_10K, Figure.REPLAY_BYTES, 0, SERVERS, 2),
                server("start to first message", Works.START, Figure.START, 0.25, List.of(), 0),
                server("memory idle", Works.INGEST_100, Figure.MEMORY_IDLE, 100, List.of(), 0),
                server("memory after", Works.INGEST_100, Figure.MEMORY_AFTER, 200, List.of(), 0),
                server(
                        "256 MiB kept, most on disk",
                        Works.KEEP,
                        Figure.DISK_PEAK,
                        268.6,
                        List.of(),
                        0),
                kafka("durable batches", Works.DURABLE_BATCHES, Figure.BATCH_1, 3),
                kafka("ingest", Works.INGEST_100, Figure.INGEST, 1),
                kafka("replay", Works.INGEST_100, Figure.REPLAY, 1));
    }

    /** Beside Kafka itself, with the same clients. */
    private static Goal kafka(String title, Works work, Figure figure, double factor) {
        return new Goal(
                "Kafka's client: " + title,
                new Source(work, Contenders.ROTERA_KAFKA, figure),
                0,
                new Base.BestOf(List.of(Contenders.KAFKA)),
                factor);
    }

    private static Goal server(
            String title,
            Works work,
            Figure figure,
            double target,
            List<Contenders> others,
            double factor) {
        Base base = others.isEmpty() ? new Base.None() : new Base.BestOf(others);
        return server(title, work, figure, target, base, factor);
    }

    private static Goal server(
            String title, Works work, Figure figure, double target, Base base, double factor) {
        return new Goal(
                "server: " + title,
                new Source(work, Contenders.ROTERA, figure),
                target,
                base,
                factor);
    }

    private static Goal embedded(
            String title, Works work, Figure figure, double target, Base base, double factor) {
        return new Goal(
                "embedded: " + title,
                new Source(work, Contenders.ROTERA_FILE, figure),
                target,
                base,
                factor);
    }

    private static Goal raw(
            String title, Figure figure, double target, Figure base, double factor) {
        return server(title, Works.REFERENCES, figure, target, reference(base), factor);
    }

    private static Base bareFile(Works work, Figure figure) {
        return new Base.Other(new Source(work, Contenders.FILE, figure));
    }

    private static Base reference(Figure figure) {
        return new Base.Other(new Source(Works.REFERENCES, Contenders.ROTERA, figure));
    }

    /**
     * What it asks for, what was reached, and whether that is enough; empty if it was not measured.
     */
    Optional<String> row(Results results) {
        Optional<Spread> own = results.spread(ours.cell(), ours.figure());
        if (own.isEmpty()) return Optional.empty();
        boolean more = ours.figure().unit().moreIsBetter();
        String asked = "";
        String reached = Format.value(ours.figure(), own.get().median());
        boolean enough = true;
        if (target > 0) {
            asked = (more ? "at least " : "at most ") + Format.value(ours.figure(), target);
            enough = more ? own.get().median() >= target : own.get().median() <= target;
        }
        Optional<Source> other = other(results);
        if (other.isPresent()) {
            Source base = other.get();
            Optional<Spread> ratio =
                    results.ratio(ours.cell(), ours.figure(), base.cell(), base.figure());
            if (ratio.isPresent()) {
                double times = ratio.get().median();
                asked +=
                        (asked.isEmpty() ? "" : "; ")
                                + Format.number(factor, false)
                                + " x "
                                + name(base);
                reached += "; " + Format.number(times, false) + " x";
                enough &= more ? times >= factor : times <= factor;
            }
        }
        return Optional.of(
                String.format(
                        Locale.ROOT,
                        "| %s | %s | %s | %s |",
                        title,
                        asked,
                        reached,
                        enough ? "yes" : "**no**"));
    }

    private String name(Source source) {
        return source.work == Works.REFERENCES ? source.figure.title() : source.contender.title();
    }

    private Optional<Source> other(Results results) {
        return switch (base) {
            case Base.None _ -> Optional.empty();
            case Base.Other other -> Optional.of(other.source);
            case Base.BestOf best ->
                    results.best(ours.work(), ours.figure(), best.contenders)
                            .map(one -> new Source(ours.work(), one, ours.figure()));
        };
    }
}
