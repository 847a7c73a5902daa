package rotera.queue;

import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * How a batch is cut into records, with their checksums: made outside of the append lock, and
 * compared with what the batch expects. A record holds as many messages as fit an interval, at
 * least one. It belongs to its batch and is computed once for each push, however often the push has
 * to wait. Reusable, not thread-safe.
 */
final class Cut {
    /** What stands before the body of a record, if the clock's time does. */
    static final int MOST_HEAD_BYTES = RecordHeader.BYTES + ClockDifference.BYTES;

    private final CRC32C crc = new CRC32C();
    private int[] counts = new int[1];
    private long[] payloadBytes = new long[1];
    private int[] checksums = new int[1];
    private int size;
    private long space;
    private boolean made;
    private int computed;

    /** A push begins: its batch may have changed since the last one. */
    void forget() {
        made = false;
    }

    /** Cuts the batch, unless that was done since {@link #forget}. */
    void of(Batch batch, Superblock superblock) {
        if (made) return;
        cut(batch, superblock);
        made = true;
    }

    /** Takes over what was computed for a batch of the same content. */
    void copy(Cut other) {
        made = other.made;
        if (!made) return;
        counts = other.counts.clone();
        payloadBytes = other.payloadBytes.clone();
        checksums = other.checksums.clone();
        size = other.size;
        space = other.space;
    }

    private void cut(Batch batch, Superblock superblock) {
        long limit = superblock.intervalBytes() - (long) MOST_HEAD_BYTES;
        size = 0;
        space = 0;
        if (batch.bytes() <= limit) {
            if (batch.count() > 0) add(batch, 0, batch.count(), 0, batch.payloadBytes());
            batch.check(size == 0 ? 0 : checksums[0]);
            return;
        }
        if (batch.expects())
            batch.check(batch.checksum(crc, 0, batch.count(), 0, batch.payloadBytes()));
        long from = 0;
        for (int first = 0; first < batch.count(); ) {
            int count = 1;
            long bytes = batch.length(first);
            while (first + count < batch.count()) {
                int length = batch.length(first + count);
                if (4L * (count + 1) + bytes + length > limit) break;
                count++;
                bytes += length;
            }
            add(batch, first, count, from, bytes);
            first += count;
            from += bytes;
        }
    }

    private void add(Batch batch, int first, int count, long from, long bytes) {
        if (size == counts.length) {
            counts = Arrays.copyOf(counts, 2 * size);
            payloadBytes = Arrays.copyOf(payloadBytes, 2 * size);
            checksums = Arrays.copyOf(checksums, 2 * size);
        }
        counts[size] = count;
        payloadBytes[size] = bytes;
        checksums[size] = batch.checksum(crc, first, count, from, bytes);
        computed++;
        space += RecordHeader.space(4L * count + bytes) + ClockDifference.BYTES;
        size++;
    }

    int size() {
        return size;
    }

    /** The most that all records together take of the ring. */
    long space() {
        return space;
    }

    int count(int part) {
        return counts[part];
    }

    long payloadBytes(int part) {
        return payloadBytes[part];
    }

    int checksum(int part) {
        return checksums[part];
    }

    /** For tests: how many checksums of records were computed so far. */
    int computed() {
        return computed;
    }
}
