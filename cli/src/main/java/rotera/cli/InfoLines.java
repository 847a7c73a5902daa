package rotera.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import rotera.protocol.QueueInfo;
import rotera.queue.RotFileInfo;

/** What a queue is and holds, one {@code name value} in a line. */
final class InfoLines {
    private InfoLines() {}

    static List<String> ofFile(RotFileInfo info) {
        List<String> lines = new ArrayList<>();
        add(lines, "name", info.name().isEmpty() ? "-" : info.name());
        add(lines, "unique-id", info.uniqueId());
        add(lines, "created", info.created());
        add(lines, "oldest-id", info.oldest().id());
        add(lines, "committed-id", info.committed().id());
        add(lines, "next-id", info.next().id());
        add(lines, "messages", info.messages());
        add(lines, "oldest-time", time(info.oldestTime()));
        add(lines, "newest-time", time(info.newestTime()));
        add(lines, "file-bytes", info.fileBytes());
        add(lines, "ring-bytes", info.ringBytes());
        add(lines, "live-bytes", info.liveBytes());
        add(lines, "reserve-bytes", info.reserveBytes());
        add(lines, "max-message-bytes", info.maxMessageBytes());
        add(lines, "max-push-bytes", info.maxPushBytes());
        add(lines, "entries-limit", info.entries() == 0 ? "-" : info.entries());
        add(lines, "epoch", info.epoch());
        return lines;
    }

    static List<String> ofQueue(QueueInfo info) {
        List<String> lines = new ArrayList<>();
        add(lines, "number", info.number());
        lines.addAll(ofFile(info.file()));
        add(lines, "pushes-per-s", rate(info.pushRate()));
        add(lines, "push-bytes-per-s", rate(info.pushByteRate()));
        add(lines, "reads-per-s", rate(info.readRate()));
        add(lines, "commits-per-s", rate(info.commitRate()));
        add(lines, "readers", info.readers());
        info.failure().ifPresent(why -> add(lines, "failure", why));
        return lines;
    }

    private static void add(List<String> lines, String name, Object value) {
        lines.add(String.format(Locale.ROOT, "%-18s %s", name, value));
    }

    private static String rate(double perSecond) {
        return String.format(Locale.ROOT, "%.1f", perSecond);
    }

    private static String time(Optional<Instant> time) {
        return time.map(Instant::toString).orElse("-");
    }
}
