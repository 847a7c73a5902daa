package rotera.queue.format;

import static rotera.queue.buffer.LittleEndian.U16;
import static rotera.queue.buffer.LittleEndian.U32;
import static rotera.queue.buffer.LittleEndian.U64;

import java.lang.foreign.MemorySegment;

/** The body of a record with the producers that are remembered: docs/format.md, Producers. */
public final class ProducerTableCodec {
    private static final long AT_ID = 0;
    private static final long AT_EPOCH = AT_ID + 8;
    private static final long AT_PUSHES = AT_EPOCH + 2;
    private static final long AT_FIRST_PUSH = AT_PUSHES + 2 + 4;
    private static final long AT_SEQUENCE = 0;
    private static final long AT_COUNT = AT_SEQUENCE + 4;
    private static final long AT_FIRST_ID = AT_COUNT + 4;
    private static final long PUSH_BYTES = AT_FIRST_ID + 8;

    /** What one producer takes. */
    public static final int ENTRY_BYTES = (int) (AT_FIRST_PUSH + ProducerTable.PUSHES * PUSH_BYTES);

    private ProducerTableCodec() {}

    public static MemorySegment encode(ProducerTable producers) {
        MemorySegment body = MemorySegment.ofArray(new byte[producers.size() * ENTRY_BYTES]);
        long at = 0;
        for (ProducerTable.Entry entry = producers.first(); entry != null; entry = entry.later()) {
            body.set(U64, at + AT_ID, entry.id);
            body.set(U16, at + AT_EPOCH, (short) entry.epoch);
            body.set(U16, at + AT_PUSHES, (short) entry.pushes);
            for (int i = 0; i < entry.pushes; i++) {
                long push = at + AT_FIRST_PUSH + i * PUSH_BYTES;
                body.set(U32, push + AT_SEQUENCE, entry.sequences[i]);
                body.set(U32, push + AT_COUNT, entry.counts[i]);
                body.set(U64, push + AT_FIRST_ID, entry.firstIds[i]);
            }
            at += ENTRY_BYTES;
        }
        return body;
    }

    /** Whether this can be a snapshot; its checksum is compared by the caller. */
    public static boolean wellFormed(MemorySegment source, long from, int bytes) {
        if (bytes % ENTRY_BYTES != 0) return false;
        for (long at = from; at < from + bytes; at += ENTRY_BYTES) {
            int pushes = source.get(U16, at + AT_PUSHES);
            if (pushes < 1 || pushes > ProducerTable.PUSHES) return false;
        }
        return true;
    }

    /** Makes the table what a well-formed snapshot says. */
    public static void decode(MemorySegment source, long from, int bytes, ProducerTable into) {
        into.clear();
        for (long at = from; at < from + bytes; at += ENTRY_BYTES) {
            for (int i = source.get(U16, at + AT_PUSHES) - 1; i >= 0; i--) {
                long push = at + AT_FIRST_PUSH + i * PUSH_BYTES;
                into.enter(
                        source.get(U64, at + AT_ID),
                        Short.toUnsignedInt(source.get(U16, at + AT_EPOCH)),
                        source.get(U32, push + AT_SEQUENCE),
                        source.get(U32, push + AT_COUNT),
                        source.get(U64, push + AT_FIRST_ID));
            }
        }
    }
}
