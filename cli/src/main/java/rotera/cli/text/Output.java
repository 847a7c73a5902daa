package rotera.cli.text;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Standard output, or another, for messages: bytes, buffered, and every error is noticed. Whoever
 * waits for more messages has to {@link #flush} first.
 */
public final class Output {
    /** Not System.out, which hides errors. Replaced by tests. */
    public static OutputStream standard = new FileOutputStream(FileDescriptor.out);

    private final OutputStream output;
    private final byte[] buffer = new byte[64 << 10];
    private int filled;

    public Output() {
        this(standard);
    }

    public Output(OutputStream output) {
        this.output = output;
    }

    public void write(int b) {
        if (filled == buffer.length) flush();
        buffer[filled++] = (byte) b;
    }

    public void write(byte[] source) {
        write(MemorySegment.ofArray(source), 0, source.length);
    }

    public void write(String text) {
        write(text.getBytes(StandardCharsets.UTF_8));
    }

    public void write(MemorySegment source, long from, long length) {
        for (long done = 0; done < length; ) {
            // What fits the buffer is not split, so that lines arrive whole in a pipe.
            boolean whole = done == 0 && length <= buffer.length;
            if (filled == buffer.length || (whole && length > buffer.length - filled)) flush();
            int part = (int) Math.min(length - done, buffer.length - filled);
            MemorySegment.copy(source, JAVA_BYTE, from + done, buffer, filled, part);
            filled += part;
            done += part;
        }
    }

    /** Writes a number, with zeros in front up to a width. */
    void writeNumber(long number, int width) {
        String digits = Long.toString(number);
        for (int i = digits.length(); i < width; i++) write('0');
        for (int i = 0; i < digits.length(); i++) write(digits.charAt(i));
    }

    public void flush() {
        if (filled == 0) return;
        int length = filled;
        filled = 0;
        try {
            output.write(buffer, 0, length);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** The right exception for an error of standard output. */
    public static RuntimeException failure(IOException e) {
        if (isPipeClosed(e)) return new PipeClosedException(e);
        return new CommandException("cannot write to standard output: " + e.getMessage(), e);
    }

    /** Whether whoever read the output has gone. */
    public static boolean isPipeClosed(IOException e) {
        return "Broken pipe".equals(e.getMessage());
    }
}
