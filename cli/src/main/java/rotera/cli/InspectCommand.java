package rotera.cli;

import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Parameters;
import rotera.queue.Messages;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.RotFileInfo;

/** {@code rotera inspect}. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description = "Tells what is in a file that no server has open.",
        footer = {
            "",
            "On a terminal for people; in a pipe one 'name value' per line, with plain numbers.",
            "",
            "Examples:",
            "  rotera inspect rots/55.rot",
            "  rotera inspect rots/55.rot | awk '$1 == \"next-id\" { print $2 }'"
        })
final class InspectCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The file to look into.")
    private Path path;

    private final boolean forPeople = Terminal.isStandardOutput();
    private final Map<String, String> rows = new LinkedHashMap<>();

    @Override
    public Integer call() {
        new Target.InFile(path).checkExists();
        try (RotFile file = RotFile.openReadOnly(path)) {
            describe(file);
        }
        int width = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
        StringBuilder table = new StringBuilder();
        rows.forEach((name, value) -> table.append(row(name, value, width)));
        System.out.print(table);
        return Exit.OK;
    }

    private String row(String name, String value, int width) {
        String cell = String.format(Locale.ROOT, "%-" + width + "s", name);
        if (forPeople) cell = Ansi.AUTO.string("@|bold " + cell + "|@");
        return cell + "  " + value + System.lineSeparator();
    }

    private void describe(RotFile file) {
        RotFileInfo info = file.info();
        long next = info.committed().id();
        long oldest = file.ping().oldest();
        rows.put("file", path.toString());
        rows.put("name", info.name().isEmpty() ? "-" : info.name());
        rows.put("unique-id", info.uniqueId().toString());
        rows.put("created", info.created().toString());
        number("oldest-id", oldest);
        number("committed-id", next);
        number("next-id", info.next().id());
        number("messages", next - oldest);
        rows.put("oldest-time", oldest == next ? "-" : timeOf(file, oldest));
        rows.put("newest-time", oldest == next ? "-" : timeOf(file, next - 1));
        size("file-bytes", info.fileBytes());
        size("ring-bytes", info.ringBytes());
        long used = info.next().position() - info.oldest().position();
        size("live-bytes", used);
        size("free-bytes", info.ringBytes() - used);
        size("max-message-bytes", info.maxMessageBytes());
        size("max-push-bytes", info.maxPushBytes());
        if (info.entries() == 0) rows.put("entries-limit", "-");
        else number("entries-limit", info.entries());
        number("checkpoint-id", info.checkpoint().id());
        number("checkpoint-position", info.checkpoint().position());
        number("next-position", info.next().position());
        number("epoch", info.epoch());
        if (!file.findings().isEmpty()) rows.put("damage", String.join("; ", file.findings()));
    }

    private void number(String name, long value) {
        rows.put(name, forPeople ? String.format(Locale.ROOT, "%,d", value) : Long.toString(value));
    }

    private void size(String name, long bytes) {
        number(name, bytes);
        if (forPeople && bytes >= 10 << 10)
            rows.merge(name, "  (" + new ByteSize(bytes) + ")", String::concat);
    }

    private static String timeOf(RotFile file, long id) {
        try (Messages messages = new Messages()) {
            if (file.read(id, 1, messages) == 0 || !messages.next()) return "-";
            return Instant.ofEpochMilli(messages.timeMillis()).toString();
        } catch (QueueException.CorruptMessage e) {
            return "damaged";
        }
    }
}
