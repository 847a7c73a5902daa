package rotera.cli.text;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Moments, as people write and read them. */
public final class Times {
    private static final DateTimeFormatter EXACT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private static final Pattern AGO = Pattern.compile("([0-9]{1,9}) ?([smhd])");

    private Times() {}

    /** In UTC, always to the millisecond. */
    static String exact(long millis) {
        return EXACT.format(Instant.ofEpochMilli(millis));
    }

    /** Roughly, in the largest unit of which there are two: {@code 47 min}. */
    public static String rough(Duration span) {
        long seconds = Math.max(0, span.toSeconds());
        if (seconds < 120) return seconds + " s";
        if (seconds < 120 * 60) return seconds / 60 + " min";
        if (seconds < 48 * 3600) return seconds / 3600 + " h";
        return seconds / 86_400 + " d";
    }

    /**
     * Reads how long ago ({@code 10m}) or when ({@code 2026-11-22T10:00:00Z}; without a zone, in
     * that of this machine).
     */
    public static Instant parse(String text, Instant now, ZoneId zone) {
        Matcher ago = AGO.matcher(text);
        if (ago.matches()) return now.minus(span(Long.parseLong(ago.group(1)), ago.group(2)));
        String iso = text.replace(' ', 'T');
        try {
            if (iso.indexOf('T') < 0) return LocalDate.parse(iso).atStartOfDay(zone).toInstant();
            boolean zoned = iso.endsWith("Z") || iso.matches(".*T.*[+-].*");
            return zoned ? Instant.parse(iso) : LocalDateTime.parse(iso).atZone(zone).toInstant();
        } catch (DateTimeException e) {
            throw new TypeConversionException(
                    "'"
                            + text
                            + "' is not a time: write how long ago (90s, 10m, 2h, 3d) or when"
                            + " (2026-11-22T10:00:00Z, or '2026-11-22 10:00' local time)");
        }
    }

    private static Duration span(long number, String unit) {
        return switch (unit) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    /** For picocli. */
    public static final class Converter implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String text) {
            return parse(text, Instant.now(), ZoneId.systemDefault());
        }
    }
}
