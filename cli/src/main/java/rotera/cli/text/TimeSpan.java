package rotera.cli.text;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads times as people write them: {@code 10ms}, {@code 2s}, {@code 5m}. */
public final class TimeSpan {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9}) ?(us|ms|s|m|h)");

    private TimeSpan() {}

    /** For picocli. */
    public static final class Converter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            Matcher form = FORM.matcher(text);
            if (!form.matches() || Long.parseLong(form.group(1)) == 0) {
                throw new TypeConversionException(
                        "'"
                                + text
                                + "' is not a time: write a number above 0 and us, ms, s, m or h,"
                                + " for example 10ms");
            }
            long number = Long.parseLong(form.group(1));
            return switch (form.group(2)) {
                case "us" -> Duration.ofNanos(number * 1000);
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                default -> Duration.ofHours(number);
            };
        }
    }
}
