package rotera.queue.record;

import java.lang.invoke.MethodHandles;
import org.jspecify.annotations.Nullable;
import rotera.queue.Batch;
import rotera.queue.Messages;

/**
 * Leads from batches and messages to what they consist of: for the server, the client and the Kafka
 * listener, which move whole records between connections and files. The public package provides the
 * one object of it.
 */
public abstract class RecordAccess {
    private static volatile @Nullable RecordAccess provided;

    protected RecordAccess() {}

    /** Called by the public package alone. */
    public static void provide(RecordAccess access) {
        provided = access;
    }

    /** The content of a batch. */
    public static RecordBody body(Batch batch) {
        return get().bodyOf(batch);
    }

    /** The records that messages were read from. */
    public static RecordBuffer buffer(Messages messages) {
        return get().bufferOf(messages);
    }

    private static RecordAccess get() {
        RecordAccess access = provided;
        return access == null ? first() : access;
    }

    private static RecordAccess first() {
        try {
            MethodHandles.lookup().ensureInitialized(Batch.class);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
        RecordAccess access = provided;
        if (access == null) throw new AssertionError("nothing was provided");
        return access;
    }

    protected abstract RecordBody bodyOf(Batch batch);

    protected abstract RecordBuffer bufferOf(Messages messages);
}
