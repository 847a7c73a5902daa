package rotera.queue.engine;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;
import rotera.queue.Producer;
import rotera.queue.buffer.GrowableBuffer;
import rotera.queue.buffer.SequenceNumber;
import rotera.queue.disk.Clock;
import rotera.queue.format.ClockDifference;
import rotera.queue.format.HeaderSlot;
import rotera.queue.format.Index;
import rotera.queue.format.LogPosition;
import rotera.queue.format.ProducerTable;
import rotera.queue.format.ProducerTableCodec;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Ring;
import rotera.queue.format.Superblock;
import rotera.queue.record.RecordBody;
import rotera.queue.record.RecordSplitter;

/**
 * Puts records behind each other into free room of the ring. A push gets ids, positions and room
 * for all of itself under the lock before its first byte is staged; after that it cannot fail
 * without failing the queue. Free is what lies before {@code oldest + ring} for the oldest of the
 * last <i>durable</i> header, so nothing that a crash could bring back is overwritten.
 */
public final class Appender {
    private static final int MOST_STAGING_BYTES = 256 << 10;
    private static final int BLOCK = Superblock.PAGE;
    private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[8]);

    private final ReentrantLock lock = new ReentrantLock();
    private final Superblock superblock;
    private final Ring ring;
    private final Index index;
    private final ReadableRange bounds;
    private final Clock clock;
    private final RecordHeader header = new RecordHeader();
    private final ClockDifference difference = new ClockDifference();
    private final CRC32C crc = new CRC32C();
    private final ProducerTable producers;
    private final SnapshotSchedule snapshots;

    private HeaderSlot durable;
    private LogPosition next;
    private long lastMillis;
    private long lastInterval;

    // Bytes in [stagedFrom, next) are in the staging memory; before that they are written.
    private final int stagingBytes;
    private final GrowableBuffer staging;
    private long staged;
    private long stagedFrom;
    private long filledTo;

    Appender(FileState opening, Clock clock) throws IOException {
        this.superblock = opening.superblock;
        this.ring = opening.ring;
        this.index = opening.index;
        this.bounds = opening.bounds;
        this.durable = opening.header;
        this.clock = clock;
        this.stagingBytes =
                (int)
                        Math.min(
                                MOST_STAGING_BYTES,
                                Superblock.roundUp(2 * superblock.uncommittedBytes(), BLOCK));
        this.staging = new GrowableBuffer(stagingBytes + BLOCK);
        this.next = bounds.committed();
        this.lastMillis = durable.lastMillis();
        this.lastInterval = next.position() == 0 ? -1 : index.interval(next.position() - 1);
        this.stagedFrom = next.position();
        this.filledTo = next.position();
        this.producers = opening.producers;
        this.snapshots = new SnapshotSchedule(producers, opening.producersBegin, superblock);
        // Before the first push: however often a crash follows, the walk to the table stays short.
        try {
            if (snapshots.due(next)) takeSnapshot();
        } catch (Throwable e) {
            staging.close();
            throw e;
        }
    }

    public void lock() {
        lock.lock();
    }

    public void unlock() {
        lock.unlock();
    }

    /**
     * The id that the batch got if its producer has pushed it before, else {@link
     * ProducerTable#NEW}. Under the lock.
     */
    public long find(RecordBody body) {
        Producer producer = body.producer();
        return producer.id() == 0 || body.count() == 0
                ? ProducerTable.NEW
                : producers.find(producer, body.count(), body.consecutive());
    }

    /** What has to stay free behind a push, so that a snapshot never waits. Under the lock. */
    public long keptFree(RecordBody body) {
        return producers.isEmpty() && body.producer().id() == 0 ? 0 : superblock.snapshotSpace();
    }

    public Optional<Producer> lastPush(long producerId) {
        lock.lock();
        try {
            return producers.last(producerId);
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. */
    public SnapshotSchedule snapshots() {
        return snapshots;
    }

    /** Whether there is room for this much that no crash could need again. Under the lock. */
    public boolean hasRoom(long space) {
        return next.position() + space - durable.oldest().position() <= ring.bytes();
    }

    /** Whether this much more would leave too much uncommitted. Under the lock. */
    boolean exceedsUncommitted(long space) {
        long uncommitted = uncommitted();
        return uncommitted > 0 && uncommitted + space > superblock.uncommittedBytes();
    }

    public long uncommitted() {
        return next.position() - bounds.committed().position();
    }

    /**
     * Stages all parts; returns the first id. Under the lock, with room. After an error the queue
     * has failed.
     */
    public long stage(RecordBody body, RecordSplitter parts) throws IOException {
        LogPosition begin = next;
        long clockMillis = body.timeMillis() < 0 ? clock.millis() : body.timeMillis();
        lastMillis = Math.max(lastMillis, clockMillis);
        boolean clocked = ClockDifference.isDue(clockMillis, lastMillis);
        int first = 0;
        long from = 0;
        for (int part = 0; part < parts.size(); part++) {
            int count = parts.count(part);
            long payloadBytes = parts.payloadBytes(part);
            describe(body, part, parts, first);
            if (clocked) header.flags |= RecordHeader.CLOCK;
            noteInterval();
            put(header.encode(superblock.salt()), 0, RecordHeader.BYTES);
            if (clocked) putDifference(clockMillis - lastMillis);
            put(body.lengths(), body.lengthsAt() + 4L * first, 4L * count);
            put(body.payload(), body.payloadAt() + from, payloadBytes);
            pad(header.space() - header.bodyAt() - header.bodyBytes);
            next = new LogPosition(header.endId(), header.endPosition());
            first += count;
            from += payloadBytes;
        }
        if (body.producer().id() != 0 && first > 0) enter(body.producer(), first, begin);
        if (first > 0) body.pushedMillis(clocked ? clockMillis : lastMillis);
        return begin.id();
    }

    private void putDifference(long millis) throws IOException {
        put(difference.encode(millis, header, superblock.salt()), 0, ClockDifference.BYTES);
    }

    private void enter(Producer producer, int count, LogPosition begin) {
        snapshots.beforePush(begin);
        producers.enter(producer.id(), producer.epoch(), producer.sequence(), count, begin.id());
    }

    /** Stages a snapshot of the producers if there is room for it. Under the lock. */
    void takeSnapshot() throws IOException {
        MemorySegment body = ProducerTableCodec.encode(producers);
        if (!hasRoom(RecordHeader.space(body.byteSize()))) return;
        LogPosition begin = next;
        describe(body);
        noteInterval();
        put(header.encode(superblock.salt()), 0, RecordHeader.BYTES);
        put(body, 0, body.byteSize());
        next = new LogPosition(header.endId(), header.endPosition());
        snapshots.taken(begin, next);
    }

    private void describe(MemorySegment snapshot) {
        crc.reset();
        crc.update(snapshot.asByteBuffer());
        describe(RecordHeader.PRODUCERS, Producer.NONE);
        header.flags = 0;
        header.count = 0;
        header.bodyBytes = (int) snapshot.byteSize();
        header.bodyChecksum = (int) crc.getValue();
        header.sequence = 0;
    }

    private void describe(RecordBody body, int part, RecordSplitter parts, int firstMessage) {
        Producer producer = body.producer();
        describe(RecordHeader.MESSAGES, producer);
        header.flags =
                (part > 0 ? RecordHeader.NOT_FIRST_PART : 0)
                        | (part < parts.size() - 1 ? RecordHeader.NOT_LAST_PART : 0)
                        | (body.enveloped() ? RecordHeader.ENVELOPES : 0);
        header.count = parts.count(part);
        header.bodyBytes = (int) (4L * header.count + parts.payloadBytes(part));
        header.bodyChecksum = parts.checksum(part);
        header.sequence =
                producer.id() == 0 ? 0 : SequenceNumber.plus(producer.sequence(), firstMessage);
    }

    /** The record at the end, but for what it holds. */
    private void describe(int kind, Producer producer) {
        header.kind = kind;
        header.producerEpoch = producer.epoch();
        header.firstId = next.id();
        header.position = next.position();
        header.epoch = durable.epoch();
        header.durableLag = next.position() - bounds.committed().position();
        header.timeMillis = lastMillis;
        header.producerId = producer.id();
    }

    private void noteInterval() throws IOException {
        long interval = index.interval(next.position());
        if (interval == lastInterval) return;
        lastInterval = interval;
        index.write(next.position(), next.id(), lastMillis);
    }

    private void put(MemorySegment source, long from, long length) throws IOException {
        for (long done = 0; done < length; ) {
            long bytes = Math.min(length - done, stagingBytes - staged);
            MemorySegment.copy(source, from + done, staging.segment(), staged, bytes);
            staged += bytes;
            done += bytes;
            if (staged == stagingBytes) writeWholeBlocks();
        }
    }

    private void pad(long length) throws IOException {
        if (length > 0) put(ZEROS, 0, length);
    }

    /**
     * Writes what is staged but for a block that is not yet full: overwriting whole blocks saves
     * the kernel from reading the old ones first.
     */
    private void writeWholeBlocks() throws IOException {
        long end = stagedFrom + staged;
        long rest = end & (BLOCK - 1);
        long length = staged - rest;
        ring.write(stagedFrom, staging.segment().asSlice(0, length));
        MemorySegment.copy(staging.segment(), length, staging.segment(), 0, rest);
        stagedFrom += length;
        staged = rest;
    }

    /**
     * Writes what is staged and returns the end of the last push. Under the lock. The rest of a
     * block that is entered is filled with zeros where that is free room, for the same reason as
     * above.
     */
    public LogPosition writeOut() throws IOException {
        if (staged == 0) return next;
        long end = stagedFrom + staged;
        long length = staged;
        long blockEnd = Superblock.roundUp(end, BLOCK);
        if (end > filledTo && blockEnd - durable.oldest().position() <= ring.bytes()) {
            staging.segment().asSlice(length, blockEnd - end).fill((byte) 0);
            length += blockEnd - end;
            filledTo = blockEnd;
        }
        ring.write(stagedFrom, staging.segment().asSlice(0, length));
        stagedFrom = end;
        staged = 0;
        return next;
    }

    /** The header of the last finished sync. Under the lock. */
    public HeaderSlot durable() {
        return durable;
    }

    public void durable(HeaderSlot header) {
        durable = header;
    }

    public long lastMillis() {
        return lastMillis;
    }

    public LogPosition next() {
        return next;
    }

    public void close() {
        lock.lock();
        try {
            staging.close();
        } finally {
            lock.unlock();
        }
    }
}
