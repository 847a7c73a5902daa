package rotera.cli.text;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads ids, counts and ports, with messages that say what is allowed. */
public final class WholeNumber {
    private WholeNumber() {}

    /** Reads a number within the two; if it is none, says what is allowed. */
    public static long parse(String text, long least, long most) {
        try {
            long value = Long.parseLong(text);
            if (value >= least && value <= most) return value;
        } catch (NumberFormatException e) {
            // The same message as for a number that is out of range.
        }
        throw new TypeConversionException(
                "'" + text + "' is not a whole number from " + least + " to " + most);
    }

    /** Ids and counts. */
    public static final class Converter implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return parse(text, 0, Long.MAX_VALUE);
        }
    }

    /** Of a chunk, which fits the 32 bits of a request and is not empty. */
    public static final class ChunkConverter implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return (int) parse(text, 1, rotera.queue.Queue.MAX_PUSH_MESSAGES);
        }
    }

    /** Port 0 stands for any that is free. */
    public static final class PortConverter implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return (int) parse(text, 0, 65_535);
        }
    }
}
