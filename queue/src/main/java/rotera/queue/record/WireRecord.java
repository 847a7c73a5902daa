package rotera.queue.record;

import static rotera.queue.buffer.LittleEndian.U32;
import static rotera.queue.buffer.LittleEndian.U64;

import java.lang.foreign.MemorySegment;
import rotera.queue.QueueException;
import rotera.queue.format.RecordHeader;

/**
 * The head of a record on the wire, little-endian; behind it comes the body as it is kept: lengths,
 * then messages.
 *
 * <pre>
 *   0          8      16         20           24         28      32
 *   | first id | time | messages | body bytes | checksum | flags |
 * </pre>
 *
 * The checksum is the CRC-32C of the body that was made at the push. It is not the head of a record
 * in the file (docs/format.md), whose own checksum has a secret in it.
 */
public final class WireRecord {
    public static final int BYTES = 32;

    private static final int AT_FIRST_ID = 0;
    private static final int AT_TIME = AT_FIRST_ID + 8;
    private static final int AT_MESSAGES = AT_TIME + 8;
    private static final int AT_BODY_BYTES = AT_MESSAGES + 4;
    private static final int AT_CHECKSUM = AT_BODY_BYTES + 4;
    private static final int AT_FLAGS = AT_CHECKSUM + 4;

    private static final int ENVELOPES = 1;

    private WireRecord() {}

    public static void encode(
            MemorySegment target,
            long at,
            long firstId,
            long timeMillis,
            int messages,
            int bodyBytes,
            int checksum,
            boolean envelopes) {
        target.set(U64, at + AT_FIRST_ID, firstId);
        target.set(U64, at + AT_TIME, timeMillis);
        target.set(U32, at + AT_MESSAGES, messages);
        target.set(U32, at + AT_BODY_BYTES, bodyBytes);
        target.set(U32, at + AT_CHECKSUM, checksum);
        target.set(U32, at + AT_FLAGS, envelopes ? ENVELOPES : 0);
    }

    /** Checks the head against what has come, of which {@code end} is the end. */
    public static void decode(MemorySegment source, long at, long end, RecordHeader into) {
        if (end - at < BYTES) throw malformed("a record of " + (end - at) + " bytes");
        into.kind = RecordHeader.MESSAGES;
        into.firstId = source.get(U64, at + AT_FIRST_ID);
        into.timeMillis = source.get(U64, at + AT_TIME);
        into.count = source.get(U32, at + AT_MESSAGES);
        into.bodyBytes = source.get(U32, at + AT_BODY_BYTES);
        into.bodyChecksum = source.get(U32, at + AT_CHECKSUM);
        into.flags = (source.get(U32, at + AT_FLAGS) & ENVELOPES) != 0 ? RecordHeader.ENVELOPES : 0;
        into.producerId = 0;
        into.producerEpoch = 0;
        into.sequence = 0;
        if (into.firstId < 0 || into.firstId > Long.MAX_VALUE - RecordHeader.MAX_MESSAGES)
            throw malformed("a record with the id " + into.firstId);
        if (into.count < 1 || into.count > RecordHeader.MAX_MESSAGES)
            throw malformed("a record of " + into.count + " messages");
        if (into.bodyBytes < 4L * into.count || into.bodyBytes > end - at - BYTES)
            throw malformed("a record of " + into.bodyBytes + " bytes");
    }

    private static QueueException malformed(String what) {
        return new QueueException.ChecksumMismatchException(what + " came: damaged on the way");
    }
}
