package rotera.queue.disk;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A file that is only in memory, which is freed when nobody can reach it any more. */
public final class MemoryDisk implements Disk {
    private final MemorySegment bytes;

    public MemoryDisk(long size) {
        bytes = Arena.ofAuto().allocate(size, 8);
    }

    @Override
    public long size() {
        return bytes.byteSize();
    }

    @Override
    public void read(long position, MemorySegment target) {
        MemorySegment.copy(bytes, position, target, 0, target.byteSize());
    }

    @Override
    public long writeSome(long position, MemorySegment source) {
        MemorySegment.copy(source, 0, bytes, position, source.byteSize());
        return source.byteSize();
    }

    @Override
    public void force() {}

    @Override
    public MemorySegment map() {
        return bytes.asReadOnly();
    }

    @Override
    public void close() {}
}
