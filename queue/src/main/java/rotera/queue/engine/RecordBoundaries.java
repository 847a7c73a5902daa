package rotera.queue.engine;

import java.nio.file.Path;
import rotera.queue.format.Index;
import rotera.queue.format.LogPosition;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Ring;
import rotera.queue.format.Superblock;
import rotera.queue.record.RecordBuffer;

/**
 * Finds where records begin, for eviction and for an opening: nothing is overwritten meanwhile.
 * Guarded by the caller.
 */
public final class RecordBoundaries {
    private final Index index;
    private final RecordHeader header = new RecordHeader();
    private final RecordWalker walker;

    RecordBoundaries(Ring ring, Superblock superblock, Index index, Path path) {
        this.index = index;
        this.walker = new RecordWalker(ring, superblock, path, header);
    }

    /**
     * The first boundary at or behind a position, but not behind {@code limit}, which is one.
     *
     * @param oldest of the records that are kept, which end at {@code committed}
     */
    public LogPosition at(
            long position, LogPosition limit, LogPosition oldest, LogPosition committed) {
        if (position >= limit.position()) return limit;
        header.beginWalk();
        walker.begin(
                index.floor(Index.BY_POSITION, position, oldest, committed, header), committed);
        while (walker.position() < position) {
            if (!walker.look()) walker.refuseUnknown();
            walker.step();
        }
        return walker.position() >= limit.position() ? limit : walker.at();
    }

    /**
     * The first record at or behind {@code from} from which on all are intact, as far as they begin
     * before {@code until}; {@code limit}, a boundary, if there is none before it.
     */
    LogPosition firstIntact(long from, long until, LogPosition oldest, LogPosition limit) {
        LogPosition first = at(from, limit, oldest, limit);
        walker.begin(first, limit);
        try (RecordBuffer buffer = new RecordBuffer(RecordBuffer.DEFAULT_LIMIT)) {
            while (walker.position() < Math.min(until, limit.position())) {
                long damaged = walker.id();
                boolean intact = walker.lookInto(buffer);
                walker.step();
                // A damaged snapshot of the producers takes no messages with it.
                if (!intact && walker.id() > damaged) first = walker.at();
            }
        }
        return first;
    }
}
