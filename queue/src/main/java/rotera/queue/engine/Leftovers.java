package rotera.queue.engine;

import static rotera.queue.buffer.LittleEndian.U64;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import rotera.queue.format.LogPosition;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Ring;
import rotera.queue.format.Superblock;

/**
 * Records that a crash has left behind the recovered end. Nothing proves that they were committed,
 * so they do not count; but a later run could write a record of the same id into the same place,
 * and if the device then lost that write, such a ghost would be taken for it. So an opening for
 * writing wipes them, and says how many intact ones there were.
 */
public final class Leftovers {
    private long records;
    private long messages;
    private boolean behindBad;
    private long from = -1;
    private long to;
    private long newestTo;

    /**
     * Looks for them from the end up to {@code until}.
     *
     * @param bad where the walk met something that is no record
     */
    public static Leftovers find(
            Window window, Superblock superblock, LogPosition end, long bad, long until, int epoch)
            throws IOException {
        Leftovers found = new Leftovers();
        RecordHeader header = new RecordHeader();
        for (long at = end.position(); at + RecordHeader.BYTES <= until; at += 8) {
            long offset = window.load(at, RecordHeader.BYTES, until);
            if (window.segment().get(U64, offset + RecordHeader.AT_POSITION) != at
                    || !header.decode(window.segment(), offset, at, superblock)) continue;
            found.note(at);
            if (header.epoch != epoch) continue;
            found.newestTo = Math.max(found.newestTo, Math.min(header.endPosition(), until));
            if (header.firstId < end.id()
                    || header.endPosition() > until
                    || !window.bodyMatches(header, until)) continue;
            found.records++;
            found.messages += header.count;
            found.behindBad |= at > bad;
            at = header.endPosition() - 8;
        }
        return found;
    }

    private void note(long at) {
        if (from < 0) from = at;
        to = at + RecordHeader.BYTES;
    }

    /** Intact records of the last run. */
    public long records() {
        return records;
    }

    /** How many messages they hold. */
    public long messages() {
        return messages;
    }

    /** Whether one of them lies behind something that is no record. */
    boolean behindBad() {
        return behindBad;
    }

    /** How far the last run has written, as far as record headers tell. */
    long newestTo() {
        return newestTo;
    }

    /** Writes zeros over all record headers, up to {@code freeTo}: what lies there is not kept. */
    void wipe(Ring ring, long freeTo) throws IOException {
        if (from < 0) return;
        try (Arena arena = Arena.ofConfined()) {
            long end = Math.min(to, freeTo);
            MemorySegment zeros = arena.allocate(Math.clamp(end - from, 8, Window.BYTES), 8);
            for (long at = from; at < end; at += zeros.byteSize())
                ring.write(at, zeros.asSlice(0, Math.min(zeros.byteSize(), end - at)));
        }
    }
}
