package rotera.compare.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import rotera.compare.contender.Contenders;
import rotera.compare.work.Figure;

/**
 * Horizontal bars with the value and its durability behind each, as SVG that is readable on light
 * and on dark ground. From one value to a hundred times of it the axis is logarithmic, and says so.
 */
final class BarPlot {
    private static final int LEFT = 210;
    private static final int WIDTH = 860;
    private static final int BARS = 390;
    private static final int ROW = 26;
    private static final int TOP = 52;
    private static final double LOGARITHMIC_FROM = 50;

    private static final String STYLE =
            """
            <style>
              text { font: 13px system-ui, sans-serif; fill: #24292f; }
              .title { font-size: 15px; font-weight: 600; }
              .note { fill: #59636e; }
              .peer { fill: #8c959f; }
              .rotera { fill: #0969da; }
              .bare { fill: none; stroke: #8c959f; stroke-dasharray: 4 3; }
              .spread { stroke: #24292f; stroke-width: 1.5; }
              .decade { stroke: #8c959f; stroke-opacity: 0.35; }
              @media (prefers-color-scheme: dark) {
                text { fill: #e6edf3; }
                .note { fill: #9198a1; }
                .peer { fill: #6e7681; }
                .rotera { fill: #4493f8; }
                .bare { stroke: #9198a1; }
                .spread { stroke: #e6edf3; }
              }
            </style>
            """;

    /** One bar. */
    record Bar(Contenders contender, Spread spread, String durability) {}

    private final String title;
    private final Figure figure;
    private final List<Bar> bars;
    private final boolean logarithmic;
    private final double lowest;
    private final double highest;

    BarPlot(String title, Figure figure, List<Bar> bars) {
        this.title = title;
        this.figure = figure;
        this.bars = new ArrayList<>(bars);
        highest = bars.stream().mapToDouble(bar -> bar.spread.highest()).max().orElse(1);
        double least = bars.stream().mapToDouble(bar -> bar.spread.lowest()).min().orElse(1);
        logarithmic = least > 0 && highest / least > LOGARITHMIC_FROM;
        lowest = Math.pow(10, Math.floor(Math.log10(Math.max(least, 1e-9))));
    }

    String svg() {
        int bottom = TOP + bars.size() * ROW + groups() * ROW / 2 + 4;
        int height = bottom + (logarithmic ? ROW : 6);
        StringBuilder svg = new StringBuilder();
        svg.append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">%n"
                        .formatted(WIDTH, height, WIDTH, height));
        svg.append("<title>").append(escape(title)).append("</title>\n").append(STYLE);
        text(svg, 10, 20, "title", title);
        text(svg, 10, 38, "note", note());
        if (logarithmic) decades(svg, bottom);
        int y = TOP;
        for (int i = 0; i < bars.size(); i++) {
            if (i > 0 && kind(i) != kind(i - 1)) y += ROW / 2;
            bar(svg, bars.get(i), y);
            y += ROW;
        }
        return svg.append("</svg>\n").toString();
    }

    /** A line at each power of ten. */
    private void decades(StringBuilder svg, int bottom) {
        for (double value = lowest; value <= highest; value *= 10) {
            double x = x(value);
            svg.append(
                    String.format(
                            Locale.ROOT,
                            "<line class=\"decade\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>%n",
                            x,
                            x,
                            TOP,
                            bottom));
            text(svg, (int) x, bottom + 16, "note", Format.value(figure, value));
        }
    }

    private Contenders.Kind kind(int i) {
        return bars.get(i).contender.kind();
    }

    private int groups() {
        return (int) bars.stream().map(bar -> bar.contender.kind()).distinct().count() - 1;
    }

    private String note() {
        String note =
                figure.title()
                        + (figure.unit().moreIsBetter() ? ", more is better" : ", less is better");
        return note
                + (logarithmic ? "; logarithmic: " : "; ")
                + "bar: median, line: lowest to highest";
    }

    private void bar(StringBuilder svg, Bar bar, int y) {
        text(svg, 10, y + 17, "name", bar.contender.title());
        String style =
                switch (bar.contender) {
                    case ROTERA, ROTERA_KAFKA, ROTERA_FILE -> "rotera";
                    case FILE -> "bare";
                    default -> "peer";
                };
        Spread spread = bar.spread;
        double end = x(spread.median());
        svg.append(
                String.format(
                        Locale.ROOT,
                        "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>%n",
                        style,
                        LEFT,
                        y + 4,
                        Math.max(1, end - LEFT),
                        ROW - 8));
        if (spread.count() > 1) {
            svg.append(
                    String.format(
                            Locale.ROOT,
                            "<line class=\"spread\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>%n",
                            x(spread.lowest()),
                            x(spread.highest()),
                            y + ROW / 2,
                            y + ROW / 2));
        }
        double behind = Math.max(end, x(spread.highest())) + 8;
        String value = Format.value(figure, spread.median());
        svg.append(
                String.format(
                        Locale.ROOT,
                        "<text x=\"%.1f\" y=\"%d\">%s<tspan class=\"note\" dx=\"10\">%s</tspan></text>%n",
                        behind,
                        y + 17,
                        escape(value),
                        escape(bar.durability)));
    }

    private double x(double value) {
        double part =
                logarithmic
                        ? Math.log10(value / lowest) / Math.log10(highest / lowest)
                        : value / highest;
        return LEFT + BARS * Math.clamp(part, 0.0, 1.0);
    }

    private static void text(StringBuilder svg, int x, int y, String style, String text) {
        svg.append(
                "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>%n"
                        .formatted(style, x, y, escape(text)));
    }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
