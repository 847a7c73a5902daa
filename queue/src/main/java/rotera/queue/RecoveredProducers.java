package rotera.queue;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The table of producers while a walk rebuilds it from the records that it meets. A snapshot
 * replaces it; a push is entered with its last part. Not thread-safe.
 */
final class RecoveredProducers {
    private final Producers table;
    private @Nullable Mark begin;
    private boolean whole = true;

    // A push whose last part has not come yet.
    private @Nullable Mark pushAt;
    private long producerId;
    private int sequence;
    private int count;

    RecoveredProducers(Superblock superblock) {
        table = new Producers(superblock.producers());
    }

    /** Takes a valid record, with its body, into account. */
    void take(RecordHeader header, MemorySegment source, long bodyAt) {
        if (header.kind == RecordHeader.PRODUCERS) snapshot(header, source, bodyAt);
        else if (!header.holdsMessages() || header.producerId == 0) pushAt = null;
        else push(header);
    }

    private void snapshot(RecordHeader header, MemorySegment source, long bodyAt) {
        pushAt = null;
        if (!ProducersSnapshot.wellFormed(source, bodyAt, header.bodyBytes)) {
            damaged();
            return;
        }
        ProducersSnapshot.decode(source, bodyAt, header.bodyBytes, table);
        begin = new Mark(header.firstId, header.position);
        whole = true;
    }

    private void push(RecordHeader header) {
        if (header.firstPart()) {
            pushAt = new Mark(header.firstId, header.position);
            producerId = header.producerId;
            sequence = header.sequence;
            count = 0;
        }
        Mark at = pushAt;
        if (at == null || producerId != header.producerId) return;
        count += header.count;
        if (!header.lastPart()) return;
        if (table.isEmpty()) begin = at;
        table.enter(producerId, header.producerEpoch, sequence, count, at.id());
        pushAt = null;
    }

    /** Records are missing here: a push that began before them is not entered. */
    void hole() {
        pushAt = null;
    }

    /** What the table has to be rebuilt from cannot be read. */
    void damaged() {
        hole();
        whole = false;
    }

    /** Whether nothing that the table has to be rebuilt from was damaged. */
    boolean whole() {
        return whole;
    }

    Producers table() {
        return table;
    }

    /** Where a walk has to begin to rebuild this table; null while it is empty. */
    @Nullable Mark begin() {
        return begin;
    }
}
