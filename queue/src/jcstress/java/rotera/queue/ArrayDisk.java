package rotera.queue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import rotera.queue.disk.Disk;

/**
 * A file in memory that is cheap enough to be new in each state. It knows how far into the file
 * writes came that a finished sync has covered, and can fail at a sync.
 */
final class ArrayDisk implements Disk {
    private final MemorySegment bytes;
    private final @Nullable Arena arena;
    private final AtomicInteger syncsToFail = new AtomicInteger();
    private volatile long writtenTo;
    private volatile long durableTo;

    private ArrayDisk(MemorySegment bytes, @Nullable Arena arena) {
        this.bytes = bytes;
        this.arena = arena;
    }

    /** Stays readable when it is closed. */
    static ArrayDisk of(byte[] content) {
        return new ArrayDisk(MemorySegment.ofArray(content.clone()), null);
    }

    /** Its mapping ends when it is closed, like that of a real file. */
    @SuppressWarnings("MustBeClosedChecker") // closed by close
    static ArrayDisk ending(byte[] content) {
        Arena arena = Arena.ofShared();
        MemorySegment bytes = arena.allocate(content.length, 8);
        bytes.copyFrom(MemorySegment.ofArray(content));
        return new ArrayDisk(bytes, arena);
    }

    /** The next sync fails, and those after it claim success, like those of Linux. */
    void failNextSync() {
        syncsToFail.set(1);
    }

    /** The end of what was written before a sync began that has finished. */
    long durableTo() {
        return durableTo;
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
        writtenTo = Math.max(writtenTo, position + source.byteSize());
        return source.byteSize();
    }

    @Override
    public void force() throws IOException {
        long covered = writtenTo;
        if (syncsToFail.getAndUpdate(left -> Math.max(0, left - 1)) > 0)
            throw new IOException("the device failed, as the test told it to");
        durableTo = Math.max(durableTo, covered);
    }

    @Override
    public MemorySegment map() {
        return bytes.asReadOnly();
    }

    @Override
    public void close() {
        if (arena != null) arena.close();
    }
}
