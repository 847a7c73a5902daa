package rotera.simulator.queue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import rotera.queue.Batch;
import rotera.queue.Envelope;
import rotera.queue.Messages;
import rotera.queue.Producer;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.format.Superblock;
import rotera.queue.record.RecordAccess;
import rotera.simulator.Choices;

/**
 * What a queue has to hold: a list of pushes, of which the first {@link #settled} were committed or
 * shown to a reader and have to stay for ever. Compares a queue with it and throws an {@link
 * AssertionError} that names the broken invariant.
 */
final class QueueModel {
    private static final int CONTENT_BYTES = 4 << 20;

    /** What small messages are pieces of, so that it stays near the processor. */
    private static final int NEAR_CONTENT_BYTES = 1 << 18;

    private static final MemorySegment CONTENT = content();

    private final ArrayList<Push> pushes = new ArrayList<>();
    private final ArrayDeque<Push> lost = new ArrayDeque<>();
    private int settled;
    private final Superblock superblock;

    // Clients that push again, after a crash, what no commit of theirs has covered.
    private final ArrayDeque<Push> unknown = new ArrayDeque<>();
    private int acknowledged;
    private Client[] clients = {};
    private long nextProducerId = 1;

    QueueModel(Superblock superblock) {
        this.superblock = superblock;
    }

    /** The same pushes, to go on with in another direction. */
    QueueModel copy() {
        QueueModel copy = new QueueModel(superblock);
        for (Push push : pushes) copy.pushes.add(push.copy());
        copy.settled = settled;
        copy.lost.addAll(lost);
        copy.unknown.addAll(unknown);
        copy.acknowledged = acknowledged;
        copy.nextProducerId = nextProducerId;
        copy.clients = new Client[clients.length];
        for (int i = 0; i < clients.length; i++) copy.clients[i] = clients[i].copy();
        return copy;
    }

    /** One that pushes as a producer. */
    private static final class Client {
        long producerId;
        int epoch;
        int sequence;

        Client copy() {
            Client copy = new Client();
            copy.producerId = producerId;
            copy.epoch = epoch;
            copy.sequence = sequence;
            return copy;
        }
    }

    /** One push: its messages are pieces of {@link #CONTENT}. */
    static final class Push {
        long firstId;
        long space;
        int count;
        int[] from = new int[4];
        int[] length = new int[4];
        Envelope @Nullable [] envelopes;
        long clockMillis;
        boolean clockUnknown; // it may have moved before the push was staged

        /** What the committed id was at least when the push was made. */
        long committedId;

        /** Who pushed it; 0 for nobody. */
        long producerId;

        int producerEpoch;
        int sequence;

        /** The time that a search by time goes by, once it was read. */
        long orderMillis = -1;

        /** Whether a bit of it was turned over. */
        boolean damaged;

        Push copy() {
            Push copy = new Push();
            copy.firstId = firstId;
            copy.space = space;
            copy.count = count;
            copy.from = from;
            copy.length = length;
            copy.envelopes = envelopes;
            copy.clockMillis = clockMillis;
            copy.clockUnknown = clockUnknown;
            copy.committedId = committedId;
            copy.producerId = producerId;
            copy.producerEpoch = producerEpoch;
            copy.sequence = sequence;
            copy.orderMillis = orderMillis;
            copy.damaged = damaged;
            return copy;
        }

        long endId() {
            return firstId + count;
        }

        /** The same, not pushed yet. */
        Push again() {
            Push again = copy();
            again.orderMillis = -1;
            again.damaged = false;
            return again;
        }

        /** The first of its messages, with the same sequence: none of the pushes that were made. */
        Push part(Choices random) {
            Push part = again();
            part.count = 1 + random.nextInt(count);
            return part;
        }

        void add(Choices random, int bytes) {
            if (count == from.length) {
                from = Arrays.copyOf(from, 2 * count);
                length = Arrays.copyOf(length, 2 * count);
            }
            from[count] = random.nextInt(Math.max(NEAR_CONTENT_BYTES, bytes + 1) - bytes);
            length[count++] = bytes;
        }

        void fill(Batch batch) {
            batch.clear();
            if (producerId != 0) batch.producer(new Producer(producerId, producerEpoch, sequence));
            for (int i = 0; i < count; i++) {
                MemorySegment value = CONTENT.asSlice(from[i], length[i]);
                if (envelopes == null) batch.add(value, 0, length[i]);
                else batch.add(envelopes[i], value.toArray(ValueLayout.JAVA_BYTE));
            }
        }
    }

    private static MemorySegment content() {
        @SuppressWarnings("MustBeClosedChecker")
        MemorySegment content = Arena.ofAuto().allocate(CONTENT_BYTES, 8);
        SplittableRandom random = new SplittableRandom(8245);
        for (long at = 0; at < CONTENT_BYTES; at += 8)
            content.set(ValueLayout.JAVA_LONG, at, random.nextLong());
        return content;
    }

    /** What the records of a push take of the ring: an own reckoning, by docs/format.md. */
    static long space(Batch batch, int intervalBytes) {
        long limit = intervalBytes - 64L - 16;
        long space = 0;
        long body = 0;
        for (int i = 0; i < batch.count(); i++) {
            long more = 4L + RecordAccess.body(batch).length(i);
            if (body > 0 && body + more > limit) {
                space += 64 + (body + 7) / 8 * 8;
                body = 0;
            }
            body += more;
        }
        return space + 64 + (body + 7) / 8 * 8;
    }

    long nextId() {
        return pushes.isEmpty() ? 0 : pushes.getLast().endId();
    }

    long settledId() {
        return settled == 0 ? 0 : pushes.get(settled - 1).endId();
    }

    int size() {
        return pushes.size();
    }

    int settled() {
        return settled;
    }

    Push push(int number) {
        return pushes.get(number);
    }

    /**
     * The next push that the last crash lost, if any: pushing the same again puts records where the
     * lost ones, some of which may be on the disk, would go on fitting.
     */
    @Nullable Push nextLost() {
        return lost.poll();
    }

    void forgetLost() {
        lost.clear();
    }

    /** Notes a push that came before the last one, which is still waiting. */
    void addBeforeLast(Push push, Batch batch) {
        Push last = pushes.removeLast();
        add(push, batch);
        last.firstId = nextId();
        pushes.add(last);
    }

    /** Notes a push that may have reached the disk. */
    void add(Push push, Batch batch) {
        push.firstId = nextId();
        push.space = space(batch, superblock.intervalBytes());
        push.committedId = settledId();
        pushes.add(push);
    }

    /** A commit has returned this id, or it was shown: everything before it stays. */
    void settle(long id) {
        int number = numberOfEnd(id);
        if (number < 0) throw new AssertionError("id " + id + " is not the end of a push (I5)");
        settled = Math.max(settled, number);
    }

    /** How many pushes end at or before this id; -1 if it lies within a push. */
    private int numberOfEnd(long id) {
        if (id == 0) return 0;
        int number = numberOf(id - 1);
        return number >= 0 && pushes.get(number).endId() == id ? number + 1 : -1;
    }

    /** Pushes that begin before this message may be reported as damaged. */
    void mayBeDamagedBefore(long id) {
        for (Push push : pushes) if (push.firstId < id) push.damaged = true;
    }

    /** Whether one of these messages is damaged. */
    boolean isDamaged(long from, long to) {
        for (Push push : pushes)
            if (push.damaged && push.endId() > from && push.firstId < to) return true;
        return false;
    }

    /** The push that holds this message; null if there is none. */
    @Nullable Push pushAt(long id) {
        int number = numberOf(id);
        return number < 0 ? null : pushes.get(number);
    }

    /** The number of the push that holds this message; -1 if there is none. */
    private int numberOf(long id) {
        int low = 0;
        int high = pushes.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Push push = pushes.get(middle);
            if (id < push.firstId) high = middle - 1;
            else if (id >= push.endId()) low = middle + 1;
            else return middle;
        }
        return -1;
    }

    /**
     * After an opening, the queue ends here: a prefix of the pushes, with all that were settled.
     */
    void reopened(long endId) {
        int number = numberOfEnd(endId);
        if (number < 0)
            throw new AssertionError(
                    "reopened with end "
                            + endId
                            + ", which is not the end of a push; pushed "
                            + nextId()
                            + " (I5)");
        if (number < settled)
            throw new AssertionError(
                    "reopened with end " + endId + ", " + settledId() + " was committed (I1)");
        pushAgain();
        List<Push> gone = pushes.subList(number, pushes.size());
        if (!gone.isEmpty()) {
            lost.clear();
            for (Push push : gone) if (push.producerId == 0) lost.add(push);
            gone.clear();
        }
        settled = number;
    }

    /** What was not acknowledged comes before what could not even be pushed again. */
    private void pushAgain() {
        List<Push> before = List.copyOf(unknown);
        unknown.clear();
        for (Push push : pushes.subList(Math.min(acknowledged, pushes.size()), pushes.size()))
            if (push.producerId != 0) unknown.add(push);
        for (Push push : before) if (find(push, unknown) == null) unknown.add(push);
    }

    private static @Nullable Push find(Push push, Iterable<Push> among) {
        for (Push other : among)
            if (other.producerId == push.producerId
                    && other.producerEpoch == push.producerEpoch
                    && other.sequence == push.sequence) return other;
        return null;
    }

    /** A commit of the clients has returned that covers so many pushes. */
    void acknowledge(int count) {
        acknowledged = Math.max(acknowledged, count);
    }

    void makeClients(int count, Choices random) {
        clients = new Client[count];
        for (int i = 0; i < count; i++) clients[i] = newClient(random.nextBoolean() ? 0 : 50);
    }

    private Client newClient(int beforeTheEnd) {
        Client client = new Client();
        client.producerId = nextProducerId++ * 0x100000001L;
        if (beforeTheEnd > 0) client.sequence = Integer.MAX_VALUE - beforeTheEnd;
        return client;
    }

    boolean hasClients() {
        return clients.length > 0;
    }

    /** Nothing is known of the table of producers: all clients are new ones. */
    void replaceClients() {
        unknown.clear();
        for (int i = 0; i < clients.length; i++) clients[i] = newClient(0);
    }

    private void replaceClient(long producerId) {
        for (int i = 0; i < clients.length; i++)
            if (clients[i].producerId == producerId) clients[i] = newClient(0);
    }

    /** One of the clients makes this push its next one. */
    void assign(Push push, Choices random) {
        if (clients.length == 0 || push.count == 0 || random.nextInt(4) == 0) return;
        Client client = clients[random.nextInt(clients.length)];
        if (random.nextInt(40) == 0) {
            client.epoch++;
            client.sequence = random.nextInt(10);
        }
        int gap = random.nextInt(10) == 0 ? random.nextInt(10) : 0;
        push.producerId = client.producerId;
        push.producerEpoch = client.epoch;
        push.sequence = after(client.sequence, gap);
        client.sequence = after(push.sequence, push.count);
    }

    private static int after(int sequence, int count) {
        return (int) (((long) sequence + count) % (1L << 31));
    }

    /** What a client has to push again next; null if there is nothing. */
    @Nullable Push nextUnknown() {
        while (true) {
            Push push = unknown.poll();
            if (push == null) return null;
            if (!isCurrent(push)) continue;
            if (isRemembered(push.producerId) || lastOf(push.producerId) == null) return push;
            replaceClient(push.producerId); // forgotten: a client could not know
        }
    }

    private boolean isCurrent(Push push) {
        Client client = client(push.producerId);
        return client != null && client.epoch == push.producerEpoch;
    }

    private @Nullable Client client(long producerId) {
        for (Client client : clients) if (client.producerId == producerId) return client;
        return null;
    }

    /** One of the last pushes of a client that is remembered, to push it again; null if none. */
    @Nullable Push anyRemembered(Choices random) {
        for (int i = pushes.size() - 1 - random.nextInt(20); i >= 0; i--) {
            Push push = pushes.get(i);
            if (push.producerId == 0) continue;
            if (client(push.producerId) != null && isRemembered(push.producerId)) return push;
        }
        return null;
    }

    /** Whether fewer others than the queue remembers have pushed since. */
    private boolean isRemembered(long producerId) {
        List<Long> since = new ArrayList<>();
        for (int i = pushes.size() - 1; i >= 0; i--) {
            long id = pushes.get(i).producerId;
            if (id == producerId) return true;
            if (id != 0 && !since.contains(id)) since.add(id);
            if (since.size() == superblock.producers()) return false;
        }
        return false;
    }

    private @Nullable Push lastOf(long producerId) {
        for (Push push : pushes.reversed()) if (push.producerId == producerId) return push;
        return null;
    }

    /** What a queue has to answer to this push of a producer. */
    enum Answer {
        NEW,
        KNOWN,
        OUT_OF_ORDER,
        FENCED
    }

    /** By docs/format.md: the last five pushes of its producer's epoch are known. */
    Answer answer(Push push) {
        int later = 0;
        List<Long> since = new ArrayList<>();
        for (Push other : pushes.reversed()) {
            if (other.producerId != push.producerId) {
                if (other.producerId != 0 && !since.contains(other.producerId))
                    since.add(other.producerId);
                if (since.size() == superblock.producers()) break;
                continue;
            }
            since.clear();
            if (other.producerEpoch > push.producerEpoch) return Answer.FENCED;
            if (other.producerEpoch < push.producerEpoch) break;
            if (other.sequence == push.sequence)
                return later < 5 && other.count == push.count ? Answer.KNOWN : Answer.OUT_OF_ORDER;
            later++;
        }
        if (later == 0) return Answer.NEW;
        Push last = lastOf(push.producerId);
        if (last == null) throw new AssertionError();
        long ahead =
                Math.floorMod((long) push.sequence - after(last.sequence, last.count), 1L << 31);
        return ahead < 1 << 30 ? Answer.NEW : Answer.OUT_OF_ORDER;
    }

    /** The id that a known push got the first time. */
    long idOf(Push push) {
        Push known = find(push, pushes);
        if (known == null) throw new AssertionError("not pushed");
        return known.firstId;
    }

    /** What each client has pushed last is known, as far as it is remembered. */
    void compareLast(RotFile file) {
        for (Client client : clients) {
            if (!isRemembered(client.producerId)) continue;
            Push last = lastOf(client.producerId);
            if (last == null) throw new AssertionError();
            int sequence = after(last.sequence, last.count - 1);
            Producer expected = new Producer(last.producerId, last.producerEpoch, sequence);
            Optional<Producer> known = file.lastPush(client.producerId);
            if (!known.equals(Optional.of(expected)))
                throw new AssertionError("last push is " + known + ", not " + expected);
        }
    }

    /** Compares messages that were read with what was pushed. */
    void compare(long asked, long oldestBefore, Messages messages) {
        long id = Math.max(asked, messages.firstId());
        if (messages.firstId() < asked)
            throw new AssertionError("read from " + asked + " begins at " + messages.firstId());
        if (messages.count() > 0 && messages.firstId() - asked != messages.skipped())
            throw new AssertionError(
                    "read from "
                            + asked
                            + " begins at "
                            + messages.firstId()
                            + " and skipped "
                            + messages.skipped());
        if (messages.count() > 0 && messages.firstId() > Math.max(asked, oldestBefore))
            throw new AssertionError(
                    "read from "
                            + asked
                            + " begins at "
                            + messages.firstId()
                            + ", oldest is "
                            + oldestBefore);
        int number = numberOf(id);
        while (messages.next()) {
            if (messages.id() != id)
                throw new AssertionError(
                        "message " + messages.id() + " comes instead of " + id + " (I3)");
            if (number < 0 || number >= settled)
                throw new AssertionError(
                        "message " + id + " was read, committed are " + settledId() + " (I2)");
            Push push = pushes.get(number);
            compare(push, (int) (id - push.firstId), messages);
            id++;
            if (id == push.endId()) number++;
        }
        if (id != Math.max(asked, messages.firstId()) + messages.count())
            throw new AssertionError("read tells " + messages.count() + " messages");
    }

    private void compare(Push push, int index, Messages messages) {
        long id = push.firstId + index;
        long bytes = valueBytes(push, index);
        if (messages.length() != bytes
                || MemorySegment.mismatch(
                                messages.data(),
                                messages.offset(),
                                messages.offset() + bytes,
                                CONTENT,
                                push.from[index],
                                push.from[index] + bytes)
                        >= 0)
            throw new AssertionError("message " + id + " is not what was pushed (I2)");
        if (push.envelopes != null && !same(push.envelopes[index], messages.envelope()))
            throw new AssertionError("envelope of message " + id + " is not what was pushed (I2)");
        if (push.envelopes == null && !messages.envelope().equals(Envelope.NONE))
            throw new AssertionError("message " + id + " has an envelope");
        Producer producer =
                push.producerId == 0
                        ? Producer.NONE
                        : new Producer(
                                push.producerId, push.producerEpoch, after(push.sequence, index));
        if (!messages.producer().equals(producer))
            throw new AssertionError(
                    "message " + id + " is of " + messages.producer() + ", not " + producer);
        compareTimes(
                push,
                id,
                RecordAccess.buffer(messages).cursor().orderMillis(),
                messages.timeMillis());
    }

    private static long valueBytes(Push push, int index) {
        return push.envelopes != null && push.envelopes[index].nullValue() ? 0 : push.length[index];
    }

    /** The order never goes back; what is shown is what the clock showed, to the second. */
    private void compareTimes(Push push, long id, long orderMillis, long shownMillis) {
        if (push.orderMillis >= 0 && push.orderMillis != orderMillis)
            throw new AssertionError(
                    "message " + id + " had time " + push.orderMillis + ", now " + orderMillis);
        if (push.clockUnknown) {
            push.clockMillis = shownMillis;
            push.clockUnknown = false;
        }
        if (orderMillis < push.clockMillis)
            throw new AssertionError(
                    "message "
                            + id
                            + " has time "
                            + orderMillis
                            + ", it was pushed at "
                            + push.clockMillis);
        long toShow = orderMillis - push.clockMillis > 1000 ? push.clockMillis : orderMillis;
        if (shownMillis != toShow && !(push.damaged && shownMillis == orderMillis))
            throw new AssertionError(
                    "message " + id + " is shown at " + shownMillis + ", not " + toShow);
        push.orderMillis = orderMillis;
        int number = numberOf(id);
        if (number > 0) {
            Push before = pushes.get(number - 1);
            if (Math.max(before.orderMillis, before.clockMillis) > orderMillis)
                throw new AssertionError(
                        "time goes back at message "
                                + id
                                + ": "
                                + Math.max(before.orderMillis, before.clockMillis)
                                + ", "
                                + orderMillis);
        }
    }

    /** A read said that messages are damaged: it has to be true for all of them. */
    void compareDamage(long asked, QueueException.CorruptMessageException damage) {
        if (damage.resumeId() <= asked)
            throw new AssertionError("damage that leads nowhere: " + damage.getMessage(), damage);
        for (long id = damage.id(); id < damage.resumeId(); ) {
            int number = numberOf(id);
            if (number < 0 || number >= settled || !pushes.get(number).damaged)
                throw new AssertionError(
                        "message " + id + " is not damaged: " + damage.getMessage(), damage);
            id = pushes.get(number).endId();
        }
    }

    /** The first message of at least this time, if the times of all from {@code from} are known. */
    long idAtTime(long millis, long from) {
        for (int number = Math.max(0, numberOf(from)); number < settled; number++) {
            Push push = pushes.get(number);
            if (push.orderMillis < 0 || push.damaged) return -1;
            if (push.orderMillis >= millis) return Math.max(from, push.firstId);
        }
        return settledId();
    }

    private static boolean same(Envelope one, Envelope other) {
        if (!one.timeMillis().equals(other.timeMillis())
                || one.nullValue() != other.nullValue()
                || !same(one.key(), other.key())
                || one.headers().size() != other.headers().size()) return false;
        List<Envelope.Header> headers = one.headers();
        for (int i = 0; i < headers.size(); i++) {
            Envelope.Header there = other.headers().get(i);
            if (!headers.get(i).name().equals(there.name())
                    || !same(headers.get(i).value(), there.value())) return false;
        }
        return true;
    }

    private static boolean same(Optional<byte[]> one, Optional<byte[]> other) {
        return one.isPresent() == other.isPresent()
                && (one.isEmpty() || Arrays.equals(one.get(), other.get()));
    }
}
