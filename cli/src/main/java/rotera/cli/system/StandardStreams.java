package rotera.cli.system;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import rotera.cli.text.Output;

/**
 * The three standard streams of this process, made safe at the start.
 *
 * <p>A parent may start a program with one of them closed. The next file that the JVM opens takes
 * the free descriptor: {@code push} would read a file of the JDK, and a message on standard output
 * would overwrite a queue. The launcher puts /dev/null in the place of a closed descriptor, open in
 * the wrong direction; this class finds that, and also what the JVM itself has opened there.
 */
public final class StandardStreams {
    private static final String CLOSED = "it was closed when rotera was started";
    private static final int WRITE_ONLY = 1;
    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final int ACCESS_MODE = 3;

    /** Keep the free descriptors up to 2 taken, so that no file gets one of them. */
    private static final List<InputStream> PLACEHOLDERS = new ArrayList<>();

    private static @Nullable AnswerStream answers;

    private StandardStreams() {}

    /** Replaces what cannot be used by streams that fail, and remembers what fails. */
    public static void secure() {
        boolean[] usable = new boolean[3];
        for (int descriptor = 0; descriptor < usable.length; descriptor++)
            usable[descriptor] = isUsable(descriptor);
        occupyFreeDescriptors();
        if (!usable[0]) System.setIn(new ClosedInput());
        AnswerStream output =
                new AnswerStream(
                        usable[1] ? new FileOutputStream(FileDescriptor.out) : new ClosedOutput());
        answers = output;
        Output.standard = output;
        System.setOut(new PrintStream(output, true, System.out.charset()));
        if (!usable[2]) System.setErr(new PrintStream(OutputStream.nullOutputStream()));
    }

    /**
     * Why an answer that was printed with {@code System.out}, which hides errors, did not arrive;
     * null if all did.
     */
    public static @Nullable IOException failure() {
        AnswerStream output = answers;
        return output == null ? null : output.failure;
    }

    /**
     * A descriptor that was inherited is never closed at an exec, and what the JVM opens is, but
     * for some files of its own. True where it cannot be known.
     */
    private static boolean isUsable(int descriptor) {
        try {
            Path file = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
            if (file.startsWith(Path.of(System.getProperty("java.home")).toRealPath()))
                return false;
            String info =
                    Files.readString(
                            Path.of("/proc/self/fdinfo/" + descriptor), StandardCharsets.US_ASCII);
            int flags =
                    info.lines()
                            .filter(line -> line.startsWith("flags:"))
                            .mapToInt(line -> Integer.parseInt(line.substring(6).strip(), 8))
                            .findFirst()
                            .orElse(2);
            if ((flags & CLOSE_ON_EXEC) != 0) return false;
            int mode = flags & ACCESS_MODE;
            return descriptor == 0 ? mode != WRITE_ONLY : mode != 0;
        } catch (IOException | NumberFormatException e) {
            // Closed, or there is no /proc.
            return !Files.isDirectory(Path.of("/proc/self/fdinfo"));
        }
    }

    /** Only when one of the three is closed does a new file get a number below 3. */
    private static void occupyFreeDescriptors() {
        for (int descriptor = 0; descriptor < 3; descriptor++) {
            if (Files.exists(Path.of("/proc/self/fd/" + descriptor))) continue;
            try {
                PLACEHOLDERS.add(new FileInputStream("/dev/null"));
            } catch (IOException e) {
                return; // no /dev: nothing better can be had
            }
        }
    }

    private static final class ClosedInput extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException(CLOSED);
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            throw new IOException(CLOSED);
        }
    }

    private static final class ClosedOutput extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            throw new IOException(CLOSED);
        }
    }

    /** Remembers the first error. */
    private static final class AnswerStream extends FilterOutputStream {
        private volatile @Nullable IOException failure;

        AnswerStream(OutputStream output) {
            super(output);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            try {
                out.write(bytes, from, length);
            } catch (IOException e) {
                if (failure == null) failure = e;
                throw e;
            }
        }
    }
}
