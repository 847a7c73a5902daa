package rotera.benchmark;

import java.util.List;
import java.util.Locale;

/** Lines over sizes that multiply, as the text of an SVG picture. */
final class Plot {
    private static final int WIDTH = 800;
    private static final int HEIGHT = 300;
    private static final int LEFT = 70;
    private static final int RIGHT = 290;
    private static final int TOP = 40;
    private static final int BOTTOM = 40;
    private static final List<String> COLOURS =
            List.of("#0072b2", "#009e73", "#d55e00", "#cc79a7", "#e69f00", "#56b4e9", "#000000");

    private final StringBuilder svg = new StringBuilder();
    private int panels;

    /** One value for each size. */
    record Line(String name, boolean dashed, int colour, List<Double> values) {}

    /** One diagram below the others, from 0 to a little above the largest value. */
    void panel(String title, List<String> sizes, String unit, List<Line> lines) {
        int top = panels++ * HEIGHT;
        double most =
                lines.stream()
                        .flatMap(line -> line.values.stream())
                        .mapToDouble(Double::doubleValue)
                        .max()
                        .orElse(1);
        double step = step(most / 5);
        double scale = (HEIGHT - TOP - BOTTOM) / (Math.ceil(most / step) * step);
        text(LEFT, top + TOP - 16, "start", "bold", title);
        for (double value = 0; value <= most + step * 0.999; value += step) {
            double y = top + HEIGHT - BOTTOM - value * scale;
            line("#ddd", "", LEFT, y, WIDTH - RIGHT, y);
            text(LEFT - 8, y + 4, "end", "normal", number(value) + unit);
        }
        for (int i = 0; i < sizes.size(); i++)
            text(x(i, sizes), top + HEIGHT - BOTTOM + 20, "middle", "normal", sizes.get(i));
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            String colour = COLOURS.get(line.colour);
            String dash = line.dashed ? " stroke-dasharray='6 4'" : "";
            StringBuilder points = new StringBuilder();
            for (int at = 0; at < line.values.size(); at++) {
                double x = x(at, sizes);
                double y = top + HEIGHT - BOTTOM - line.values.get(at) * scale;
                points.append(number(x)).append(',').append(number(y)).append(' ');
                add(
                        "<circle cx='%s' cy='%s' r='3' fill='%s'/>"
                                .formatted(number(x), number(y), colour));
            }
            add(
                    "<polyline points='%s' fill='none' stroke='%s' stroke-width='2'%s/>"
                            .formatted(points.toString().strip(), colour, dash));
            double y = top + TOP + 10 + 20 * i;
            line(colour, dash, WIDTH - RIGHT + 20, y, WIDTH - RIGHT + 50, y);
            text(WIDTH - RIGHT + 58, y + 4, "start", "normal", line.name);
        }
    }

    /** 1, 2 or 5 with zeros. */
    private static double step(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        for (double factor : new double[] {1, 2, 5})
            if (factor * power >= least) return factor * power;
        return 10 * power;
    }

    private static double x(int size, List<String> sizes) {
        return LEFT
                + 30
                + (WIDTH - LEFT - RIGHT - 60) * (double) size / Math.max(1, sizes.size() - 1);
    }

    private void line(String colour, String dash, double x1, double y1, double x2, double y2) {
        add(
                "<line x1='%s' y1='%s' x2='%s' y2='%s' stroke='%s'%s/>"
                        .formatted(number(x1), number(y1), number(x2), number(y2), colour, dash));
    }

    private void text(double x, double y, String anchor, String weight, String text) {
        add(
                "<text x='%s' y='%s' text-anchor='%s' font-weight='%s'>%s</text>"
                        .formatted(number(x), number(y), anchor, weight, text));
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    private void add(String element) {
        svg.append(element).append('\n');
    }

    @Override
    public String toString() {
        return """
        <svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif' font-size='12'>
        <rect width='100%%' height='100%%' fill='white'/>
        """
                        .formatted(WIDTH, panels * HEIGHT)
                + svg
                + "</svg>\n";
    }
}
