package rotera.queue.engine;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;
import rotera.queue.buffer.GrowableBuffer;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Ring;

/**
 * A stretch of the ring in memory, which moves along as it is looked at. Reads past the mapping, so
 * that a device that cannot be read is an error and never taken for an end. Not thread-safe.
 */
public final class Window implements AutoCloseable {
    public static final int BYTES = 1 << 20;

    private final Ring ring;
    private final GrowableBuffer memory;
    private final CRC32C crc = new CRC32C();
    private long from;
    private long bytes;

    public Window(Ring ring) {
        this.ring = ring;
        this.memory = new GrowableBuffer(Math.min(BYTES, ring.bytes()));
    }

    /**
     * Makes this stretch of the ring part of the window, which ends at {@code readTo} at the
     * latest; returns where in the window it begins.
     */
    public long load(long position, long length, long readTo) throws IOException {
        if (position < from || position + length > from + bytes) {
            memory.ensure(length, 0);
            from = position;
            bytes = Math.min(memory.bytes(), readTo - position);
            ring.read(position, segment().asSlice(0, bytes));
        }
        return position - from;
    }

    public MemorySegment segment() {
        return memory.segment();
    }

    /** Whether the body of this record, which ends before {@code readTo}, fits its checksum. */
    boolean bodyMatches(RecordHeader header, long readTo) throws IOException {
        long offset = load(header.position, header.space(), readTo) + header.bodyAt();
        crc.reset();
        memory.checksum(crc, offset, header.bodyBytes);
        return (int) crc.getValue() == header.bodyChecksum;
    }

    @Override
    public void close() {
        memory.close();
    }
}
