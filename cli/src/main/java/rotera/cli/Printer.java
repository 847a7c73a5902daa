package rotera.cli;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;

/**
 * Prints messages to standard output: their bytes as they are, a line end behind each. Buffered;
 * whoever waits for more messages has to {@link #flush} first.
 */
final class Printer {
    /** The original padded ids with zeros to this width. */
    private static final int ID_DIGITS = 11;

    private final OutputStream output;
    private final byte[] buffer = new byte[64 << 10];
    private final boolean printIds;
    private int filled;
    private long printed;

    Printer(boolean printIds) {
        this(printIds, new FileOutputStream(FileDescriptor.out));
    }

    Printer(boolean printIds, OutputStream output) {
        this.printIds = printIds;
        this.output = output;
    }

    /** Messages are about to come; tells on standard error when some had been overwritten. */
    void batch(long asked, long first, long count) {
        if (count == 0 || first <= asked || asked == Access.OLDEST) return;
        System.err.printf(
                "skipped %d messages (ids %d to %d): they had been overwritten%n",
                first - asked, asked, first - 1);
    }

    /** Begins a message. */
    void begin(long id) {
        if (!printIds) return;
        String digits = Long.toString(id);
        ensure(Math.max(ID_DIGITS, digits.length()) + 1);
        for (int i = digits.length(); i < ID_DIGITS; i++) buffer[filled++] = '0';
        for (int i = 0; i < digits.length(); i++) buffer[filled++] = (byte) digits.charAt(i);
        buffer[filled++] = ' ';
    }

    void write(byte[] source, int from, int length) {
        if (length > buffer.length) {
            flush();
            write(source, from, length, output);
            return;
        }
        ensure(length);
        System.arraycopy(source, from, buffer, filled, length);
        filled += length;
    }

    void write(MemorySegment source, long from, long length) {
        for (long done = 0; done < length; ) {
            if (filled == buffer.length || (done == 0 && length <= buffer.length))
                ensure((int) Math.min(length - done, buffer.length));
            int part = (int) Math.min(length - done, buffer.length - filled);
            MemorySegment.copy(source, JAVA_BYTE, from + done, buffer, filled, part);
            filled += part;
            done += part;
        }
    }

    /** Ends a message. */
    void end() {
        ensure(1);
        buffer[filled++] = '\n';
        printed++;
    }

    /** How many messages were printed. */
    long printed() {
        return printed;
    }

    private void ensure(int room) {
        if (room > buffer.length - filled) flush();
    }

    void flush() {
        if (filled == 0) return;
        int length = filled;
        filled = 0;
        write(buffer, 0, length, output);
    }

    private static void write(byte[] bytes, int from, int length, OutputStream output) {
        try {
            output.write(bytes, from, length);
        } catch (IOException e) {
            if ("Broken pipe".equals(e.getMessage())) throw new PipeClosedException(e);
            throw new CommandException("cannot write to standard output: " + e.getMessage(), e);
        }
    }
}
