package rotera.queue.engine;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;
import rotera.queue.disk.Clock;
import rotera.queue.disk.Disk;

/**
 * For tests and the simulator: puts a queue on a disk of their own, and looks behind what is shown.
 * The public package provides the one object of it.
 */
public abstract class QueueAccess {
    private static volatile @Nullable QueueAccess provided;

    protected QueueAccess() {}

    /** Called by the public package alone. */
    public static void provide(QueueAccess access) {
        provided = access;
    }

    /** Makes an empty queue of a disk full of zeros. */
    public static void format(Disk disk, CreateOptions options, Clock clock) throws IOException {
        get().formatDisk(disk, options, clock);
    }

    /**
     * Opens a queue on any disk, which is closed with the queue, or if this fails. A null clock
     * means to read only.
     */
    public static RotFile open(Disk disk, Path path, @Nullable Clock clock) throws IOException {
        return open(disk, path, clock, Thread.ofPlatform().daemon().factory());
    }

    /** The same; {@code threads} makes the one thread that works in the background. */
    public static RotFile open(Disk disk, Path path, @Nullable Clock clock, ThreadFactory threads)
            throws IOException {
        return get().openDisk(disk, path, clock, threads);
    }

    /** Where the queue begins and ends for readers. */
    public static ReadableRange range(RotFile file) {
        return get().rangeOf(file);
    }

    /** Whether nothing is done in the background. */
    public static boolean isQuiet(RotFile file) {
        return get().quiet(file);
    }

    private static QueueAccess get() {
        try {
            MethodHandles.lookup().ensureInitialized(RotFile.class);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
        QueueAccess access = provided;
        if (access == null) throw new AssertionError("nothing was provided");
        return access;
    }

    protected abstract void formatDisk(Disk disk, CreateOptions options, Clock clock)
            throws IOException;

    protected abstract RotFile openDisk(
            Disk disk, Path path, @Nullable Clock clock, ThreadFactory threads) throws IOException;

    protected abstract ReadableRange rangeOf(RotFile file);

    protected abstract boolean quiet(RotFile file);
}
