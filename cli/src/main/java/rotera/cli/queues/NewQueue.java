package rotera.cli.queues;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import rotera.cli.text.ByteSize;

/** A queue to make when a server starts, written {@code 55} or {@code 55:64MiB}. */
public record NewQueue(long number, ByteSize size) {
    private static final ByteSize DEFAULT_SIZE = new ByteSize(1 << 30);
    private static final long MIN_BYTES = 96 << 10;

    /** For picocli. */
    public static final class Converter implements ITypeConverter<NewQueue> {
        @Override
        public NewQueue convert(String text) {
            int colon = text.indexOf(':');
            if (colon < 0) return new NewQueue(Target.number(text), DEFAULT_SIZE);
            ByteSize size = new ByteSize.Converter().convert(text.substring(colon + 1));
            if (size.bytes() < MIN_BYTES) {
                throw new TypeConversionException(
                        "'" + text + "' is too small: a queue has at least 96KiB");
            }
            return new NewQueue(Target.number(text.substring(0, colon)), size);
        }
    }
}
