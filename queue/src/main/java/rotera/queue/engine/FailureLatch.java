package rotera.queue.engine;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rotera.queue.QueueException;

/**
 * Remembers the first write or sync that failed, or was stopped half-way by anything else: from
 * then on the queue takes nothing more.
 */
public final class FailureLatch {
    private final Path path;
    private volatile QueueException.@Nullable QueueFailedException first;

    FailureLatch(Path path) {
        this.path = path;
    }

    /** Throws if the queue has failed. */
    public void check() {
        QueueException.QueueFailedException failed = first;
        if (failed != null) throw again(failed);
    }

    public synchronized QueueException.QueueFailedException fail(
            String operation, Throwable cause) {
        if (first == null) {
            first =
                    new QueueException.QueueFailedException(
                            path
                                    + " failed at a "
                                    + operation
                                    + " ("
                                    + cause.getMessage()
                                    + "): it takes no more pushes and commits, reads go on; close and reopen it to find what is on the disk",
                            cause);
        }
        return first;
    }

    /** What has failed, if anything. */
    public Optional<String> text() {
        QueueException.QueueFailedException failed = first;
        return failed == null ? Optional.empty() : Optional.ofNullable(failed.getMessage());
    }

    public boolean failed() {
        return first != null;
    }

    /** A fresh exception, with the stack of the caller and the first failure as its cause. */
    private static QueueException.QueueFailedException again(
            QueueException.QueueFailedException failed) {
        return new QueueException.QueueFailedException(String.valueOf(failed.getMessage()), failed);
    }
}
