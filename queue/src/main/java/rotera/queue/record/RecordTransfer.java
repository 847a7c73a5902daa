package rotera.queue.record;

import static rotera.queue.buffer.LittleEndian.U32;

import java.lang.foreign.MemorySegment;
import rotera.queue.QueueException;
import rotera.queue.format.EnvelopeCodec;

/**
 * Records between a {@link RecordBuffer} and a connection: whole and as they are kept (native), or
 * the values of their messages alone (legacy).
 */
public final class RecordTransfer {
    private RecordTransfer() {}

    /** How many bytes {@link #packValues} writes: 4 + length of the value for each message. */
    public static long packedBytes(RecordBuffer from) {
        return 4L * from.count() + from.payloadBytes();
    }

    /**
     * Writes all messages of the window: the lengths of their values, four bytes each
     * (little-endian), and the values in a place of their own.
     */
    public static void packValues(
            RecordBuffer source, MemorySegment target, long lengthsFrom, long valuesFrom) {
        RecordBuffer.Place from = new RecordBuffer.Place();
        from.set(source.begin);
        long lengthsAt = lengthsFrom;
        long valuesAt = valuesFrom;
        for (int left = source.count(); left > 0; ) {
            RecordBuffer.Part part = source.part(from.part);
            int taken = Math.min(left, part.count - from.index);
            long bytes =
                    taken == part.count - from.index
                            ? part.endAt() - from.payloadAt
                            : source.sum(part, from.index, taken);
            MemorySegment segment = source.segment();
            if (part.envelopes) {
                valuesAt = packEnveloped(source, from, taken, target, lengthsAt, valuesAt);
            } else {
                MemorySegment.copy(
                        segment, part.lengthAt(from.index), target, lengthsAt, 4L * taken);
                MemorySegment.copy(segment, from.payloadAt, target, valuesAt, bytes);
                valuesAt += bytes;
            }
            lengthsAt += 4L * taken;
            left -= taken;
            source.advance(from, taken, bytes);
        }
    }

    /** Leaves out the envelopes; returns where the next value goes. */
    private static long packEnveloped(
            RecordBuffer source,
            RecordBuffer.Place from,
            int messages,
            MemorySegment target,
            long lengthsFrom,
            long valuesFrom) {
        MemorySegment segment = source.segment();
        RecordBuffer.Part part = source.part(from.part);
        long messageAt = from.payloadAt;
        long valuesAt = valuesFrom;
        for (int i = 0; i < messages; i++) {
            int bytes = segment.get(U32, part.lengthAt(from.index + i));
            int prefix = (int) EnvelopeCodec.measure(segment, messageAt, bytes);
            target.set(U32, lengthsFrom + 4L * i, bytes - prefix);
            MemorySegment.copy(segment, messageAt + prefix, target, valuesAt, bytes - prefix);
            messageAt += bytes;
            valuesAt += bytes - prefix;
        }
        return valuesAt;
    }

    /** How many bytes {@link #copyRecords} writes. */
    public static long recordBytes(RecordBuffer from) {
        long bytes = 0;
        for (int i = from.begin.part; from.count() > 0 && i <= from.lastPart(); i++)
            bytes += WireRecord.BYTES + from.part(i).bodyBytes;
        return bytes;
    }

    /**
     * Writes the records that the messages of the window are in, whole and as they are kept, in the
     * form of {@link WireRecord}: the receiver can compare the checksums that were made at the
     * push.
     */
    public static void copyRecords(RecordBuffer from, MemorySegment target, long to) {
        long at = to;
        for (int i = from.begin.part; from.count() > 0 && i <= from.lastPart(); i++) {
            RecordBuffer.Part part = from.part(i);
            WireRecord.encode(
                    target,
                    at,
                    part.firstId,
                    part.timeMillis,
                    part.count,
                    part.bodyBytes,
                    part.checksum,
                    part.envelopes);
            MemorySegment.copy(
                    from.segment(), part.bodyAt, target, at + WireRecord.BYTES, part.bodyBytes);
            at += WireRecord.BYTES + part.bodyBytes;
        }
    }

    /**
     * Memory to receive records into, for {@link #takeRecords}; valid until the next call. What was
     * read before is gone.
     */
    public static MemorySegment receive(RecordBuffer into, long bytes) {
        into.checkOpen();
        into.clear();
        int _ = into.empty(0, 0);
        return into.reserve(bytes, 0);
    }

    /**
     * What was received.
     *
     * @param bytes of all records
     * @param fromId the first message that is wanted
     * @param skipped how many messages were overwritten before it
     */
    public record Received(long bytes, long fromId, long skipped) {}

    /**
     * Shows up to {@code max} messages of the records that were received. {@link #nextRecords} goes
     * on with the rest.
     *
     * @param owner who will go on
     * @throws QueueException.ChecksumMismatchException if a record is not what was pushed
     */
    public static void takeRecords(RecordBuffer into, Object owner, Received received, int max) {
        into.checkOpen();
        for (long at = 0; at < received.bytes(); ) at = into.addWire(at, received.bytes());
        long fromId = received.fromId();
        if (into.isEmpty()) {
            int _ = into.empty(fromId, received.skipped());
            return;
        }
        long firstId = into.part(0).firstId;
        if (fromId < firstId || fromId > into.endOfParts())
            throw new QueueException.ChecksumMismatchException(
                    "messages %d to %d came instead of those from %d"
                            .formatted(firstId, into.endOfParts() - 1, fromId));
        into.own(owner, into.resume());
        into.begin(fromId);
        into.show(max, received.skipped());
    }

    /**
     * Shows up to {@code max} messages from {@code id} of the records that were taken. False if
     * there are none of this owner.
     */
    public static boolean nextRecords(RecordBuffer in, Object owner, long id, int max) {
        in.checkOpen();
        if (!in.isOf(owner) || id != in.nextId() || in.rest() == 0) return false;
        in.show(max, 0);
        return true;
    }
}
