package rotera.cli.text;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes as people write it: {@code 65536}, {@code 64KiB}, {@code 10MB}, {@code 1G}. */
public record ByteSize(long bytes) {
    private static final Pattern FORM = Pattern.compile("([0-9]+) ?([kKmMgGtT]?)(i?[bB]|)");
    private static final String PREFIXES = "KMGT";

    /**
     * Reads a size.
     *
     * @throws IllegalArgumentException with a message for the person who typed the text
     */
    public static ByteSize parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "'"
                            + text
                            + "' is not a size: write a whole number and KiB, MiB, GiB, TiB (or KB,"
                            + " MB, GB, TB for powers of 1000), for example 64MiB");
        }
        boolean decimal = form.group(3).length() == 1;
        int power = 1 + PREFIXES.indexOf(form.group(2).toUpperCase(Locale.ROOT));
        if (form.group(2).isEmpty()) power = 0;
        try {
            long bytes = Long.parseLong(form.group(1));
            for (int i = 0; i < power; i++)
                bytes = Math.multiplyExact(bytes, decimal ? 1000 : 1024);
            return new ByteSize(bytes);
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is too large: a size is below 8 EiB (8388608TiB)");
        }
    }

    /** For people: {@code 1.5 GiB}; below 10 KiB exact. */
    @Override
    public String toString() {
        if (bytes < 10 << 10) return bytes + " bytes";
        double value = bytes;
        int power = 0;
        while (value >= 1024 && power < PREFIXES.length()) {
            value /= 1024;
            power++;
        }
        // By hand: picocli asks for it at every start, and a Formatter takes 20 ms to load.
        long tenths = Math.round(value < 100 ? value * 10 : Math.rint(value) * 10);
        String digits = tenths % 10 == 0 ? "" : "." + tenths % 10;
        return tenths / 10 + digits + " " + PREFIXES.charAt(power - 1) + "iB";
    }

    /** For picocli. */
    public static final class Converter implements ITypeConverter<ByteSize> {
        @Override
        public ByteSize convert(String text) {
            try {
                return parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
