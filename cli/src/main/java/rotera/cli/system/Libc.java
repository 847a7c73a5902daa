package rotera.cli.system;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import rotera.cli.text.CommandException;

/** The functions of the C library that the JDK has no class for. */
@SuppressWarnings("restricted") // calls into the C library are what this class is for
public final class Libc {
    private static final int CLOSE_ON_EXEC = 1;
    private static final int SIGTERM = 15;
    private static final int SIGNAL_SET_BYTES = 128;
    private static final long AFTER_FAILURE_MILLIS = 1000;

    // Integers and pointers travel in registers of 64 bits, and a function looks only at its part.
    private static final FunctionDescriptor SIGNATURE =
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle POLL = handle("poll");
    private static final MethodHandle MEMFD_CREATE = handle("memfd_create");
    private static final MethodHandle CLOSE = handle("close");

    private Libc() {}

    /** Waits until the other end of a pipe or socket has gone. Nothing ends this wait earlier. */
    static void awaitOtherEndGone(int descriptor) throws InterruptedException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(8, 4); // no events asked for: only errors
            request.set(JAVA_INT, 0, descriptor);
            request.set(JAVA_SHORT, 4, (short) 0);
            while (call(POLL, request.address(), 1, -1) <= 0) Thread.sleep(AFTER_FAILURE_MILLIS);
        }
    }

    /** Waits for a SIGTERM, which is blocked. One that came earlier ends the wait at once. */
    static void awaitTermination() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment signals = arena.allocate(SIGNAL_SET_BYTES, 8);
            signals.set(JAVA_LONG, 0, 1L << (SIGTERM - 1));
            MemorySegment signal = arena.allocate(JAVA_INT);
            int ignored = call(handle("sigwait"), signals.address(), signal.address(), 0);
        }
    }

    /** A new file in memory: its descriptor. It goes with the last one that has it open. */
    public static int createMemoryFile(String name) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int file = call(MEMFD_CREATE, arena.allocateFrom(name).address(), CLOSE_ON_EXEC, 0);
            if (file < 0) throw new IOException("the system gives no memory for a batch");
            return file;
        }
    }

    public static void close(int file) {
        int ignored = call(CLOSE, file, 0, 0);
    }

    private static int call(MethodHandle function, long a, long b, long c) {
        try {
            return (int) (long) function.invokeExact(a, b, c);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e); // a function of C throws nothing
        }
    }

    private static MethodHandle handle(String name) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup()
                        .find(name)
                        .orElseThrow(() ->
                                new CommandException(
                                        "the C library has no "
                                                + name
                                                + ": this needs Linux with glibc 2.28 or newer")),
                SIGNATURE);
    }
}
