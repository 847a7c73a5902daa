package rotera.server;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.disk.Clock;
import rotera.queue.disk.Disk;
import rotera.queue.disk.PosixDisk;
import rotera.queue.engine.QueueAccess;

/** A disk whose sync takes as long as the test wants, or fails. */
final class SlowDisk implements Disk {
    final ReentrantLock syncs = new ReentrantLock();
    volatile boolean fails;
    volatile int forces;
    private final Disk disk;

    private SlowDisk(Disk disk) {
        this.disk = disk;
    }

    /** Opens a queue on such a disk and hands out the disk. */
    static RotFile open(Path path, java.util.function.Consumer<SlowDisk> opened) {
        try {
            SlowDisk slow = new SlowDisk(PosixDisk.open(path, true));
            RotFile file = QueueAccess.open(slow, path, Clock.SYSTEM);
            opened.accept(slow);
            return file;
        } catch (IOException e) {
            throw new QueueException.StorageException("cannot open " + path, e);
        }
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one sync at a time
    public void force() throws IOException {
        forces++;
        syncs.lock();
        try {
            if (fails) throw new IOException("the device is gone");
            disk.force();
        } finally {
            syncs.unlock();
        }
    }

    @Override
    public long size() {
        return disk.size();
    }

    @Override
    public void read(long position, MemorySegment target) throws IOException {
        disk.read(position, target);
    }

    @Override
    public long writeSome(long position, MemorySegment source) throws IOException {
        return disk.writeSome(position, source);
    }

    @Override
    public MemorySegment map() {
        return disk.map();
    }

    @Override
    public void close() {
        disk.close();
    }
}
