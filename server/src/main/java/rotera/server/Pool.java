package rotera.server;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Buffers of 4 KiB to 1 MiB that are used again; larger ones are not kept. Not thread-safe. */
final class Pool {
    static final int SMALLEST = 4 << 10;
    static final int LARGEST_KEPT = 1 << 20;
    private static final int MOST_KEPT = 8 << 20;

    private final List<ArrayDeque<Bytes>> free = new ArrayList<>();
    private long kept;

    Pool() {
        for (int size = SMALLEST; size <= LARGEST_KEPT; size *= 2) free.add(new ArrayDeque<>());
    }

    /** An empty buffer of at least this capacity. */
    Bytes take(int capacity) {
        if (capacity > LARGEST_KEPT) return new Bytes(capacity);
        int size = Math.max(SMALLEST, Integer.highestOneBit(Math.max(1, capacity - 1)) * 2);
        Bytes bytes = free.get(sizeClass(size)).poll();
        if (bytes == null) return new Bytes(size);
        kept -= size;
        bytes.clear();
        return bytes;
    }

    void give(Bytes bytes) {
        int size = bytes.capacity();
        boolean fits = size <= LARGEST_KEPT && Integer.bitCount(size) == 1 && size >= SMALLEST;
        if (!fits || kept + size > MOST_KEPT) {
            bytes.close();
            return;
        }
        kept += size;
        free.get(sizeClass(size)).push(bytes);
    }

    void close() {
        for (ArrayDeque<Bytes> same : free) for (Bytes bytes : same) bytes.close();
    }

    private static int sizeClass(int size) {
        return Integer.numberOfTrailingZeros(size / SMALLEST);
    }
}
