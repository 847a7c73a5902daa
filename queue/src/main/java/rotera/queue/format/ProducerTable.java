package rotera.queue.format;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rotera.queue.Producer;
import rotera.queue.QueueException;
import rotera.queue.buffer.SequenceNumber;

/**
 * The producers that pushed last, each with its last pushes, so that a push that comes again is
 * recognised. Bounded: when it is full, a new producer takes the place of the one that has not
 * pushed for the longest. A push of a known producer allocates nothing. Not thread-safe: the append
 * lock guards it.
 */
public final class ProducerTable {
    /** Most producers that a queue remembers. */
    public static final int MAX = 1000;

    /** How many pushes of each are remembered. */
    public static final int PUSHES = Producer.REMEMBERED_PUSHES;

    /** What {@link #find} returns for a push that was not seen before. */
    public static final long NEW = -1;

    private final int capacity;
    private final @Nullable Entry[] buckets;
    private @Nullable Entry first;
    private @Nullable Entry last;
    private int size;

    /** One producer, in a bucket's chain and in the order of the last pushes. */
    public static final class Entry {
        long id;
        int epoch;
        int pushes;

        // Newest first.
        final int[] sequences = new int[PUSHES];
        final int[] counts = new int[PUSHES];
        final long[] firstIds = new long[PUSHES];

        private @Nullable Entry inBucket;
        private @Nullable Entry earlier;
        private @Nullable Entry later;

        /** Who has pushed after this one, if anyone. */
        @Nullable Entry later() {
            return later;
        }

        int expected() {
            return SequenceNumber.plus(sequences[0], counts[0]);
        }
    }

    public ProducerTable(int capacity) {
        this.capacity = capacity;
        this.buckets = new Entry[Math.max(1, Integer.highestOneBit(2 * capacity))];
    }

    public boolean isEmpty() {
        return size == 0;
    }

    public int size() {
        return size;
    }

    /** Who has not pushed for the longest. */
    @Nullable Entry first() {
        return first;
    }

    /**
     * The id that this push got the first time; {@link #NEW} if it is a new one. Only a push that
     * is remembered is a repetition. A sequence below the expected one proves nothing: that push
     * may have been refused while a later one was kept.
     *
     * @param consecutive whether the sequence has to be the expected one
     * @throws QueueException.OutOfOrderException if the sequence lies before the expected one and
     *     the push is not remembered, or is not the expected one and has to be
     * @throws QueueException.UnknownProducerException if the sequence has to be the expected one,
     *     is not 0, and the producer is not remembered
     * @throws QueueException.ProducerFencedException if the producer goes on with a later epoch
     */
    public long find(Producer producer, int count, boolean consecutive) {
        Entry entry = entry(producer.id());
        if (entry == null) {
            if (consecutive && producer.sequence() != 0)
                throw new QueueException.UnknownProducerException(producer);
            return NEW;
        }
        if (producer.epoch() < entry.epoch)
            throw new QueueException.ProducerFencedException(producer, entry.epoch);
        if (producer.epoch() > entry.epoch) {
            if (consecutive && producer.sequence() != 0)
                throw new QueueException.OutOfOrderException(producer, count, 0);
            return NEW;
        }
        for (int i = 0; i < entry.pushes; i++) {
            if (entry.sequences[i] == producer.sequence() && entry.counts[i] == count)
                return entry.firstIds[i];
        }
        int expected = entry.expected();
        if (SequenceNumber.isBefore(producer.sequence(), expected)
                || (consecutive && producer.sequence() != expected))
            throw new QueueException.OutOfOrderException(producer, count, expected);
        return NEW;
    }

    /** Notes a push, which makes its producer the one that pushed last. */
    public void enter(long id, int epoch, int sequence, int count, long firstId) {
        if (capacity == 0) return;
        Entry entry = entry(id);
        if (entry == null) entry = add(id, epoch);
        else unlink(entry);
        append(entry);
        if (epoch != entry.epoch) {
            entry.epoch = epoch;
            entry.pushes = 0;
        }
        int kept = Math.min(entry.pushes, PUSHES - 1);
        System.arraycopy(entry.sequences, 0, entry.sequences, 1, kept);
        System.arraycopy(entry.counts, 0, entry.counts, 1, kept);
        System.arraycopy(entry.firstIds, 0, entry.firstIds, 1, kept);
        entry.sequences[0] = SequenceNumber.of(sequence);
        entry.counts[0] = count;
        entry.firstIds[0] = firstId;
        entry.pushes = kept + 1;
    }

    /** A producer with the sequence of the last message that it pushed. */
    public Optional<Producer> last(long id) {
        Entry entry = entry(id);
        return entry == null
                ? Optional.empty()
                : Optional.of(
                        new Producer(id, entry.epoch, SequenceNumber.plus(entry.expected(), -1)));
    }

    public void clear() {
        Arrays.fill(buckets, null);
        first = null;
        last = null;
        size = 0;
    }

    private int bucket(long id) {
        // A producer chooses its id: spread what is close together.
        return (int) ((id * 0x9e3779b97f4a7c15L) >>> 33) & (buckets.length - 1);
    }

    private @Nullable Entry entry(long id) {
        Entry entry = buckets[bucket(id)];
        while (entry != null && entry.id != id) entry = entry.inBucket;
        return entry;
    }

    private Entry add(long id, int epoch) {
        Entry entry = size < capacity || first == null ? new Entry() : removeFirst(first);
        entry.id = id;
        entry.epoch = epoch;
        entry.pushes = 0;
        int bucket = bucket(id);
        entry.inBucket = buckets[bucket];
        buckets[bucket] = entry;
        size++;
        return entry;
    }

    private Entry removeFirst(Entry entry) {
        unlink(entry);
        int bucket = bucket(entry.id);
        Entry at = buckets[bucket];
        if (at == entry) {
            buckets[bucket] = entry.inBucket;
        } else {
            while (at != null && at.inBucket != entry) at = at.inBucket;
            if (at != null) at.inBucket = entry.inBucket;
        }
        size--;
        return entry;
    }

    private void unlink(Entry entry) {
        Entry earlier = entry.earlier;
        Entry later = entry.later;
        if (earlier == null) first = later;
        else earlier.later = later;
        if (later == null) last = earlier;
        else later.earlier = earlier;
    }

    private void append(Entry entry) {
        entry.earlier = last;
        entry.later = null;
        if (last == null) first = entry;
        else last.later = entry;
        last = entry;
    }
}
