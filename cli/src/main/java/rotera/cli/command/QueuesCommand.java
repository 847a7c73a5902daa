package rotera.cli.command;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import rotera.cli.queues.Address;
import rotera.cli.queues.Servers;
import rotera.cli.text.ByteSize;
import rotera.cli.text.Exit;
import rotera.cli.text.Figures;
import rotera.cli.text.Json;
import rotera.cli.text.Style;
import rotera.cli.text.Table;
import rotera.cli.text.Terminal;
import rotera.cli.text.TerminalEscaper;
import rotera.cli.text.Times;
import rotera.protocol.QueueInfo;
import rotera.queue.RotFileInfo;

/** {@code rotera queues}. */
@Command(
        name = "queues",
        mixinStandardHelpOptions = true,
        description = "Lists the queues of a server.",
        footer = {
            "",
            "In a pipe one queue per line, columns divided by tabs, - for what there is not: number,"
                    + " name, messages, oldest id, next id, bytes used, bytes of the ring, seconds since the"
                    + " oldest and since the newest message, pushed and read messages per second, readers,"
                    + " and why it takes no more pushes.",
            "",
            "Examples:",
            "  rotera queues",
            "  rotera queues --host 10.0.0.7 | awk '{ sum += $6 } END { print sum }'",
            "  rotera queues --json | jq '.[] | select(.readers == 0) | .number'"
        })
public final class QueuesCommand implements Callable<Integer> {
    @Mixin private Address address;

    @Option(names = "--json", description = "Print an array of what rotera inspect --json prints.")
    private boolean json;

    @Override
    public Integer call() {
        List<QueueInfo> queues = address.queues(Servers.PATIENCE);
        if (json) System.out.println(json(queues));
        else if (!Terminal.isStandardOutput()) System.out.print(forScripts(queues, Instant.now()));
        else if (queues.isEmpty()) System.out.println("no queues on " + address);
        else System.out.print(forPeople(queues, Instant.now()));
        return Exit.OK;
    }

    public static String json(List<QueueInfo> queues) {
        Json json = new Json().beginArray();
        for (QueueInfo queue : queues) Figures.of(queue).write(json);
        return json.endArray().toString();
    }

    public static String forScripts(List<QueueInfo> queues, Instant now) {
        StringBuilder lines = new StringBuilder();
        for (QueueInfo queue : queues) {
            RotFileInfo file = queue.file();
            List<String> cells =
                    List.of(
                            Long.toString(queue.number()),
                            name(file),
                            Long.toString(file.messages()),
                            Long.toString(file.oldest().id()),
                            Long.toString(file.committed().id()),
                            Long.toString(file.liveBytes()),
                            Long.toString(file.ringBytes()),
                            age(file.oldestTime(), now).map(t -> "" + t.toSeconds()).orElse("-"),
                            age(file.newestTime(), now).map(t -> "" + t.toSeconds()).orElse("-"),
                            String.format(Locale.ROOT, "%.1f", queue.pushRate()),
                            String.format(Locale.ROOT, "%.1f", queue.readRate()),
                            Integer.toString(queue.readers()),
                            queue.failure().map(TerminalEscaper::of).orElse("-"));
            lines.append(String.join("\t", cells)).append('\n');
        }
        return lines.toString();
    }

    public static String forPeople(List<QueueInfo> queues, Instant now) {
        Table table =
                new Table(
                        "QUEUE",
                        "-NAME",
                        "MESSAGES",
                        "OLDEST",
                        "NEXT",
                        "USED",
                        "OF",
                        "OLDEST AGE",
                        "NEWEST AGE",
                        "PUSH/S",
                        "READ/S",
                        "READERS");
        StringBuilder failures = new StringBuilder();
        for (QueueInfo queue : queues) {
            RotFileInfo file = queue.file();
            table.add(
                    List.of(
                            Long.toString(queue.number()),
                            name(file),
                            number(file.messages()),
                            number(file.oldest().id()),
                            number(file.committed().id()),
                            new ByteSize(file.liveBytes()).toString(),
                            new ByteSize(file.ringBytes()).toString(),
                            age(file.oldestTime(), now).map(Times::rough).orElse("-"),
                            age(file.newestTime(), now).map(Times::rough).orElse("-"),
                            String.format(Locale.ROOT, "%,.0f", queue.pushRate()),
                            String.format(Locale.ROOT, "%,.0f", queue.readRate()),
                            Integer.toString(queue.readers())));
            queue.failure()
                    .ifPresent(why ->
                            failures.append(
                                            Style.RED.of(
                                                    "queue %d takes no more pushes: %s"
                                                            .formatted(
                                                                    queue.number(),
                                                                    TerminalEscaper.of(why))))
                                    .append('\n'));
        }
        return table.toString() + failures;
    }

    private static String name(RotFileInfo file) {
        return file.name().isEmpty() ? "-" : TerminalEscaper.of(file.name());
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static Optional<Duration> age(Optional<Instant> time, Instant now) {
        return time.map(then -> Duration.between(then, now));
    }
}
