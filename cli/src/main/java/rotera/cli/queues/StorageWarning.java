package rotera.cli.queues;

import java.nio.file.Path;
import rotera.queue.Storage;

/** Says on standard error what a new file cannot keep, because of what it lies on. */
public final class StorageWarning {
    private StorageWarning() {}

    /** One line for each weakness; none on ext4 and XFS. */
    public static void tell(Path path) {
        Storage storage = Storage.of(path);
        for (String weakness : storage.weaknesses())
            System.err.println(
                    "warning: " + path + " lies on " + storage.fileSystem() + ": " + weakness);
    }
}
