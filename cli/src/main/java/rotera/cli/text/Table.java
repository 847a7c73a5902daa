package rotera.cli.text;

import java.util.ArrayList;
import java.util.List;

/** Aligned columns for people. Numbers stand at the right of their column, texts at the left. */
public final class Table {
    private final List<String> titles;
    private final List<Boolean> numbers;
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * A table without rows.
     *
     * @param titles of the columns; those of texts begin with a minus, which is not shown
     */
    public Table(String... titles) {
        this.titles =
                List.of(titles).stream()
                        .map(title -> title.startsWith("-") ? title.substring(1) : title)
                        .toList();
        this.numbers = List.of(titles).stream().map(title -> !title.startsWith("-")).toList();
    }

    public void add(List<String> row) {
        rows.add(row);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(Style.BOLD.of(line(titles))).append('\n');
        for (List<String> row : rows) text.append(line(row)).append('\n');
        return text.toString();
    }

    private String line(List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            String space = " ".repeat(width(i) - cells.get(i).length());
            line.append(numbers.get(i) ? space + cells.get(i) : cells.get(i) + space).append("  ");
        }
        return line.toString().stripTrailing();
    }

    private int width(int column) {
        int width = titles.get(column).length();
        for (List<String> row : rows) width = Math.max(width, row.get(column).length());
        return width;
    }
}
