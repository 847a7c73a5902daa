package rotera.cli.text;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rotera.protocol.QueueInfo;
import rotera.queue.RotFile;
import rotera.queue.RotFileInfo;
import rotera.queue.Storage;

/** What is known of a queue, as named values in a fixed order. */
public final class Figures {
    private enum Kind {
        TEXT,
        NUMBER,
        BYTES,
        TIME,
        RATE
    }

    /** One of them; the value is null if there is none. */
    private record Figure(String name, Kind kind, @Nullable Object value) {}

    private final List<Figure> figures = new ArrayList<>();

    private Figures() {}

    public static Figures of(RotFile file) {
        Figures figures = new Figures();
        figures.add("file", Kind.TEXT, file.path().toString());
        figures.addFile(file.info());
        Storage storage = Storage.of(file.path());
        figures.add("file-system", Kind.TEXT, storage.fileSystem());
        figures.add(
                "file-system-weakness",
                Kind.TEXT,
                storage.weaknesses().isEmpty() ? null : String.join("; ", storage.weaknesses()));
        List<String> warnings = file.warnings();
        if (!warnings.isEmpty()) figures.add("warning", Kind.TEXT, String.join("; ", warnings));
        List<String> damage = new ArrayList<>(file.findings());
        damage.removeAll(warnings);
        if (!damage.isEmpty()) figures.add("damage", Kind.TEXT, String.join("; ", damage));
        return figures;
    }

    public static Figures of(QueueInfo info) {
        Figures figures = new Figures();
        figures.add("number", Kind.NUMBER, info.number());
        figures.addFile(info.file());
        figures.add("pushes-per-s", Kind.RATE, info.pushRate());
        figures.add("push-bytes-per-s", Kind.RATE, info.pushByteRate());
        figures.add("reads-per-s", Kind.RATE, info.readRate());
        figures.add("commits-per-s", Kind.RATE, info.commitRate());
        figures.add("readers", Kind.NUMBER, (long) info.readers());
        info.failure().ifPresent(why -> figures.add("failure", Kind.TEXT, why));
        return figures;
    }

    private void addFile(RotFileInfo info) {
        add("name", Kind.TEXT, info.name().isEmpty() ? null : info.name());
        add("unique-id", Kind.TEXT, info.uniqueId().toString());
        add("lineage-id", Kind.TEXT, info.lineageId().toString());
        add("created", Kind.TIME, info.created());
        add("oldest-id", Kind.NUMBER, info.oldest().id());
        add("committed-id", Kind.NUMBER, info.committed().id());
        add("next-id", Kind.NUMBER, info.next().id());
        add("messages", Kind.NUMBER, info.messages());
        addTime("oldest-time", info.oldestTime(), info.messages());
        addTime("newest-time", info.newestTime(), info.messages());
        add("file-bytes", Kind.BYTES, info.fileBytes());
        add("ring-bytes", Kind.BYTES, info.ringBytes());
        add("live-bytes", Kind.BYTES, info.liveBytes());
        add("free-bytes", Kind.BYTES, info.ringBytes() - info.liveBytes());
        add("reserve-bytes", Kind.BYTES, info.reserveBytes());
        add("uncommitted-bytes", Kind.BYTES, info.next().position() - info.committed().position());
        add("max-message-bytes", Kind.BYTES, (long) info.maxMessageBytes());
        add("max-push-bytes", Kind.BYTES, info.maxPushBytes());
        add("entries-limit", Kind.NUMBER, info.entries() == 0 ? null : info.entries());
        add("oldest-position", Kind.NUMBER, info.oldest().position());
        add("checkpoint-id", Kind.NUMBER, info.checkpoint().id());
        add("checkpoint-position", Kind.NUMBER, info.checkpoint().position());
        add("committed-position", Kind.NUMBER, info.committed().position());
        add("next-position", Kind.NUMBER, info.next().position());
        add("ring-offset", Kind.NUMBER, info.ringOffset());
        add("interval-bytes", Kind.BYTES, (long) info.intervalBytes());
        add("epoch", Kind.NUMBER, (long) info.epoch());
    }

    private void addTime(String name, Optional<Instant> time, long messages) {
        if (time.isPresent()) add(name, Kind.TIME, time.get());
        else add(name, Kind.TEXT, messages == 0 ? null : "damaged");
    }

    private void add(String name, Kind kind, @Nullable Object value) {
        figures.add(new Figure(name, kind, value));
    }

    /** One {@code name value} per line; for scripts plain, for people easy to read. */
    public String lines(boolean forPeople) {
        int width = figures.stream().mapToInt(figure -> figure.name.length()).max().orElse(0);
        StringBuilder lines = new StringBuilder();
        for (Figure figure : figures) {
            String name = pad(figure.name, width);
            lines.append(forPeople ? Style.BOLD.of(name) : name)
                    .append("  ")
                    .append(forPeople ? forPeople(figure) : plain(figure))
                    .append('\n');
        }
        return lines.toString();
    }

    private static String pad(String name, int width) {
        return name + " ".repeat(width - name.length());
    }

    private static String plain(Figure figure) {
        if (figure.value instanceof Double rate) return String.format(Locale.ROOT, "%.1f", rate);
        return figure.value == null ? "-" : TerminalEscaper.of(figure.value.toString());
    }

    private static String forPeople(Figure figure) {
        return switch (figure.value) {
            case null -> "-";
            case Long number -> {
                String digits = String.format(Locale.ROOT, "%,d", number);
                yield figure.kind == Kind.BYTES && number >= 10 << 10
                        ? digits + "  (" + new ByteSize(number) + ")"
                        : digits;
            }
            case Double rate -> String.format(Locale.ROOT, "%,.1f", rate);
            case Instant time ->
                    time + "  (" + Times.rough(Duration.between(time, Instant.now())) + " ago)";
            default -> TerminalEscaper.of(figure.value.toString());
        };
    }

    /** Adds an object; its names are those of the lines, with _ for -. */
    public void write(Json json) {
        json.beginObject();
        for (Figure figure : figures) {
            json.name(figure.name.replace('-', '_'));
            switch (figure.value) {
                case null -> json.nothing();
                case Long number -> json.value(number);
                case Double rate -> json.value(rate);
                default -> json.value(figure.value.toString());
            }
        }
        json.endObject();
    }
}
