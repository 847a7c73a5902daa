package rotera.queue.disk;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * One file of fixed size: all that a queue needs of an operating system, so that a simulated one
 * can stand in. Not to be interrupted: no call fails because its thread was. {@code read}, {@code
 * map} and {@code size} may be called from any thread; the caller orders writes and syncs.
 */
public interface Disk extends AutoCloseable {

    /** The file's size in bytes; it never changes. */
    long size();

    /** Fills the whole target. */
    void read(long position, MemorySegment target) throws IOException;

    /**
     * Reads a beginning of the target, as far as that is to be had without waiting: how many bytes,
     * maybe none. The rest, and all errors, are for {@link #map}. From any thread.
     */
    default long readCached(long position, MemorySegment target) {
        return 0;
    }

    /**
     * Writes the whole source, in as many pieces as the device takes; what was written is visible
     * in the mapping when this returns. After an error any part may be.
     */
    default void write(long position, MemorySegment source) throws IOException {
        for (long done = 0; done < source.byteSize(); ) {
            long written = writeSome(position + done, done == 0 ? source : source.asSlice(done));
            if (written <= 0)
                throw new IOException("the device takes nothing at byte " + (position + done));
            done += written;
        }
    }

    /** Writes the beginning of the source, which is not empty; returns how many bytes. */
    long writeSome(long position, MemorySegment source) throws IOException;

    /**
     * Returns once all writes that returned before are on the device, or throws: then none can be
     * relied on.
     */
    void force() throws IOException;

    /**
     * Whether the name by which the file was opened still leads to it; also true where that cannot
     * be told. Without it, what is written may be gone once the file is closed.
     */
    default boolean hasItsName() {
        return true;
    }

    /** The whole file to read, valid until {@link #close}. */
    MemorySegment map();

    /** Lets go of the file and its lock. Does not sync. */
    @Override
    void close();
}
