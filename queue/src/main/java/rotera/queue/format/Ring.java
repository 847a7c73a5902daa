package rotera.queue.format;

import static rotera.queue.buffer.LittleEndian.U64;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import rotera.queue.disk.Disk;

/** The part of the file that goes round. All wrapping is here. */
public final class Ring {
    /** From here on a system call costs less than the pages of the mapping. */
    private static final long LARGE_BYTES = 16 << 10;

    private final Disk disk;
    private final MemorySegment map;
    private final long offset;
    private final long bytes;

    public Ring(Disk disk, Superblock superblock) {
        this.disk = disk;
        this.map = disk.map();
        this.offset = superblock.ringOffset();
        this.bytes = superblock.ringBytes();
    }

    public long bytes() {
        return bytes;
    }

    /** Copies what is there, maybe while it is overwritten. */
    public void copy(long position, MemorySegment target, long targetOffset, long length) {
        long at = position % bytes;
        long first = Math.min(length, bytes - at);
        copyStretch(at, target, targetOffset, first);
        if (first < length) copyStretch(0, target, targetOffset + first, length - first);
    }

    /**
     * Pages of a mapping cost the processor, and a virtual machine's host even more, when they are
     * first looked at; a call that waits for the device or a lock could delay the writer.
     */
    private void copyStretch(long at, MemorySegment target, long targetOffset, long length) {
        long from = offset + at;
        long done =
                length < LARGE_BYTES
                        ? 0
                        : disk.readCached(from, target.asSlice(targetOffset, length));
        MemorySegment.copy(map, from + done, target, targetOffset + done, length - done);
    }

    /** The u64 at a position that is a multiple of 8, from the mapping. */
    public long word(long position) {
        return map.get(U64, offset + position % bytes);
    }

    public void write(long position, MemorySegment source) throws IOException {
        long at = position % bytes;
        long length = source.byteSize();
        long first = Math.min(length, bytes - at);
        disk.write(offset + at, first == length ? source : source.asSlice(0, first));
        if (first < length) disk.write(offset, source.asSlice(first));
    }

    /** Reads past the mapping, so that a failing device is an exception. */
    public void read(long position, MemorySegment target) throws IOException {
        long at = position % bytes;
        long length = target.byteSize();
        long first = Math.min(length, bytes - at);
        disk.read(offset + at, target.asSlice(0, first));
        if (first < length) disk.read(offset, target.asSlice(first));
    }
}
