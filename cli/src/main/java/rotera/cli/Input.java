package rotera.cli;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Replies of a server, taken apart without holding more than a buffer of them. */
final class Input {
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final InputStream stream;
    private final byte[] buffer = new byte[256 << 10];
    private int from;
    private int to;
    private int[] lengths = new int[4096];

    /** How many messages the last lengths were for. */
    int messages;

    /** Whether anything has come. */
    boolean answered;

    Input(InputStream stream) {
        this.stream = stream;
    }

    long readLong() throws IOException {
        require(Long.BYTES);
        from += Long.BYTES;
        return (long) LONG.get(buffer, from - Long.BYTES);
    }

    void readLengths(int count) throws IOException {
        messages = count;
        if (count > lengths.length) lengths = new int[count];
        for (int i = 0; i < count; i++) {
            require(Integer.BYTES);
            lengths[i] = (int) INT.get(buffer, from);
            from += Integer.BYTES;
        }
    }

    /** Prints the messages that the lengths were for. */
    void print(long firstId, Printer printer) throws IOException {
        for (int i = 0; i < messages; i++) {
            printer.begin(firstId + i);
            for (long left = Integer.toUnsignedLong(lengths[i]); left > 0; ) {
                if (from == to) require(1);
                int part = (int) Math.min(left, to - from);
                printer.write(buffer, from, part);
                from += part;
                left -= part;
            }
            printer.end();
        }
    }

    /** What was printed has to be seen before we wait for more. */
    void flushBeforeWaiting(Printer printer) throws IOException {
        if (from == to && stream.available() == 0) printer.flush();
    }

    /** Waits until so many bytes are in the buffer. */
    private void require(int bytes) throws IOException {
        if (to - from >= bytes) return;
        System.arraycopy(buffer, from, buffer, 0, to - from);
        to -= from;
        from = 0;
        while (to < bytes) {
            int count = stream.read(buffer, to, buffer.length - to);
            if (count < 0) throw new EOFException("end of stream");
            answered = true;
            to += count;
        }
    }
}
