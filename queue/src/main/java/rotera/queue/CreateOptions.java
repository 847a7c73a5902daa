package rotera.queue;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongConsumer;
import rotera.queue.format.Settings;
import rotera.queue.format.Superblock;

/** How a rot file is made. */
public final class CreateOptions {

    /** The largest id that a queue can begin with. */
    public static final long MAX_FIRST_ID = 1L << 61;

    private final long sizeBytes;
    private final long entries;
    private final String name;
    private final long firstId;
    private final Optional<Instant> created;
    private final Optional<UUID> lineageId;
    private final LongConsumer progress;

    private CreateOptions(
            long sizeBytes,
            long entries,
            String name,
            long firstId,
            Optional<Instant> created,
            Optional<UUID> lineageId,
            LongConsumer progress) {
        if (sizeBytes < Superblock.MIN_FILE_BYTES) {
            throw new IllegalArgumentException(
                    "size="
                            + sizeBytes
                            + " is too small: a rot file has at least "
                            + Superblock.MIN_FILE_BYTES
                            + " bytes");
        }
        if (entries < 0)
            throw new IllegalArgumentException(
                    "entries=" + entries + " is negative: 0 means as many as fit");
        if (firstId < 0) throw new IllegalArgumentException("firstId=" + firstId + " is negative");
        if (firstId > MAX_FIRST_ID)
            throw new IllegalArgumentException(
                    "firstId=" + firstId + " is larger than " + MAX_FIRST_ID);
        Settings.checkName(name);
        this.sizeBytes = sizeBytes;
        this.entries = entries;
        this.name = name;
        this.firstId = firstId;
        this.created = created;
        this.lineageId = lineageId;
        this.progress = progress;
    }

    public static CreateOptions ofSize(long sizeBytes) {
        return new CreateOptions(
                sizeBytes, 0, "", 0, Optional.empty(), Optional.empty(), written -> {});
    }

    public CreateOptions withEntries(long entries) {
        return new CreateOptions(sizeBytes, entries, name, firstId, created, lineageId, progress);
    }

    public CreateOptions withName(String name) {
        return new CreateOptions(sizeBytes, entries, name, firstId, created, lineageId, progress);
    }

    /** Goes on with another queue from this id on. */
    public CreateOptions continuing(long firstId, Instant since) {
        return new CreateOptions(
                sizeBytes, entries, name, firstId, Optional.of(since), lineageId, progress);
    }

    /** Says of which queue this is a copy: ids mean the same messages in all of one lineage. */
    public CreateOptions withLineage(UUID lineageId) {
        return new CreateOptions(
                sizeBytes, entries, name, firstId, created, Optional.of(lineageId), progress);
    }

    public CreateOptions withProgress(LongConsumer progress) {
        return new CreateOptions(sizeBytes, entries, name, firstId, created, lineageId, progress);
    }

    /** Size of the file on the disk, at least 96 KiB; it never changes. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /** How many of the last messages are shown, 0 for as many as fit. */
    public long entries() {
        return entries;
    }

    /** Up to 255 bytes in UTF-8, may be empty. */
    public String name() {
        return name;
    }

    /** Id of the first message that will be pushed, 0 unless another queue is gone on with. */
    public long firstId() {
        return firstId;
    }

    /**
     * When the queue that is gone on with was created: no message is told to be older; empty for
     * now.
     */
    public Optional<Instant> created() {
        return created;
    }

    /**
     * That of the queue that is gone on with, whose ids mean the same messages here; empty for one
     * of its own.
     */
    public Optional<UUID> lineageId() {
        return lineageId;
    }

    /** Is told how many bytes of the file are written. */
    public LongConsumer progress() {
        return progress;
    }
}
