package rotera.queue.engine;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import rotera.queue.format.LogPosition;
import rotera.queue.format.ProducerTable;
import rotera.queue.format.ProducerTableCodec;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Superblock;

/**
 * The table of producers while a walk rebuilds it from the records that it meets. A snapshot
 * replaces it; a push is entered with its last part. Not thread-safe.
 */
public final class RecoveredProducers {
    private final ProducerTable table;
    private @Nullable LogPosition begin;
    private boolean whole = true;

    // A push whose last part has not come yet.
    private @Nullable LogPosition pushAt;
    private long producerId;
    private int sequence;
    private int count;

    RecoveredProducers(Superblock superblock) {
        table = new ProducerTable(superblock.producers());
    }

    /** Takes a valid record, with its body, into account. */
    public void take(RecordHeader header, MemorySegment source, long bodyAt) {
        if (header.kind == RecordHeader.PRODUCERS) snapshot(header, source, bodyAt);
        else if (!header.holdsMessages() || header.producerId == 0) pushAt = null;
        else push(header);
    }

    private void snapshot(RecordHeader header, MemorySegment source, long bodyAt) {
        pushAt = null;
        if (!ProducerTableCodec.wellFormed(source, bodyAt, header.bodyBytes)) {
            damaged();
            return;
        }
        ProducerTableCodec.decode(source, bodyAt, header.bodyBytes, table);
        begin = new LogPosition(header.firstId, header.position);
        whole = true;
    }

    private void push(RecordHeader header) {
        if (header.firstPart()) {
            pushAt = new LogPosition(header.firstId, header.position);
            producerId = header.producerId;
            sequence = header.sequence;
            count = 0;
        }
        LogPosition at = pushAt;
        if (at == null || producerId != header.producerId) return;
        count += header.count;
        if (!header.lastPart()) return;
        if (table.isEmpty()) begin = at;
        table.enter(producerId, header.producerEpoch, sequence, count, at.id());
        pushAt = null;
    }

    /** Records are missing here: a push that began before them is not entered. */
    public void hole() {
        pushAt = null;
    }

    /** What the table has to be rebuilt from cannot be read. */
    public void damaged() {
        hole();
        whole = false;
    }

    /** Whether nothing that the table has to be rebuilt from was damaged. */
    public boolean whole() {
        return whole;
    }

    public ProducerTable table() {
        return table;
    }

    /** Where a walk has to begin to rebuild this table; null while it is empty. */
    @Nullable LogPosition begin() {
        return begin;
    }
}
