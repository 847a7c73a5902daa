package rotera.cli.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rotera.queue.RotFileInfo;

/**
 * Draws the ring as it lies in the file: a row of cells, below it where the boundaries are, and
 * what the signs mean.
 */
public final class RingDrawing {
    private static final int CELLS = 60;

    /** What a place of the ring is used for; later ones are drawn over earlier ones. */
    private enum Part {
        FREE("free", '·', '.', Style.FAINT),
        RESERVE("reserve", '░', '-', Style.BLUE),
        LIVE("live", '█', '#', Style.GREEN),
        UNCOMMITTED("uncommitted", '▓', '+', Style.YELLOW);

        final String title;
        final char sign;
        final char plainSign;
        final Style style;

        Part(String title, char sign, char plainSign, Style style) {
            this.title = title;
            this.sign = sign;
            this.plainSign = plainSign;
            this.style = style;
        }
    }

    private final RotFileInfo info;
    private final boolean unicode;
    private final Part[] cells = new Part[CELLS];

    private RingDrawing(RotFileInfo info, boolean unicode) {
        this.info = info;
        this.unicode = unicode;
        Arrays.fill(cells, Part.FREE);
    }

    /**
     * Draws, several lines.
     *
     * @param unicode whether more than ASCII can be shown
     */
    public static String of(RotFileInfo info, boolean unicode) {
        return new RingDrawing(info, unicode).draw();
    }

    private String draw() {
        long oldest = info.oldest().position();
        long committed = info.committed().position();
        long next = info.next().position();
        fill(next, next + info.reserveBytes(), Part.RESERVE);
        fill(oldest, committed, Part.LIVE);
        fill(committed, next, Part.UNCOMMITTED);
        return row() + markers() + legend();
    }

    /**
     * A part begins in the cell of its first byte, so that even a small one is seen, and has the
     * further cells whose first half it covers.
     */
    private void fill(long from, long to, Part part) {
        if (to <= from) return;
        cells[cell(from)] = part;
        double width = (double) info.ringBytes() / CELLS;
        long first = (long) (from / width) + 1;
        for (long cell = first; cell * width + width / 2 <= to && cell < first + CELLS; cell++)
            cells[(int) (cell % CELLS)] = part;
    }

    private int cell(long position) {
        double place = position % info.ringBytes();
        return (int) Math.min(CELLS - 1, (long) (place * CELLS / info.ringBytes()));
    }

    private String row() {
        StringBuilder row = new StringBuilder();
        for (int from = 0; from < CELLS; ) {
            int to = from;
            while (to < CELLS && cells[to] == cells[from]) to++;
            row.append(cells[from].style.of(sign(cells[from]).repeat(to - from)));
            from = to;
        }
        return row.append('\n').toString();
    }

    /** A letter below its cell; where several meet, below each other. */
    private String markers() {
        List<char[]> lines = new ArrayList<>();
        mark(lines, info.oldest(), 'o');
        mark(lines, info.committed(), 'c');
        mark(lines, info.next(), 'n');
        mark(lines, info.checkpoint(), 'k');
        StringBuilder text = new StringBuilder();
        for (char[] line : lines) text.append(new String(line).stripTrailing()).append('\n');
        return text.toString();
    }

    private void mark(List<char[]> lines, RotFileInfo.Place place, char letter) {
        int cell = cell(place.position());
        for (char[] line : lines) {
            if (line[cell] != ' ') continue;
            line[cell] = letter;
            return;
        }
        char[] line = new char[CELLS];
        Arrays.fill(line, ' ');
        line[cell] = letter;
        lines.add(line);
    }

    private String legend() {
        return Stream.of(Part.LIVE, Part.UNCOMMITTED, Part.RESERVE, Part.FREE)
                        .map(part -> part.style.of(sign(part)) + " " + part.title)
                        .collect(Collectors.joining("   "))
                + "\no oldest   c committed   n next   k checkpoint\n";
    }

    private String sign(Part part) {
        return String.valueOf(unicode ? part.sign : part.plainSign);
    }
}
