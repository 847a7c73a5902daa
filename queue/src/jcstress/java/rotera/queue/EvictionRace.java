package rotera.queue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.Arrays;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * The real writer evicts and overwrites what a reader is at: {@code oldest} is published first, so
 * the reader notices (rules 14 and 16).
 */
@JCStressTest
@State
@Outcome(id = "whole, whole", expect = ACCEPTABLE)
@Outcome(expect = FORBIDDEN, desc = "torn, stale, or taken for damage")
public class EvictionRace extends SmallQueue {
    private static final int MESSAGE_BYTES = 1000;
    private static final int PUSHES = 24;
    private static final byte[] FULL = full();
    private static final ThreadLocal<Messages> MESSAGES =
            ThreadLocal.withInitial(() -> new Messages(4096));

    public EvictionRace() {
        super(ArrayDisk.of(FULL));
    }

    private static byte[] full() {
        SmallQueue empty = new SmallQueue() {};
        while (empty.file.ping().oldest() == 0) push(empty.file);
        empty.file.close();
        return empty.disk.map().toArray(JAVA_BYTE);
    }

    /** Pushes and commits the next message, whose bytes follow from its id. */
    private static void push(RotFile file) {
        byte[] message = new byte[MESSAGE_BYTES];
        Arrays.fill(message, (byte) file.ping().next());
        try (Batch batch = new Batch()) {
            file.push(batch.add(message));
        }
        file.commit();
    }

    @Actor
    public void writer() {
        for (int i = 0; i < PUSHES; i++) push(file);
    }

    @Actor
    public void reader(LL_Result result) {
        result.r1 = "whole";
        for (int i = 0; i < PUSHES; i++) {
            String seen = look();
            if (!seen.equals("whole")) result.r1 = seen;
        }
    }

    private String look() {
        Messages messages = MESSAGES.get();
        try {
            file.read(0, 3, messages);
        } catch (QueueException.CorruptMessageException e) {
            return "corrupt";
        }
        while (messages.next()) {
            if (messages.length() != MESSAGE_BYTES) return "wrong length";
            for (byte one : messages.toByteArray()) if (one != (byte) messages.id()) return "torn";
        }
        return "whole";
    }

    @Arbiter
    public void end(LL_Result result) {
        result.r2 = look();
        file.close();
    }
}
