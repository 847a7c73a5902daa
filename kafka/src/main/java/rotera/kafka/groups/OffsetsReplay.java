package rotera.kafka.groups;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import rotera.queue.Messages;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.Status;

/** Reads an offsets file from its oldest message to the end. */
final class OffsetsReplay {
    private final RotFile file;
    private final Consumer<String> told;
    private Offsets offsets = new Offsets();
    private long sinceSnapshotBytes;
    private boolean complete;
    private final List<String> holes = new ArrayList<>();

    // While the messages of a snapshot are read: what it says so far, and where it ends.
    private @Nullable Offsets snapshot;
    private long snapshotEndId;

    private OffsetsReplay(RotFile file, Consumer<String> told) {
        this.file = file;
        this.told = told;
    }

    /**
     * Reads all that is there. Damage is told and passed over: groups it hides go on from an
     * earlier commit, all others are not touched.
     *
     * @throws QueueException.NotARotFileException if a message is none of an offsets file, or a
     *     later version wrote it
     */
    static OffsetsReplay of(RotFile file, Consumer<String> told) {
        OffsetsReplay replay = new OffsetsReplay(file, told);
        replay.run();
        return replay;
    }

    Offsets offsets() {
        return offsets;
    }

    /** At least what was pushed since the last snapshot began. */
    long sinceSnapshotBytes() {
        return sinceSnapshotBytes;
    }

    /** Whether something may be missing. */
    boolean damaged() {
        return !complete;
    }

    private void run() {
        Status status = file.ping();
        complete = status.oldest() == 0 || status.oldest() == status.next();
        try (Messages messages = new Messages()) {
            for (long id = status.oldest(); id < status.next(); ) id = read(id, messages);
        }
        offsets.removeEmptyGroups();
        for (String hole : holes)
            told.accept(
                    hole
                            + (complete
                                    ? "; nothing is lost, all committed offsets were written again behind it"
                                    : "; offsets that were committed there are lost, their groups go on from the commit before"));
    }

    private long read(long id, Messages messages) {
        try {
            file.read(id, Integer.MAX_VALUE, messages);
        } catch (QueueException.CorruptMessageException e) {
            complete = false;
            snapshot = null;
            holes.add(String.valueOf(e.getMessage()));
            return e.resumeId();
        }
        while (messages.next()) take(messages.id(), messages.toByteArray());
        return messages.nextId();
    }

    private void take(long id, byte[] message) {
        OffsetChange change = decode(id, message);
        sinceSnapshotBytes += 84 + message.length;
        if (change instanceof OffsetChange.Snapshot it) {
            snapshot = new Offsets();
            snapshotEndId = id + 1 + it.messages();
            sinceSnapshotBytes = 0;
        } else {
            offsets.apply(change);
            if (snapshot != null) snapshot.apply(change);
        }
        Offsets read = snapshot;
        if (read == null || id + 1 != snapshotEndId) return;
        // Nothing before it counts any more.
        offsets = read;
        snapshot = null;
        complete = true;
    }

    private OffsetChange decode(long id, byte[] message) {
        try {
            return OffsetChange.decode(message);
        } catch (OffsetChange.UnknownKindException e) {
            throw new QueueException.NotARotFileException(
                    "message %d of %s is %s, which this version does not know: use the version that wrote it, or remove the file to forget all committed offsets"
                            .formatted(id, file.path(), e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw new QueueException.NotARotFileException(
                    "message %d of %s is none of an offsets file (%s): if another program wrote it, move it away"
                            .formatted(id, file.path(), e.getMessage()));
        }
    }
}
