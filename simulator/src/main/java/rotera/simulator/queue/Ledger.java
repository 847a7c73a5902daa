package rotera.simulator.queue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import rotera.queue.Batch;
import rotera.queue.Messages;
import rotera.queue.buffer.LittleEndian;

/**
 * What several threads pushed, saw and were promised. A message says itself who pushed it, in which
 * push and at which place, so that nothing has to be known of pushes whose answer is still to come.
 */
final class Ledger {
    private static final int HEAD_BYTES = 20;
    private static final int CONTENT_BYTES = 1 << 20;
    private static final MemorySegment CONTENT = content();

    /** Which message it is: the {@code index}-th of {@code count} of a push. */
    record Stamp(int pusher, int push, int index, int count) {}

    /** What is known to be at an id, by the answer to a push or because it was read. */
    private final ArrayList<@Nullable Stamp> known = new ArrayList<>();

    private long settled;
    private long pushedEnd;

    private static MemorySegment content() {
        @SuppressWarnings("MustBeClosedChecker")
        MemorySegment content = Arena.ofAuto().allocate(CONTENT_BYTES, 8);
        for (long at = 0; at < CONTENT_BYTES; at++)
            content.set(JAVA_BYTE, at, (byte) (at * 31 + (at >> 8) * 17));
        return content;
    }

    void clear() {
        known.clear();
        settled = 0;
        pushedEnd = 0;
    }

    /** Makes a push of messages of these sizes, or of the stamp's where they are too small. */
    static void fill(Batch batch, int pusher, int push, int[] bytes) {
        batch.clear();
        for (int index = 0; index < bytes.length; index++) {
            Stamp stamp = new Stamp(pusher, push, index, bytes.length);
            byte[] message = new byte[Math.max(bytes[index], HEAD_BYTES)];
            MemorySegment segment = MemorySegment.ofArray(message);
            segment.set(LittleEndian.U32, 0, pusher);
            segment.set(LittleEndian.U32, 4, push);
            segment.set(LittleEndian.U32, 8, index);
            segment.set(LittleEndian.U32, 12, bytes.length);
            segment.set(LittleEndian.U32, 16, message.length);
            MemorySegment.copy(
                    CONTENT,
                    contentOf(stamp, message.length),
                    segment,
                    HEAD_BYTES,
                    message.length - HEAD_BYTES);
            batch.add(message);
        }
    }

    private static int contentOf(Stamp stamp, int length) {
        return Math.floorMod(stamp.hashCode(), CONTENT_BYTES - length);
    }

    /** The end of what was pushed and answered: a commit from now on covers it. */
    long pushedEnd() {
        return pushedEnd;
    }

    /** A push was answered. */
    void pushed(long firstId, int pusher, int push, int count) {
        for (int index = 0; index < count; index++)
            note(firstId + index, new Stamp(pusher, push, index, count));
        pushedEnd = Math.max(pushedEnd, firstId + count);
    }

    /** A commit that began when {@code atLeast} was the end returned this id. */
    void committed(long id, long atLeast) {
        if (id < atLeast)
            throw new AssertionError("commit returned " + id + ", pushed was " + atLeast + " (I1)");
        settled = Math.max(settled, id);
    }

    /** This much was shown to be readable. */
    void shown(long end) {
        settled = Math.max(settled, end);
    }

    /** Looks at everything that was read. */
    void read(long asked, Messages messages) {
        if (messages.count() > 0 && messages.firstId() < asked)
            throw new AssertionError("read from " + asked + " begins at " + messages.firstId());
        long id = messages.firstId();
        Stamp before = null;
        while (messages.next()) {
            if (messages.id() != id)
                throw new AssertionError(
                        "message " + messages.id() + " instead of " + id + " (I3)");
            Stamp stamp = stamp(messages);
            note(id, stamp);
            if (before != null) follows(before, stamp, id);
            before = stamp;
            id++;
        }
        settled = Math.max(settled, id);
    }

    private static void follows(Stamp before, Stamp stamp, long id) {
        boolean goesOn =
                stamp.index() == 0
                        ? before.index() == before.count() - 1
                        : stamp.pusher() == before.pusher()
                                && stamp.push() == before.push()
                                && stamp.index() == before.index() + 1;
        if (!goesOn)
            throw new AssertionError(
                    "message " + id + " is " + stamp + ", before it comes " + before + " (I5)");
    }

    private static Stamp stamp(Messages messages) {
        MemorySegment data = messages.data();
        long at = messages.offset();
        long length = messages.length();
        if (length < HEAD_BYTES || data.get(LittleEndian.U32, at + 16) != length)
            throw new AssertionError(
                    "message " + messages.id() + " of " + length + " bytes was not pushed (I2)");
        Stamp stamp =
                new Stamp(
                        data.get(LittleEndian.U32, at),
                        data.get(LittleEndian.U32, at + 4),
                        data.get(LittleEndian.U32, at + 8),
                        data.get(LittleEndian.U32, at + 12));
        long from = contentOf(stamp, (int) length);
        long bytes = length - HEAD_BYTES;
        if (MemorySegment.mismatch(data, at + HEAD_BYTES, at + length, CONTENT, from, from + bytes)
                >= 0)
            throw new AssertionError("message " + messages.id() + " is not what was pushed (I2)");
        return stamp;
    }

    private void note(long id, Stamp stamp) {
        while (known.size() <= id) known.add(null);
        Stamp there = known.set((int) id, stamp);
        if (there != null && !there.equals(stamp))
            throw new AssertionError(
                    "message " + id + " was " + there + " and is " + stamp + " (I3)");
    }

    /** After an opening the queue ends here. */
    void reopened(long end) {
        if (end < settled)
            throw new AssertionError(
                    "reopened with end " + end + ", " + settled + " was committed (I1)");
        if (end < known.size()) known.subList((int) end, known.size()).clear();
        settled = end;
        pushedEnd = end;
    }

    /** Everything from {@code oldest} on was read: each push is there once, whole and in order. */
    void compare(long oldest, long end) {
        Map<Integer, Integer> last = new HashMap<>();
        List<@Nullable Stamp> kept =
                known.subList(
                        (int) Math.min(oldest, known.size()), (int) Math.min(end, known.size()));
        for (Stamp stamp : kept) {
            if (stamp == null) throw new AssertionError("a message below " + end + " was not read");
            Integer before = last.put(stamp.pusher(), stamp.push());
            if (before != null
                    && (stamp.index() == 0 ? before >= stamp.push() : before != stamp.push()))
                throw new AssertionError(
                        stamp + " comes behind push " + before + " of the same thread (I3)");
        }
        if (!kept.isEmpty()) {
            Stamp lastOne = kept.getLast();
            if (lastOne == null || lastOne.index() != lastOne.count() - 1)
                throw new AssertionError(
                        "the queue ends in the middle of a push: " + lastOne + " (I5)");
        }
    }
}
