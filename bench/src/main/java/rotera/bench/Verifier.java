package rotera.bench;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rotera.queue.Messages;

/**
 * What one reader expects: of each producer every message once and in order, with the length it
 * had. The bytes of every 64th are compared too; the checksums of all are compared by the library.
 * Messages that others pushed are stepped over.
 */
final class Verifier {
    private static final int COMPARED = 64;

    private final TestMessages messages;
    private final long[] last = new long[TestMessages.LANES];
    private long verified;
    private long missed;
    private @Nullable String problem;

    Verifier(TestMessages messages) {
        this.messages = messages;
        forget();
    }

    /** Begins anew, or behind a gap. */
    void forget() {
        Arrays.fill(last, -1);
    }

    /** Looks at all messages of a delivery, and leaves them at the last one. */
    void check(Messages delivered) {
        if (delivered.skipped() > 0) {
            missed += delivered.skipped();
            forget();
        }
        while (delivered.next()) {
            MemorySegment data = delivered.data();
            long offset = delivered.offset();
            int length = delivered.length();
            if (!TestMessages.isOurs(data, offset, length)) continue;
            int lane = TestMessages.lane(data, offset);
            long sequence = TestMessages.sequence(data, offset);
            if (length != messages.bytes())
                note("message %d has %d bytes".formatted(delivered.id(), length));
            if (last[lane] >= 0 && sequence != last[lane] + 1) {
                note(
                        "message %d is number %d of its producer, expected was %d"
                                .formatted(delivered.id(), sequence, last[lane] + 1));
            }
            if (++verified % COMPARED == 0 && !messages.isWhole(data, offset, length))
                note("message %d is not what was pushed".formatted(delivered.id()));
            last[lane] = sequence;
        }
    }

    private void note(String what) {
        if (problem == null) problem = what;
    }

    void add(String what) {
        note(what);
    }

    long verified() {
        return verified;
    }

    /** Messages that were overwritten before they were read. */
    long missed() {
        return missed;
    }

    /** The first thing that was wrong. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }
}
