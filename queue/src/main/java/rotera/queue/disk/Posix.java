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
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;

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
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_NLINK_AND_INO = 0x104;
    private static final int ENOENT = 2;
    private static final int ENOTDIR = 20;

    // Of struct statx, which is the same on all processors.
    private static final long STATX_BYTES = 256;
    private static final long AT_STATX_NLINK = 16;
    private static final long AT_STATX_INO = 32;
    private static final long AT_STATX_DEVICE = 136;
    private static final int RWF_NOWAIT = 8;
    private static final long FS_IOC_GETFLAGS = 0x80086601L;
    private static final int FS_NOCOW_FL = 0x00800000;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long AT_ERRNO =
            STATE.byteOffset(StructLayout.PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> CAPTURED =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

    // Each signature takes 7 to 30 ms of the first start, so there is one: the second argument of
    // pread and pwrite is a segment, which stays alive during the call. Integers and pointers
    // travel in registers of 64 bits on x86-64, AArch64 and RISC-V, six at the most here, and a
    // function looks only at those that it takes, and at as many of their bits.
    private static final FunctionDescriptor SIGNATURE =
            FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    private static final ThreadLocal<MemorySegment> VECTOR =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(JAVA_LONG, 2));

    private static final MethodHandle PREAD = handle("pread");
    private static final MethodHandle PREADV2 = handle("preadv2");
    private static final MethodHandle PWRITE = handle("pwrite");
    private static final MethodHandle OPEN = handle("open");
    private static final MethodHandle CLOSE = handle("close");
    private static final MethodHandle LSEEK = handle("lseek");
    private static final MethodHandle FDATASYNC = handle("fdatasync");
    private static final MethodHandle FSYNC = handle("fsync");
    private static final MethodHandle FLOCK = handle("flock");
    private static final MethodHandle MMAP = handle("mmap");
    private static final MethodHandle MUNMAP = handle("munmap");
    private static final MethodHandle RENAMEAT2 = handle("renameat2");
    private static final MethodHandle UNLINK = handle("unlink");
    private static final MethodHandle STATX = handle("statx");
    private static final MethodHandle FALLOCATE = handle("posix_fallocate");
    private static final MethodHandle IOCTL = handle("ioctl");

    private static final class Errors {
        static final MethodHandle STRERROR =
                LINKER.downcallHandle(symbol("strerror"), FunctionDescriptor.of(ADDRESS, JAVA_INT));
    }

    private Posix() {}

    static int open(String path, int flags, int mode) throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            long name = arena.allocateFrom(path).address();
            return checked("open", call(OPEN, name, flags | O_CLOEXEC, mode, 0, 0, 0));
        }
    }

    static void close(int file) throws PosixException {
        checked("close", call(CLOSE, file, 0, 0, 0, 0, 0));
    }

    static long size(int file) throws PosixException {
        int fromEnd = 2;
        return checked("lseek", callLong(LSEEK, file, 0, fromEnd, 0, 0, 0));
    }

    /** May read less than asked; 0 at the end of the file. */
    static long read(int file, MemorySegment target, long position) throws PosixException {
        return checked("pread", invoke(PREAD, file, target, target.byteSize(), position, 0, 0));
    }

    /**
     * Reads what the system has in memory, and waits neither for the device nor for a writer: how
     * many bytes, 0 if there are none or the file system cannot do that.
     */
    static long readCached(int file, MemorySegment target, long position) {
        MemorySegment vector = VECTOR.get();
        vector.setAtIndex(JAVA_LONG, 0, target.address());
        vector.setAtIndex(JAVA_LONG, 1, target.byteSize());
        try {
            return Math.max(0, invoke(PREADV2, file, vector, 1, position, RWF_NOWAIT, 0));
        } finally {
            Reference.reachabilityFence(target);
        }
    }

    /** May write less than asked. */
    static long write(int file, MemorySegment source, long position) throws PosixException {
        return checked("pwrite", invoke(PWRITE, file, source, source.byteSize(), position, 0, 0));
    }

    static void syncData(int file) throws PosixException {
        checked("fdatasync", call(FDATASYNC, file, 0, 0, 0, 0, 0));
    }

    static void syncAll(int file) throws PosixException {
        checked("fsync", call(FSYNC, file, 0, 0, 0, 0, 0));
    }

    static void lock(int file, int operation) throws PosixException {
        checked("flock", call(FLOCK, file, operation, 0, 0, 0, 0));
    }

    static void allocate(int file, long bytes) throws PosixException {
        int error = call(FALLOCATE, file, 0, bytes, 0, 0, 0); // does not set errno
        if (error != 0) throw new PosixException("fallocate", error, message(error));
    }

    static void rename(String from, String to) throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            long old = arena.allocateFrom(from).address();
            long now = arena.allocateFrom(to).address();
            checked(
                    "renameat2",
                    call(RENAMEAT2, AT_FDCWD, old, AT_FDCWD, now, RENAME_NOREPLACE, 0));
        }
    }

    /** Whether a file of btrfs, or one that will be made in this directory, is written in place. */
    static boolean isWrittenInPlace(int file) throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment flags = arena.allocate(JAVA_LONG);
            checked("ioctl", call(IOCTL, file, FS_IOC_GETFLAGS, flags.address(), 0, 0, 0));
            return (flags.get(JAVA_INT, 0) & FS_NOCOW_FL) != 0;
        }
    }

    /** What tells a file apart from all others, and how many names it has. */
    record Identity(long device, long inode, int names) {
        /** There is no such file. */
        static final Identity NONE = new Identity(0, 0, 0);

        boolean isSame(Identity other) {
            return device == other.device && inode == other.inode;
        }
    }

    /** Of an open file. */
    static Identity identity(int file) throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            return identity(file, arena.allocateFrom(""), AT_EMPTY_PATH, arena);
        }
    }

    /** Of the file that has this name now; {@link Identity#NONE} if there is none. */
    static Identity identity(String path) throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            return identity(AT_FDCWD, arena.allocateFrom(path), 0, arena);
        } catch (PosixException e) {
            if (e.error() == ENOENT || e.error() == ENOTDIR) return Identity.NONE;
            throw e;
        }
    }

    private static Identity identity(int at, MemorySegment path, int flags, Arena arena)
            throws PosixException {
        MemorySegment status = arena.allocate(STATX_BYTES, 8);
        int result = (int) invoke(STATX, at, path, flags, STATX_NLINK_AND_INO, status.address(), 0);
        checked("statx", result);
        return new Identity(
                status.get(JAVA_LONG, AT_STATX_DEVICE),
                status.get(JAVA_LONG, AT_STATX_INO),
                status.get(JAVA_INT, AT_STATX_NLINK));
    }

    static void unlink(String path) throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            checked("unlink", call(UNLINK, arena.allocateFrom(path).address(), 0, 0, 0, 0, 0));
        }
    }

    /** The first {@code bytes} of the file, shared, to read, until the arena closes. */
    static MemorySegment map(int file, long bytes, Arena arena) throws PosixException {
        long address = checked("mmap", callLong(MMAP, 0, bytes, PROT_READ, MAP_SHARED, file, 0));
        return MemorySegment.ofAddress(address)
                .reinterpret(bytes, arena, mapping -> unmap(mapping, bytes))
                .asReadOnly();
    }

    private static void unmap(MemorySegment mapping, long bytes) {
        int _ = call(MUNMAP, mapping.address(), bytes, 0, 0, 0, 0);
    }

    /** Calls a function that returns an int: only half of the register is its result. */
    private static int call(MethodHandle function, long a, long b, long c, long d, long e, long f) {
        return (int) callLong(function, a, b, c, d, e, f);
    }

    private static long callLong(
            MethodHandle function, long a, long b, long c, long d, long e, long f) {
        return invoke(function, a, MemorySegment.ofAddress(b), c, d, e, f);
    }

    private static long invoke(
            MethodHandle function, long a, MemorySegment b, long c, long d, long e, long f) {
        try {
            return (long) function.invokeExact(state(), a, b, c, d, e, f);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new AssertionError(failure); // a function of C throws nothing
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

    private static MethodHandle handle(String name) {
        return LINKER.downcallHandle(symbol(name), SIGNATURE, ERRNO);
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
