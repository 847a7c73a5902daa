package rotera.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Which queue a command means. */
sealed interface Target {
    /** Largest number a queue can have on a server: 32 bits in the protocol. */
    long MAX_NUMBER = 0xffff_ffffL;

    /** A queue of a server. */
    record OnServer(long number) implements Target {}

    /** A file that is used directly, without a server. */
    record InFile(Path path) implements Target {}

    /** A number, or a file if there is a slash in it or {@code .rot} behind it. */
    final class Converter implements ITypeConverter<Target> {
        @Override
        public Target convert(String text) {
            if (text.contains("/") || text.endsWith(".rot")) return new InFile(path(text));
            return new OnServer(number(text));
        }
    }

    /** The number of a queue. */
    final class NumberConverter implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return number(text);
        }
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new TypeConversionException(
                    "'" + text + "' is not a file name: " + e.getReason());
        }
    }

    /** Reads the number of a queue; if it is none, says what is allowed. */
    static long number(String text) {
        try {
            long number = Long.parseLong(text);
            if (number >= 0 && number <= MAX_NUMBER) return number;
        } catch (NumberFormatException e) {
            // The same message as for a number that is out of range.
        }
        throw new TypeConversionException(
                "'"
                        + text
                        + "' is neither the number of a queue (0 to "
                        + MAX_NUMBER
                        + ") nor a file (write ./NAME or NAME.rot)");
    }
}
