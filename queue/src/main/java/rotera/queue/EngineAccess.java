package rotera.queue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import rotera.queue.disk.Clock;
import rotera.queue.disk.Disk;
import rotera.queue.engine.QueueAccess;
import rotera.queue.engine.ReadableRange;

/** What tests reach of a {@link RotFile}. */
final class EngineAccess extends QueueAccess {
    @Override
    protected void formatDisk(Disk disk, CreateOptions options, Clock clock) throws IOException {
        RotFile.format(disk, options, clock);
    }

    @Override
    protected RotFile openDisk(Disk disk, Path path, @Nullable Clock clock, ThreadFactory threads)
            throws IOException {
        return RotFile.open(disk, path, clock, threads);
    }

    @Override
    protected ReadableRange rangeOf(RotFile file) {
        return file.bounds();
    }

    @Override
    protected boolean quiet(RotFile file) {
        return file.quiet();
    }
}
