package rotera.server;

import org.jspecify.annotations.Nullable;

/**
 * What a client has sent and what could not be taken yet: the beginning of a request, or requests
 * that have to wait. Nothing is kept, and no memory held, where nothing is left.
 */
final class Inbox {
    /** As much of a request is put in front of what comes next. */
    private static final int COPIED_BYTES = 128 << 10;

    private final Loop loop;
    private final Connection connection;
    private @Nullable Bytes kept;

    /** What the request at the front is known to need; 0 if it is whole. */
    private long needed;

    /**
     * What memory has to be reserved for it: {@link #needed}, or more where that is not the end.
     */
    private long reserved;

    Inbox(Loop loop, Connection connection) {
        this.loop = loop;
        this.connection = connection;
    }

    /** What is kept; null if nothing is. */
    @Nullable Bytes kept() {
        return kept;
    }

    int length() {
        return kept == null ? 0 : kept.length();
    }

    boolean isPartial() {
        return needed > 0;
    }

    /** The request at the front has to have this many bytes, which take so much memory. */
    void need(long bytes, long memoryBytes) {
        needed = bytes;
        reserved = memoryBytes;
    }

    /** Whether there may be more to take than the last time. */
    boolean hasWhatIsNeeded(Bytes bytes) {
        if (bytes.length() < needed) return false;
        needed = 0;
        return true;
    }

    /**
     * Where to read on: mostly the buffer of the loop, with what is left from before in front; for
     * a request of which much is there, behind that. So what comes in many pieces is not copied
     * with each of them.
     */
    Bytes gather() {
        Bytes before = kept;
        if (before != null
                && (needed > Loop.INPUT_BYTES || (needed > 0 && before.length() > COPIED_BYTES))) {
            before.compact();
            return before.length() < before.capacity() ? before : grow(before);
        }
        Bytes bytes = loop.input();
        bytes.clear();
        if (before != null) {
            bytes.append(before);
            loop.pool().give(before);
            kept = null;
        }
        return bytes;
    }

    /**
     * How much may be read there. Of a request that is read on where it is kept only its rest, so
     * that its buffer is given back with it, and not held for what comes behind.
     */
    int most(Bytes bytes, int limit) {
        return bytes == kept ? (int) Math.min(limit, needed - bytes.length()) : limit;
    }

    private Bytes grow(Bytes full) {
        Bytes larger = loop.pool().take((int) Math.min(needed, 4L * full.capacity()));
        larger.append(full);
        loop.pool().give(full);
        kept = larger;
        return larger;
    }

    /** Keeps what is left of these bytes. */
    void keep(Bytes bytes) {
        if (bytes.isEmpty()) {
            if (bytes == kept) drop();
        } else if (bytes != kept) {
            Bytes copy = loop.pool().take(bytes.length());
            copy.append(bytes);
            kept = copy;
        }
        if (needed == 0) loop.admissions().blocked(connection, length());
        else loop.admissions().wants(connection, reserved);
    }

    void drop() {
        if (kept != null) loop.pool().give(kept);
        kept = null;
        needed = 0;
    }
}
