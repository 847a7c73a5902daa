package rotera.queue.disk;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import rotera.queue.disk.Posix.Identity;
import rotera.queue.disk.Posix.PosixException;

/** A file of a Linux file system, locked for this process as long as it is open. */
public final class PosixDisk implements Disk {
    private static final long ZEROS_AT_ONCE = 1 << 20;

    private final int file;
    private final long size;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment map;
    private boolean closed;

    // Guarded by this object.
    private Path path;
    private final Identity identity;
    private final boolean namesAreTold;

    private PosixDisk(Path path, int file, long size) throws IOException {
        this.path = path;
        this.file = file;
        this.identity = Posix.identity(file);
        // Some file systems number what a name leads to in another way than what is open.
        this.namesAreTold = Posix.identity(path.toString()).isSame(identity);
        this.size = size;
        this.map = size == 0 ? MemorySegment.NULL : Posix.map(file, size, arena);
    }

    /** Another process, or another opening in this one, holds the file. */
    public static final class HeldException extends IOException {
        private static final long serialVersionUID = 1;
        private final boolean byReaders;

        HeldException(boolean byReaders) {
            super("the file is locked");
            this.byReaders = byReaders;
        }

        /** Whether those who hold it have it open to read only. */
        public boolean byReaders() {
            return byReaders;
        }
    }

    /** Opens and locks an existing file: alone to write it, beside other readers otherwise. */
    public static PosixDisk open(Path path, boolean writable) throws IOException {
        int file = Posix.open(path.toString(), writable ? Posix.O_RDWR : Posix.O_RDONLY, 0);
        try {
            lock(file, writable);
            return new PosixDisk(path, file, Posix.size(file));
        } catch (Throwable e) {
            Posix.close(file);
            throw e;
        }
    }

    /**
     * Creates a file that is not there yet, of zeros that have real blocks: unwritten ones would
     * make the first lap's syncs up to five times slower (docs/benchmarks.md). {@code written} is
     * told how many bytes are done. On an error no file is left. Its owner writes it and its group
     * may read it, others nothing, whatever the umask.
     */
    public static PosixDisk create(Path path, long bytes, LongConsumer written) throws IOException {
        int file = Posix.open(path.toString(), Posix.O_RDWR | Posix.O_CREAT | Posix.O_EXCL, 0640);
        PosixDisk disk;
        try {
            lock(file, true);
            Posix.allocate(file, bytes);
            disk = new PosixDisk(path, file, bytes);
        } catch (Throwable e) {
            Posix.unlink(path.toString());
            Posix.close(file);
            throw e;
        }
        try {
            disk.fillWithZeros(written);
            return disk;
        } catch (Throwable e) {
            Posix.unlink(path.toString());
            disk.close();
            throw e;
        }
    }

    private static void lock(int file, boolean alone) throws IOException {
        if (tryLock(file, alone ? Posix.LOCK_EX : Posix.LOCK_SH)) return;
        throw new HeldException(alone && tryLock(file, Posix.LOCK_SH));
    }

    private static boolean tryLock(int file, int operation) throws IOException {
        try {
            Posix.lock(file, operation | Posix.LOCK_NB);
            return true;
        } catch (PosixException e) {
            if (e.error() == Posix.EWOULDBLOCK) return false;
            throw e;
        }
    }

    private void fillWithZeros(LongConsumer written) throws IOException {
        try (Arena zeroing = Arena.ofConfined()) {
            MemorySegment zeros = zeroing.allocate(Math.min(size, ZEROS_AT_ONCE));
            for (long at = 0; at < size; ) {
                long length = Math.min(zeros.byteSize(), size - at);
                write(at, zeros.asSlice(0, length));
                at += length;
                written.accept(at);
            }
        }
    }

    /** Gives a finished file its name, unless that is taken, and makes the name durable. */
    public static void publish(Path from, Path to) throws IOException {
        try {
            Posix.rename(from.toString(), to.toString());
        } catch (PosixException e) {
            if (e.error() != Posix.EINVAL) throw e;
            link(from, to);
        }
        syncDirectory(to);
    }

    /**
     * Many network file systems cannot rename without replacing. To give a second name never
     * replaces anything either.
     */
    private static void link(Path from, Path to) throws IOException {
        try {
            Files.createLink(to, from);
        } catch (FileAlreadyExistsException e) {
            throw new IOException("the name is taken", e);
        }
        Files.delete(from);
    }

    /** Whether a file of btrfs, or one that will be made in this directory, is written in place. */
    public static boolean isWrittenInPlace(Path path) throws IOException {
        int file = Posix.open(path.toString(), Posix.O_RDONLY, 0);
        try {
            return Posix.isWrittenInPlace(file);
        } finally {
            Posix.close(file);
        }
    }

    /** Deletes a file, unless somebody has it locked or it is not there; whether it did. */
    public static boolean deleteUnlocked(Path path) throws IOException {
        int file;
        try {
            file = Posix.open(path.toString(), Posix.O_RDONLY, 0);
        } catch (PosixException e) {
            return false; // gone, or of another user
        }
        try {
            if (!tryLock(file, Posix.LOCK_EX)) return false;
            Posix.unlink(path.toString());
            return true;
        } catch (PosixException e) {
            return false; // it got its name just now, or the directory is of another user
        } finally {
            Posix.close(file);
        }
    }

    public static void delete(Path path) throws IOException {
        Posix.unlink(path.toString());
    }

    /** Makes durable what names the directory of this file has. */
    public static void syncDirectory(Path path) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        int directory = Posix.open(String.valueOf(parent), Posix.O_RDONLY, 0);
        try {
            Posix.syncAll(directory);
        } finally {
            Posix.close(directory);
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long position, MemorySegment target) throws IOException {
        for (long done = 0; done < target.byteSize(); ) {
            long n = Posix.read(file, target.asSlice(done), position + done);
            if (n == 0)
                throw new EOFException(
                        "the file ends at byte " + (position + done) + " instead of " + size);
            done += n;
        }
    }

    @Override
    public long readCached(long position, MemorySegment target) {
        long read = Posix.readCached(file, target, position);
        // After a close the descriptor may be that of another file.
        return arena.scope().isAlive() ? read : 0;
    }

    @Override
    public long writeSome(long position, MemorySegment source) throws IOException {
        return Posix.write(file, source, position);
    }

    @Override
    public void force() throws IOException {
        Posix.syncData(file);
    }

    @Override
    public synchronized boolean hasItsName() {
        if (closed) return true;
        try {
            return namesAreTold
                    ? Posix.identity(path.toString()).isSame(identity)
                    : Posix.identity(file).names() > 0;
        } catch (PosixException e) {
            return !isUnlinked();
        }
    }

    /** The directory may not be looked into any more: then the file itself knows a little. */
    private boolean isUnlinked() {
        try {
            return Posix.identity(file).names() == 0;
        } catch (PosixException e) {
            return false;
        }
    }

    /** Gives the open file another name, unless that is taken, and makes the name durable. */
    public synchronized void rename(Path to) throws IOException {
        if (!hasItsName()) throw new IOException(path + " is another file now, or none");
        publish(path, to);
        Path from = path;
        path = to;
        syncDirectory(from);
    }

    @Override
    public MemorySegment map() {
        return map;
    }

    @Override
    public synchronized void close() {
        if (closed) return;
        closed = true;
        arena.close();
        try {
            Posix.close(file);
        } catch (PosixException e) {
            // Nothing was promised since the last sync, and the descriptor is gone either way.
        }
    }
}
