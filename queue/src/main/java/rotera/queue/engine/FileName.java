package rotera.queue.engine;

import java.nio.file.Path;
import rotera.queue.QueueException;
import rotera.queue.disk.Disk;

/**
 * Whether the name of the file still leads to it. What is pushed into a file that was removed is
 * gone when it is closed, and what is pushed into one that was renamed or replaced is not where
 * anybody looks for it: nothing of it is acknowledged. Thread-safe.
 */
public final class FileName {
    private final Disk disk;
    private final Path path;
    private volatile boolean gone;

    FileName(Disk disk, Path path) {
        this.disk = disk;
        this.path = path;
    }

    /** Throws if the name does not lead to the file. A system call. */
    public void check() {
        boolean missing = !disk.hasItsName();
        gone = missing;
        if (missing) throw new QueueException.FileGoneException(path);
    }

    /** Looks again if it was gone the last time: it may have its name back. */
    void checkIfGone() {
        if (gone) check();
    }
}
