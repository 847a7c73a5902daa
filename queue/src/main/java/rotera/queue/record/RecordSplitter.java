package rotera.queue.record;

import java.util.Arrays;
import java.util.zip.CRC32C;
import rotera.queue.format.ClockDifference;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Superblock;

/**
 * Divides the content of a push into records and computes their checksums: outside of the append
 * lock, and once for each push, however often the push has to wait. The checksum is compared with
 * the one that the push expects. A record holds as many messages as fit an interval, at least one.
 * Reusable, not thread-safe.
 */
public final class RecordSplitter {
    private final CRC32C crc = new CRC32C();
    private int[] counts = new int[1];
    private long[] payloadBytes = new long[1];
    private int[] checksums = new int[1];
    private int size;
    private long space;
    private boolean made;
    private int computed;

    /** A push begins: its content may have changed since the last one. */
    public void forget() {
        made = false;
    }

    /** Divides the content, unless that was done since {@link #forget}. */
    public void split(RecordBody body, Superblock superblock) {
        if (made) return;
        divide(body, superblock);
        made = true;
    }

    /** Takes over what was computed for the same content. */
    public void copy(RecordSplitter other) {
        made = other.made;
        if (!made) return;
        counts = other.counts.clone();
        payloadBytes = other.payloadBytes.clone();
        checksums = other.checksums.clone();
        size = other.size;
        space = other.space;
    }

    private void divide(RecordBody body, Superblock superblock) {
        long limit = superblock.intervalBytes() - (long) RecordHeader.MAX_HEAD_BYTES;
        size = 0;
        space = 0;
        if (body.bytes() <= limit) {
            if (body.count() > 0) add(body, 0, body.count(), 0, body.payloadBytes());
            body.check(size == 0 ? 0 : checksums[0]);
            return;
        }
        if (body.expects()) body.check(body.checksum(crc, 0, body.count(), 0, body.payloadBytes()));
        long from = 0;
        for (int first = 0; first < body.count(); ) {
            int count = 1;
            long bytes = body.length(first);
            while (first + count < body.count()) {
                int length = body.length(first + count);
                if (4L * (count + 1) + bytes + length > limit) break;
                count++;
                bytes += length;
            }
            add(body, first, count, from, bytes);
            first += count;
            from += bytes;
        }
    }

    private void add(RecordBody body, int first, int count, long from, long bytes) {
        if (size == counts.length) {
            counts = Arrays.copyOf(counts, 2 * size);
            payloadBytes = Arrays.copyOf(payloadBytes, 2 * size);
            checksums = Arrays.copyOf(checksums, 2 * size);
        }
        counts[size] = count;
        payloadBytes[size] = bytes;
        checksums[size] = body.checksum(crc, first, count, from, bytes);
        computed++;
        space += RecordHeader.space(4L * count + bytes) + ClockDifference.BYTES;
        size++;
    }

    public int size() {
        return size;
    }

    /** The most that all records together take of the ring. */
    public long space() {
        return space;
    }

    public int count(int part) {
        return counts[part];
    }

    public long payloadBytes(int part) {
        return payloadBytes[part];
    }

    public int checksum(int part) {
        return checksums[part];
    }

    /** For tests: how many checksums of records were computed so far. */
    public int computed() {
        return computed;
    }
}
