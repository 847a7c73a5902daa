package rotera.queue.disk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The system calls of Linux that a queue needs. Java's own channels are not used: an interrupt
 * closes them, and closing a second one would drop the locks of the first.
 */
@SuppressWarnings("restricted") // calls into the C library are what this class is for
final class Posix {
    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_EXCL = 0x80;
    static final int O_CLOEXEC = 0x80000;
    static final int LOCK_SH = 1;
    static final int LOCK_EX = 2;
    static final int LOCK_NB = 4;
    static final int EWOULDBLOCK = 11;
    static final int EINVAL = 22;
    private static final int PROT_READ = 1;
    private static final int MAP_SHARED = 1;
    private static final int AT_FDCWD = -100;
    private static final int RENAME_NOREPLACE = 1;
    private static final long FS_IOC_GETFLAGS = 0x80086601L;
    private static final int FS_NOCOW_FL = 0x00800000;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long AT_ERRNO =
            STATE.byteOffset(StructLayout.PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> CAPTURED =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

    private static final MethodHandle OPEN = variadic("open", 2, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE = call("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle LSEEK =
            call("lseek", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle PREAD =
            call("pread", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle PWRITE =
            call("pwrite", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle FDATASYNC = call("fdatasync", JAVA_INT, JAVA_INT);
    private static final MethodHandle FSYNC = call("fsync", JAVA_INT, JAVA_INT);
    private static final MethodHandle FLOCK = call("flock", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle MMAP =
            call("mmap", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);

    // The others are looked up when they are first called: each signature takes 7 ms.

    private static final class Unmapping {
        static final MethodHandle MUNMAP = call("munmap", JAVA_INT, JAVA_LONG, JAVA_LONG);
    }

    private static final class Making {
        static final MethodHandle RENAMEAT2 =
                call("renameat2", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT);
        static final MethodHandle UNLINK = call("unlink", JAVA_INT, ADDRESS);
        // Returns the error instead of setting errno.
        static final MethodHandle FALLOCATE =
                call("posix_fallocate", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    }

    private static final class Flags {
        static final MethodHandle IOCTL = variadic("ioctl", 2, JAVA_INT, JAVA_LONG, ADDRESS);
    }

    private static final class Errors {
        static final MethodHandle STRERROR =
                LINKER.downcallHandle(symbol("strerror"), FunctionDescriptor.of(ADDRESS, JAVA_INT));
    }

    private Posix() {}

    static int open(String path, int flags, int mode) throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            return checked(
                    "open",
                    (int)
                            OPEN.invokeExact(
                                    state(), arena.allocateFrom(path), flags | O_CLOEXEC, mode));
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static void close(int file) throws PosixException {
        try {
            checked("close", (int) CLOSE.invokeExact(state(), file));
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static long size(int file) throws PosixException {
        try {
            return checked("lseek", (long) LSEEK.invokeExact(state(), file, 0L, 2));
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** May read less than asked; 0 at the end of the file. */
    static long read(int file, MemorySegment target, long position) throws PosixException {
        try {
            return checked(
                    "pread",
                    (long) PREAD.invokeExact(state(), file, target, target.byteSize(), position));
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** May write less than asked. */
    static long write(int file, MemorySegment source, long position) throws PosixException {
        try {
            return checked(
                    "pwrite",
                    (long) PWRITE.invokeExact(state(), file, source, source.byteSize(), position));
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static void syncData(int file) throws PosixException {
        try {
            checked("fdatasync", (int) FDATASYNC.invokeExact(state(), file));
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static void syncAll(int file) throws PosixException {
        try {
            checked("fsync", (int) FSYNC.invokeExact(state(), file));
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static void lock(int file, int operation) throws PosixException {
        try {
            checked("flock", (int) FLOCK.invokeExact(state(), file, operation));
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static void allocate(int file, long bytes) throws PosixException {
        try {
            int error = (int) Making.FALLOCATE.invokeExact(state(), file, 0L, bytes);
            if (error != 0) throw new PosixException("fallocate", error, message(error));
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static void rename(String from, String to) throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            checked(
                    "renameat2",
                    (int)
                            Making.RENAMEAT2.invokeExact(
                                    state(),
                                    AT_FDCWD,
                                    arena.allocateFrom(from),
                                    AT_FDCWD,
                                    arena.allocateFrom(to),
                                    RENAME_NOREPLACE));
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** Whether a file of btrfs, or one that will be made in this directory, is written in place. */
    static boolean isWrittenInPlace(int file) throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment flags = arena.allocate(JAVA_LONG);
            checked("ioctl", (int) Flags.IOCTL.invokeExact(state(), file, FS_IOC_GETFLAGS, flags));
            return (flags.get(JAVA_INT, 0) & FS_NOCOW_FL) != 0;
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static void unlink(String path) throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            checked("unlink", (int) Making.UNLINK.invokeExact(state(), arena.allocateFrom(path)));
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** The first {@code bytes} of the file, shared, to read, until the arena closes. */
    static MemorySegment map(int file, long bytes, Arena arena) throws PosixException {
        try {
            long address =
                    checked(
                            "mmap",
                            (long)
                                    MMAP.invokeExact(
                                            state(), 0L, bytes, PROT_READ, MAP_SHARED, file, 0L));
            return MemorySegment.ofAddress(address)
                    .reinterpret(bytes, arena, mapping -> unmap(mapping, bytes))
                    .asReadOnly();
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    private static void unmap(MemorySegment mapping, long bytes) {
        try {
            int _ = (int) Unmapping.MUNMAP.invokeExact(state(), mapping.address(), bytes);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static MemorySegment state() {
        return CAPTURED.get();
    }

    private static int checked(String call, int result) throws PosixException {
        if (result == -1) throw failure(call);
        return result;
    }

    private static long checked(String call, long result) throws PosixException {
        if (result == -1) throw failure(call);
        return result;
    }

    private static PosixException failure(String call) throws PosixException {
        int error = state().get(JAVA_INT, AT_ERRNO);
        return new PosixException(call, error, message(error));
    }

    private static String message(int error) {
        try {
            MemorySegment text = (MemorySegment) Errors.STRERROR.invokeExact(error);
            return text.reinterpret(1024).getString(0);
        } catch (Throwable e) {
            return "error " + error;
        }
    }

    private static PosixException rethrown(Throwable e) {
        if (e instanceof PosixException posix) return posix;
        if (e instanceof RuntimeException unchecked) throw unchecked;
        if (e instanceof Error error) throw error;
        throw new AssertionError(e);
    }

    private static MethodHandle call(String name, ValueLayout result, ValueLayout... parameters) {
        return LINKER.downcallHandle(
                symbol(name), FunctionDescriptor.of(result, parameters), ERRNO);
    }

    private static MethodHandle variadic(String name, int fixed, ValueLayout... parameters) {
        return LINKER.downcallHandle(
                symbol(name),
                FunctionDescriptor.of(JAVA_INT, parameters),
                ERRNO,
                Linker.Option.firstVariadicArg(fixed));
    }

    private static MemorySegment symbol(String name) {
        return LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() ->
                        new UnsupportedOperationException(
                                "the C library has no "
                                        + name
                                        + ": rot files need Linux with glibc 2.28 or newer"));
    }

    /** A system call that failed. */
    static final class PosixException extends IOException {
        private static final long serialVersionUID = 1;
        private final int error;

        PosixException(String call, int error, String message) {
            super(call + ": " + message);
            this.error = error;
        }

        int error() {
            return error;
        }
    }
}
