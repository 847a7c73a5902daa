package rotera.queue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * How a rot file is made.
 *
 * @param sizeBytes size of the file on the disk, at least 64 KiB; it never changes
 * @param entries how many of the last messages are shown, 0 for as many as fit
 * @param name up to 255 bytes in UTF-8, may be empty
 * @param firstId id of the first message that will be pushed, 0 unless another queue is gone on
 *     with
 * @param created when the queue that is gone on with was created: no message is told to be older;
 *     empty for now
 * @param progress is told how many bytes of the file are written
 */
public record CreateOptions(
        long sizeBytes,
        long entries,
        String name,
        long firstId,
        Optional<Instant> created,
        LongConsumer progress) {

    /** The largest id that a queue can begin with. */
    public static final long MAX_FIRST_ID = 1L << 61;

    public CreateOptions {
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
        int nameBytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (nameBytes > Superblock.MAX_NAME_BYTES) {
            throw new IllegalArgumentException(
                    "name of " + nameBytes + " bytes is longer than " + Superblock.MAX_NAME_BYTES);
        }
    }

    public static CreateOptions ofSize(long sizeBytes) {
        return new CreateOptions(sizeBytes, 0, "", 0, Optional.empty(), written -> {});
    }

    public CreateOptions withEntries(long entries) {
        return new CreateOptions(sizeBytes, entries, name, firstId, created, progress);
    }

    public CreateOptions withName(String name) {
        return new CreateOptions(sizeBytes, entries, name, firstId, created, progress);
    }

    /** Goes on with another queue from this id on. */
    public CreateOptions continuing(long firstId, Instant since) {
        return new CreateOptions(sizeBytes, entries, name, firstId, Optional.of(since), progress);
    }

    public CreateOptions withProgress(LongConsumer progress) {
        return new CreateOptions(sizeBytes, entries, name, firstId, created, progress);
    }
}
