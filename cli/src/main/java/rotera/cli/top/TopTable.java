package rotera.cli.top;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import rotera.cli.text.TerminalEscaper;
import rotera.protocol.QueueInfo;

/** Queues as lines of text: a title, then a line for each, and one more for a queue that failed. */
public final class TopTable {
    private static final String GAP = "  ";
    private static final int SHORT_NAME = 12;

    /** What is given up first where there is no room. */
    private static final List<TopColumn> DISPENSABLE =
            List.of(
                    TopColumn.NEXT,
                    TopColumn.COMMITS,
                    TopColumn.READERS,
                    TopColumn.READS,
                    TopColumn.NAME,
                    TopColumn.OLDEST,
                    TopColumn.BYTES,
                    TopColumn.PUSHES,
                    TopColumn.USED);

    private TopTable() {}

    /** For people, within a width. */
    public static List<String> lines(
            Collection<QueueInfo> queues, int width, TopColumn order, Instant now) {
        List<QueueInfo> rows = queues.stream().sorted(order.order()).toList();
        // How wide each column that is shown is.
        Map<TopColumn, Integer> widths = new EnumMap<>(TopColumn.class);
        for (TopColumn column : TopColumn.values()) widths.put(column, width(column, rows, now));
        for (TopColumn column : DISPENSABLE) {
            if (total(widths.values()) > width) widths.remove(column);
        }
        List<String> lines = new ArrayList<>();
        lines.add(line(widths, width, column -> (column == order ? "*" : "") + column.title));
        for (QueueInfo queue : rows) {
            lines.add(line(widths, width, column -> column.show(queue, now)));
            queue.failure()
                    .ifPresent(
                            why -> lines.add(cut("  failed: " + TerminalEscaper.of(why), width)));
        }
        return lines;
    }

    /** Names of the fields of {@link #plain}. */
    static String plainTitle() {
        return "time\t"
                + Arrays.stream(TopColumn.values())
                        .map(column -> column.title.toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining("\t"));
    }

    /** For programs: fields with tabs between them. */
    public static String plain(QueueInfo queue, Instant now) {
        return now
                + "\t"
                + Arrays.stream(TopColumn.values())
                        .map(column -> column.plain(queue, now))
                        .collect(Collectors.joining("\t"));
    }

    private interface Cells {
        String of(TopColumn column);
    }

    private static String line(Map<TopColumn, Integer> widths, int width, Cells cells) {
        List<String> line = new ArrayList<>();
        widths.forEach((column, wide) -> line.add(pad(column, cells.of(column), wide)));
        return cut(String.join(GAP, line), width);
    }

    private static String pad(TopColumn column, String cell, int width) {
        String text = cut(cell, width);
        String blanks = " ".repeat(width - text.length());
        return column.isLeftAligned() ? text + blanks : blanks + text;
    }

    private static int width(TopColumn column, List<QueueInfo> rows, Instant now) {
        int widest = rows.stream().mapToInt(row -> column.show(row, now).length()).max().orElse(0);
        // One more for the mark of the order.
        int title = column.title.length() + 1;
        return Math.max(title, column == TopColumn.NAME ? Math.min(SHORT_NAME, widest) : widest);
    }

    private static int total(Collection<Integer> widths) {
        int gaps = GAP.length() * (widths.size() - 1);
        return gaps + widths.stream().mapToInt(Integer::intValue).sum();
    }

    private static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, width);
    }
}
