package rotera.queue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import rotera.queue.disk.Disk;

/** A disk that fails when it is told to, and counts what is done to it after its closing. */
final class FaultyDisk implements Disk {
    private final Disk disk;
    private final AtomicInteger usedAfterClose = new AtomicInteger();
    private volatile boolean closed;

    volatile LongPredicate failsToWrite = position -> false;
    volatile boolean failsToForce;
    volatile boolean failsToRead;
    final AtomicLong bytesRead = new AtomicLong();
    volatile boolean writesHalf;
    volatile Runnable duringForce = () -> {};

    FaultyDisk(Disk disk) {
        this.disk = disk;
    }

    int usedAfterClose() {
        return usedAfterClose.get();
    }

    boolean isClosed() {
        return closed;
    }

    private void use() {
        if (closed) usedAfterClose.incrementAndGet();
    }

    @Override
    public long size() {
        return disk.size();
    }

    @Override
    public void read(long position, MemorySegment target) throws IOException {
        use();
        if (failsToRead) throw new IOException("read: Input/output error");
        bytesRead.addAndGet(target.byteSize());
        disk.read(position, target);
    }

    @Override
    public long writeSome(long position, MemorySegment source) throws IOException {
        use();
        if (failsToWrite.test(position)) {
            if (writesHalf) disk.write(position, source.asSlice(0, source.byteSize() / 2));
            throw new IOException("write: No space left on device");
        }
        disk.write(position, source);
        use();
        return source.byteSize();
    }

    @Override
    public void force() throws IOException {
        use();
        if (failsToForce) throw new IOException("fdatasync: Input/output error");
        duringForce.run();
        disk.force();
        use();
    }

    @Override
    public MemorySegment map() {
        return disk.map();
    }

    @Override
    public void close() {
        closed = true;
        disk.close();
    }
}
