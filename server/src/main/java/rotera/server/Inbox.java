package rotera.server;

import org.jspecify.annotations.Nullable;

/**
 * What a client has sent and what could not be taken yet: the beginning of a request, or requests
 * that have to wait. Nothing is kept, and no memory held, where nothing is left.
 */
final class Inbox {
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

    /** Where to read on: mostly the buffer of the loop, with what is left from before in front. */
    Bytes gather() {
        Bytes before = kept;
        if (before != null && needed > Loop.INPUT_BYTES) {
            before.compact();
            if (before.length() == before.capacity())
                before.resize((int) Math.min(needed, 2L * before.capacity()));
            return before;
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
