package rotera.queue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import rotera.queue.disk.Disk;

/** A file in memory, which survives its closing. */
final class MemoryDisk implements Disk {
    private final MemorySegment bytes;

    MemoryDisk(long size) {
        this(Arena.ofAuto().allocate(size, 8));
    }

    private MemoryDisk(MemorySegment bytes) {
        this.bytes = bytes;
    }

    MemoryDisk copy() {
        MemoryDisk copy = new MemoryDisk(bytes.byteSize());
        copy.take(this);
        return copy;
    }

    /** Makes the content that of another one of the same size. */
    void take(MemoryDisk other) {
        bytes.copyFrom(other.bytes);
    }

    MemorySegment bytes() {
        return bytes;
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
