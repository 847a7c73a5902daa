package rotera.protocol;

import static rotera.protocol.Request.U64;

import java.lang.foreign.MemorySegment;

/**
 * The replies of the original protocol (docs/protocol.md), little-endian.
 *
 * <pre>
 *   0        8        16
 *   | status |  next  |                                  of a ping or commit
 *   0        8          16         24
 *   | status | first id | messages | lengths | messages  of a read or stream
 * </pre>
 */
public final class Reply {
    public static final int AT_STATUS = 0;
    public static final int AT_NEXT = AT_STATUS + 8;

    /** Length of the reply to a ping or commit. */
    public static final int STATUS_BYTES = AT_NEXT + 8;

    public static final int AT_FIRST_ID = AT_STATUS + 8;
    public static final int AT_MESSAGES = AT_FIRST_ID + 8;

    /** Length of the reply to a read or stream, before the lengths and messages. */
    public static final int BATCH_BYTES = AT_MESSAGES + 8;

    public static final long ALIVE = 0x6063977ea508edccL;
    public static final long SHUTTING_DOWN = 0x024d91a955128d3aL;

    private Reply() {}

    /** The reply to a ping or commit. */
    public static void encodeStatus(MemorySegment target, long at, boolean alive, long next) {
        target.set(U64, at + AT_STATUS, alive ? ALIVE : SHUTTING_DOWN);
        target.set(U64, at + AT_NEXT, next);
    }

    /** What comes before the lengths and messages of a read or stream. */
    public static void encodeBatch(
            MemorySegment target, long at, boolean alive, long firstId, long messages) {
        target.set(U64, at + AT_STATUS, alive ? ALIVE : SHUTTING_DOWN);
        target.set(U64, at + AT_FIRST_ID, firstId);
        target.set(U64, at + AT_MESSAGES, messages);
    }
}
