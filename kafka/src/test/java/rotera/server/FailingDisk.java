package rotera.server;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.disk.Clock;
import rotera.queue.disk.Disk;
import rotera.queue.disk.PosixDisk;
import rotera.queue.engine.QueueAccess;

/** A disk whose syncs fail once the test says so. */
public final class FailingDisk implements Disk {
    private final Disk disk;
    private final AtomicBoolean fails;

    private FailingDisk(Disk disk, AtomicBoolean fails) {
        this.disk = disk;
        this.fails = fails;
    }

    /** A server whose queues lie on such disks. */
    public static Server server(Path directory, AtomicBoolean fails) throws IOException {
        return Server.start(
                ServerOptions.of(directory).withPort(0),
                file -> open(file, fails),
                Limits.of(Resources.ofProcess(), 1));
    }

    private static RotFile open(Path file, AtomicBoolean fails) {
        try {
            return QueueAccess.open(
                    new FailingDisk(PosixDisk.open(file, true), fails), file, Clock.SYSTEM);
        } catch (IOException e) {
            throw new QueueException.StorageException("cannot open " + file, e);
        }
    }

    @Override
    public void force() throws IOException {
        if (fails.get()) throw new IOException("the device is gone");
        disk.force();
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
