package rotera.queue;

import static rotera.queue.Superblock.U64;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import rotera.queue.disk.Disk;

/** The part of the file that goes round. All wrapping is here. */
final class Ring {
    private final Disk disk;
    private final MemorySegment map;
    private final long offset;
    private final long bytes;

    Ring(Disk disk, Superblock superblock) {
        this.disk = disk;
        this.map = disk.map();
        this.offset = superblock.ringOffset();
        this.bytes = superblock.ringBytes();
    }

    long bytes() {
        return bytes;
    }

    /** Copies out of the mapping. */
    void copy(long position, MemorySegment target, long targetOffset, long length) {
        long at = position % bytes;
        long first = Math.min(length, bytes - at);
        MemorySegment.copy(map, offset + at, target, targetOffset, first);
        if (first < length)
            MemorySegment.copy(map, offset, target, targetOffset + first, length - first);
    }

    /** The u64 at a position that is a multiple of 8, from the mapping. */
    long word(long position) {
        return map.get(U64, offset + position % bytes);
    }

    void write(long position, MemorySegment source) throws IOException {
        long at = position % bytes;
        long length = source.byteSize();
        long first = Math.min(length, bytes - at);
        disk.write(offset + at, first == length ? source : source.asSlice(0, first));
        if (first < length) disk.write(offset, source.asSlice(first));
    }

    /** Reads past the mapping, so that a failing device is an exception. */
    void read(long position, MemorySegment target) throws IOException {
        long at = position % bytes;
        long length = target.byteSize();
        long first = Math.min(length, bytes - at);
        disk.read(offset + at, target.asSlice(0, first));
        if (first < length) disk.read(offset, target.asSlice(first));
    }
}
