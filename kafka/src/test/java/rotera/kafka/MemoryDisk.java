package rotera.kafka;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import rotera.queue.disk.Disk;

/** A disk in memory, for tests that write more than a disk should take. */
public final class MemoryDisk implements Disk {
    private final MemorySegment bytes;

    @SuppressWarnings("MustBeClosedChecker")
    public MemoryDisk(long size) {
        bytes = Arena.ofAuto().allocate(size, 4096);
    }

    /** The content of a file. */
    public static MemoryDisk of(byte[] content) {
        MemoryDisk disk = new MemoryDisk(content.length);
        MemorySegment.copy(MemorySegment.ofArray(content), 0, disk.bytes, 0, content.length);
        return disk;
    }

    public static MemoryDisk of(Path file) throws IOException {
        return of(Files.readAllBytes(file));
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
