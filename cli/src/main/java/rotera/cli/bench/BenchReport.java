package rotera.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToLongFunction;
import rotera.bench.CommitPolicy;
import rotera.bench.Latency;
import rotera.bench.Load;
import rotera.bench.Outcome;
import rotera.bench.ProcessUse;
import rotera.bench.Work;
import rotera.cli.text.ByteSize;
import rotera.cli.text.Json;
import rotera.cli.text.Table;

/** The figures of {@code bench}, for people and for programs. */
final class BenchReport {
    private static final double NANOS_PER_MICRO = 1e3;

    private final String target;
    private final List<Outcome> outcomes;

    BenchReport(String target, List<Outcome> outcomes) {
        this.target = target;
        this.outcomes = outcomes;
    }

    String table() {
        Table table =
                new Table(
                        "-WORK",
                        "MESSAGES/S",
                        "MB/S",
                        "P50",
                        "P99",
                        "P99.9",
                        "MAX",
                        "CORES",
                        "MEMORY",
                        "FILES",
                        "VERIFIED",
                        "MISSED");
        outcomes.forEach(outcome -> table.add(row(outcome)));
        StringBuilder text = new StringBuilder(target + "\n\n" + table + "\n");
        outcomes.forEach(outcome -> text.append(line(outcome)).append('\n'));
        return text.toString();
    }

    private static List<String> row(Outcome outcome) {
        List<String> row = new ArrayList<>();
        row.add(outcome.work().label());
        row.add(String.format(Locale.ROOT, "%,.0f", outcome.messagesPerSecond()));
        row.add(String.format(Locale.ROOT, "%,.1f", outcome.bytesPerSecond() / 1e6));
        row.add(time(outcome, Latency::p50));
        row.add(time(outcome, Latency::p99));
        row.add(time(outcome, Latency::p999));
        row.add(time(outcome, Latency::max));
        Optional<ProcessUse> use = outcome.process();
        row.add(
                use.map(process -> String.format(Locale.ROOT, "%.2f", process.cores()))
                        .orElse("-"));
        row.add(use.map(process -> size(process.ownBytes())).orElse("-"));
        row.add(use.map(process -> size(process.mappedFileBytes())).orElse("-"));
        row.add(String.format(Locale.ROOT, "%,d", outcome.verified()));
        row.add(String.format(Locale.ROOT, "%,d", outcome.missed()));
        return row;
    }

    private static String size(long bytes) {
        return new ByteSize(bytes).toString();
    }

    private static String time(Outcome outcome, ToLongFunction<Latency> percentile) {
        return outcome.latency()
                .filter(latency -> latency.count() > 0)
                .map(latency -> time(percentile.applyAsLong(latency)))
                .orElse("-");
    }

    static String time(long nanos) {
        return nanos < 1_000_000
                ? String.format(Locale.ROOT, "%.0f us", nanos / NANOS_PER_MICRO)
                : String.format(Locale.ROOT, "%.2f ms", nanos / 1e6);
    }

    /** How it was driven, and what the times are. */
    private static String line(Outcome outcome) {
        Load load = outcome.load();
        String bytes = new ByteSize(load.messageBytes()).toString();
        String driver =
                outcome.driver()
                        .map(use ->
                                String.format(
                                        Locale.ROOT, "; this program %.2f cores", use.cores()))
                        .orElse("");
        if (outcome.work() == Work.READ) {
            return String.format(
                    Locale.ROOT,
                    "read: %s each, %d at most at once, %d readers%s",
                    bytes,
                    load.batch(),
                    load.connections(),
                    driver);
        }
        return String.format(
                Locale.ROOT,
                "%s: %s each, %d per push, %d producers, %d pushes under way, commit %s, %s%s; times %s%s",
                outcome.work().label(),
                bytes,
                load.batch(),
                load.connections(),
                load.outstanding(),
                BenchCommand.describe(load.commits()),
                load.rate() == 0
                        ? "full speed"
                        : String.format(Locale.ROOT, "%,.0f messages/s", load.rate()),
                outcome.work().isFollowed() ? ", " + load.consumers() + " consumers" : "",
                outcome.work().isFollowed()
                        ? "until a consumer had it"
                        : load.commits() instanceof CommitPolicy.Each
                                ? "until it was durable"
                                : "until the push returned, not until it was durable",
                driver);
    }

    String json() {
        Json json = new Json();
        json.beginObject().name("target").value(target).name("works").beginArray();
        outcomes.forEach(outcome -> write(json, outcome));
        return json.endArray().endObject() + "\n";
    }

    private static void write(Json json, Outcome outcome) {
        Load load = outcome.load();
        json.beginObject().name("work").value(outcome.work().label());
        json.name("message_bytes").value(load.messageBytes());
        json.name("batch").value(load.batch());
        json.name("connections").value(load.connections());
        json.name("consumers").value(outcome.work().isFollowed() ? load.consumers() : 0);
        json.name("outstanding").value(load.outstanding());
        json.name("commit").value(BenchCommand.describe(load.commits()));
        json.name("rate").value(load.rate());
        json.name("seconds").value(outcome.seconds());
        json.name("pushed").value(outcome.pushed());
        json.name("delivered").value(outcome.delivered());
        json.name("messages_per_second").value(outcome.messagesPerSecond());
        json.name("bytes_per_second").value(outcome.bytesPerSecond());
        json.name("latency_micros");
        outcome.latency()
                .filter(latency -> latency.count() > 0)
                .ifPresentOrElse(latency -> write(json, latency), json::nothing);
        json.name("process");
        write(json, outcome.process());
        json.name("driver");
        write(json, outcome.driver());
        json.name("verified").value(outcome.verified());
        json.name("missed").value(outcome.missed());
        json.name("problem");
        outcome.problem().ifPresentOrElse(json::value, json::nothing);
        json.endObject();
    }

    private static void write(Json json, Latency latency) {
        json.beginObject().name("count").value(latency.count());
        json.name("p50").value(latency.p50() / NANOS_PER_MICRO);
        json.name("p90").value(latency.p90() / NANOS_PER_MICRO);
        json.name("p99").value(latency.p99() / NANOS_PER_MICRO);
        json.name("p999").value(latency.p999() / NANOS_PER_MICRO);
        json.name("max").value(latency.max() / NANOS_PER_MICRO);
        json.endObject();
    }

    private static void write(Json json, Optional<ProcessUse> use) {
        if (use.isEmpty()) {
            json.nothing();
            return;
        }
        json.beginObject().name("core_percent").value(100 * use.get().cores());
        json.name("own_bytes").value(use.get().ownBytes());
        json.name("mapped_file_bytes").value(use.get().mappedFileBytes());
        json.endObject();
    }
}
