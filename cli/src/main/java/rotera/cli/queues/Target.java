package rotera.cli.queues;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import rotera.cli.text.CommandException;
import rotera.queue.RotFile;

/** Which queue a command means. */
public sealed interface Target {
    /** Largest number a queue can have on a server: 32 bits in the protocol. */
    long MAX_NUMBER = 0xffff_ffffL;

    /** A queue of a server, by its number or its name. */
    record OnServer(String queue) implements Target {}

    /** A file that is used directly, without a server. */
    record InFile(Path path) implements Target {

        /** Opens the file, and tells on standard error what is wrong with it. */
        public RotFile open(boolean toWrite) {
            checkExists(toWrite ? "make it with: rotera create " + path : "check the name");
            RotFile file = toWrite ? RotFile.open(path) : RotFile.openReadOnly(path);
            file.findings().forEach(finding -> System.err.println(path + ": " + finding));
            return file;
        }

        /** Says what to do where the system would only say what is wrong. */
        public void checkExists() {
            checkExists("check the name");
        }

        private void checkExists(String remedy) {
            if (Files.isDirectory(path)) {
                throw new CommandException(
                        path + " is a directory, not a rot file: name one of the files in it");
            }
            if (Files.notExists(path)) {
                throw new CommandException("there is no file " + path + ": " + remedy);
            }
        }
    }

    /**
     * A file if there is a slash in it or {@code .rot} behind it (also before a last ending, as in
     * {@code 55.rot.repaired}), else a number or a name.
     */
    final class Converter implements ITypeConverter<Target> {
        private static final Pattern FILE = Pattern.compile("/|\\.rot(\\.[^.]*)?$");

        @Override
        public Target convert(String text) {
            if (FILE.matcher(text).find()) return new InFile(path(text));
            if (text.isBlank())
                throw new TypeConversionException("an empty text is not the name of a queue");
            // A minus is that of an option, or of a number.
            if (text.startsWith("-")) number(text);
            boolean digits = text.chars().allMatch(c -> c >= '0' && c <= '9');
            return new OnServer(digits ? Long.toString(number(text)) : text);
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
