package rotera.queue.engine;

import java.nio.file.Path;
import rotera.queue.QueueException;
import rotera.queue.format.LogPosition;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Ring;
import rotera.queue.format.Superblock;
import rotera.queue.record.RecordBuffer;

/**
 * Walks along the records of the ring, out of the mapping: steps from one to the next, or searches
 * for the first one behind damage. A walk does not see that the ring is overwritten meanwhile: a
 * reader looks itself, after {@link #look} and after {@link #step}. Not thread-safe.
 */
public final class RecordWalker {
    private final Ring ring;
    private final Superblock superblock;
    private final Path path;
    private final RecordHeader header;
    private long id;
    private long position;
    private LogPosition end = new LogPosition(0, 0);
    private boolean valid;

    /**
     * @param header takes the header of each record
     */
    RecordWalker(Ring ring, Superblock superblock, Path path, RecordHeader header) {
        this.ring = ring;
        this.superblock = superblock;
        this.path = path;
        this.header = header;
    }

    /** Stands at a boundary; the walk ends at another one. */
    public void begin(LogPosition from, LogPosition to) {
        id = from.id();
        position = from.position();
        end = to;
        valid = false;
    }

    public boolean atEnd() {
        return position >= end.position();
    }

    /** Id of the first message behind this place. */
    public long id() {
        return id;
    }

    public long position() {
        return position;
    }

    public LogPosition at() {
        return new LogPosition(id, position);
    }

    /** Whether a record with a valid header lies here, and may follow the one before it. */
    public boolean look() {
        valid =
                header.decode(ring, position, superblock)
                        && fits(header, id, end)
                        && header.mayFollow();
        return valid;
    }

    /** The same, with its body, which is copied into the buffer. */
    boolean lookInto(RecordBuffer buffer) {
        if (!look()) return false;
        long space = header.space();
        buffer.copy(ring, position, 0, space);
        valid =
                buffer.decode(0, position, superblock)
                        && fits(buffer.header(), id, end)
                        && buffer.bodyIntact(0);
        return valid;
    }

    /** Whether a record of this header can begin with this message, in front of this end. */
    public static boolean fits(RecordHeader header, long id, LogPosition end) {
        return header.firstId == id
                && header.endPosition() <= end.position()
                && header.endId() <= end.id();
    }

    /** Steps over the record that was looked at, or over the damage: to the end if need be. */
    public void step() {
        if (valid) {
            header.pass();
            id = header.endId();
            position = header.endPosition();
        } else {
            search();
        }
    }

    private void search() {
        for (long at = position + 8; at < end.position(); at += 8) {
            if (ring.word(at + RecordHeader.AT_POSITION) == at
                    && header.decode(ring, at, superblock)
                    && header.firstId >= id
                    && header.endId() <= end.id()
                    && header.mayFollow()) {
                id = header.firstId;
                position = at;
                return;
            }
        }
        id = end.id();
        position = end.position();
    }

    /** A record that a newer version has put here is no damage. */
    void refuseUnknown() {
        if (header.unknown && header.position == position && header.firstId == id)
            throw new QueueException.UnsupportedFeatureException(path, header.unknownWords());
    }
}
