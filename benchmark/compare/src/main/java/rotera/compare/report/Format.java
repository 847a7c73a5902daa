package rotera.compare.report;

import java.util.Locale;
import rotera.compare.work.Figure;

/** Figures as text, with three digits that count. */
public final class Format {
    private Format() {}

    public static String value(Figure figure, double value) {
        String text = number(value, figure.unit() == Figure.Unit.RATE);
        String unit = figure.unit().text();
        return unit.startsWith("/") || unit.isEmpty() ? text + unit : text + " " + unit;
    }

    /** With the lowest and highest when there is more than one. */
    static String spread(Figure figure, Spread spread) {
        String median = value(figure, spread.median());
        if (spread.count() == 1) return median;
        boolean isRate = figure.unit() == Figure.Unit.RATE;
        return median
                + " ("
                + number(spread.lowest(), isRate)
                + " - "
                + number(spread.highest(), isRate)
                + ")";
    }

    static String number(double value, boolean shorten) {
        if (shorten && value >= 1e6) return digits(value / 1e6) + " M";
        if (shorten && value >= 1e5) return digits(value / 1e3) + " k";
        return digits(value);
    }

    private static String digits(double value) {
        if (value >= 100) return String.format(Locale.ROOT, "%,.0f", value);
        if (value >= 10) return String.format(Locale.ROOT, "%.1f", value);
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
