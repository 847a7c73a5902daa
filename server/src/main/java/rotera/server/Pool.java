package rotera.server;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Buffers of 4 KiB to 1 MiB that are used again, and one larger one: for who pushes messages of a
 * mebibyte one after the other, new memory for each would cost more than all the rest. Not
 * thread-safe.
 */
final class Pool {
    static final int SMALLEST = 4 << 10;
    static final int LARGEST_KEPT = 1 << 20;
    private static final int MOST_KEPT = 8 << 20;

    private final List<ArrayDeque<Bytes>> free = new ArrayList<>();
    private long kept;
    private @Nullable Bytes large;

    Pool() {
        for (int size = SMALLEST; size <= LARGEST_KEPT; size *= 2) free.add(new ArrayDeque<>());
    }

    /** An empty buffer of at least this capacity. */
    Bytes take(int capacity) {
        if (capacity > LARGEST_KEPT) return takeLarge(capacity);
        int size = Math.max(SMALLEST, Integer.highestOneBit(Math.max(1, capacity - 1)) * 2);
        Bytes bytes = free.get(sizeClass(size)).poll();
        if (bytes == null) return new Bytes(size);
        kept -= size;
        bytes.clear();
        return bytes;
    }

    private Bytes takeLarge(int capacity) {
        Bytes bytes = large;
        if (bytes == null || bytes.capacity() < capacity) return new Bytes(capacity);
        large = null;
        bytes.clear();
        return bytes;
    }

    void give(Bytes bytes) {
        int size = bytes.capacity();
        if (size > LARGEST_KEPT && size <= MOST_KEPT && isLargerThanLarge(size)) {
            if (large != null) large.close();
            large = bytes;
            return;
        }
        boolean fits = size <= LARGEST_KEPT && Integer.bitCount(size) == 1 && size >= SMALLEST;
        if (!fits || kept + size > MOST_KEPT) {
            bytes.close();
            return;
        }
        kept += size;
        free.get(sizeClass(size)).push(bytes);
    }

    private boolean isLargerThanLarge(int size) {
        return large == null || large.capacity() < size;
    }

    void close() {
        if (large != null) large.close();
        for (ArrayDeque<Bytes> same : free) for (Bytes bytes : same) bytes.close();
    }

    private static int sizeClass(int size) {
        return Integer.numberOfTrailingZeros(size / SMALLEST);
    }
}
