package rotera.kafka.groups;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.QueueException;
import rotera.queue.RotFile;

/**
 * What groups have committed, in a rot file of its own: docs/kafka.md, Groups and offsets. The file
 * never grows: all that is known is pushed again, as a snapshot, whenever a quarter of the ring was
 * written since the last one, and is bounded to a sixteenth.
 *
 * <p>A change is on the disk when {@link #change} returns, whole or not at all, and shown to
 * readers from then on. Changes that come together share a sync; reading waits for none. After a
 * failed write or sync, changes are refused with a {@link QueueException} and reads go on.
 * Thread-safe.
 */
public final class OffsetsFile implements AutoCloseable {
    /** Not NUMBER.rot: it is no queue of the server. */
    public static final String NAME = "kafka.offsets";

    public static final long FILE_BYTES = 16 << 20;

    private static final int PUSH_OVERHEAD_BYTES = 80;

    private final RotFile file;
    private final long limitBytes;
    private final long snapshotBytes;

    // How changes follow each other.
    private final ReentrantLock appending = new ReentrantLock();
    private final Offsets staged;
    private final Batch batch = new Batch();
    private long sinceSnapshotBytes;

    // What is durable, and what is not yet.
    private final Object shown = new Object();
    private final Offsets durable;
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();

    private record Pending(long endId, List<OffsetChange> changes) {}

    private OffsetsFile(RotFile file, OffsetsReplay replay) {
        this.file = file;
        long ringBytes = file.info().ringBytes();
        limitBytes = ringBytes / 16;
        snapshotBytes = ringBytes / 4;
        staged = replay.offsets();
        durable = new Offsets();
        staged.messages().forEach(durable::apply);
        sinceSnapshotBytes = replay.sinceSnapshotBytes();
    }

    /**
     * Opens the file, or makes it if there is none.
     *
     * @param told what is wrong with it, in words; mostly nothing
     * @throws QueueException if it cannot be opened; it is left as it is then
     */
    public static OffsetsFile open(Path path, Consumer<String> told) {
        if (Files.notExists(path))
            RotFile.create(path, CreateOptions.ofSize(FILE_BYTES).withName("offsets"));
        RotFile file = RotFile.open(path);
        try {
            return open(file, told);
        } catch (Throwable e) {
            file.close();
            throw e;
        }
    }

    /** The same of an open file, which is closed with this. */
    public static OffsetsFile open(RotFile file, Consumer<String> told) {
        for (String finding : file.findings()) told.accept(file.path() + ": " + finding);
        OffsetsReplay replay = OffsetsReplay.of(file, told);
        OffsetsFile offsets = new OffsetsFile(file, replay);
        if (replay.damaged()) offsets.writeSnapshot();
        return offsets;
    }

    /** Reads what is durable. */
    public <T extends @Nullable Object> T read(Function<Offsets, T> reader) {
        synchronized (shown) {
            return reader.apply(durable);
        }
    }

    /**
     * Makes changes durable, all or none. {@code plan} is given what all changes before this one
     * come to, not to be changed, and says which.
     *
     * @return false if there is no room for them
     * @throws QueueException.QueueFailedException if this or an earlier write or sync failed
     */
    public boolean change(Function<Offsets, List<OffsetChange>> plan) {
        appending.lock();
        try {
            List<OffsetChange> changes = plan.apply(staged);
            if (!hasRoom(changes)) return false;
            if (!changes.isEmpty()) {
                push(changes);
                changes.forEach(staged::apply);
                if (sinceSnapshotBytes > snapshotBytes) pushSnapshot();
            }
        } finally {
            appending.unlock();
        }
        show(file.commit());
        return true;
    }

    private boolean hasRoom(List<OffsetChange> changes) {
        long growth = 0;
        for (OffsetChange change : changes) growth += staged.growth(change);
        return growth <= 0 || staged.bytes() + growth <= limitBytes;
    }

    private void push(List<OffsetChange> changes) {
        long firstId = append(changes);
        synchronized (shown) {
            pending.add(new Pending(firstId + changes.size(), changes));
        }
    }

    private long append(List<OffsetChange> changes) {
        batch.clear();
        sinceSnapshotBytes += PUSH_OVERHEAD_BYTES;
        for (OffsetChange change : changes) {
            byte[] message = change.encode();
            batch.add(message);
            sinceSnapshotBytes += 4 + message.length;
        }
        return file.push(batch);
    }

    private void pushSnapshot() {
        List<OffsetChange> all = staged.messages();
        all.addFirst(new OffsetChange.Snapshot(all.size()));
        append(all);
        sinceSnapshotBytes = 0;
    }

    private void writeSnapshot() {
        appending.lock();
        try {
            pushSnapshot();
        } finally {
            appending.unlock();
        }
        file.commit();
    }

    /** Changes before this id are durable. */
    private void show(long committedId) {
        synchronized (shown) {
            for (Pending next = pending.peek();
                    next != null && next.endId <= committedId;
                    next = pending.peek()) {
                next.changes.forEach(durable::apply);
                pending.remove();
            }
        }
    }

    @Override
    public void close() {
        file.close();
        batch.close();
    }
}
