package rotera.queue;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** A stream that is closed while it waits ends at once, and its memory is freed. */
@JCStressTest
@State
@Outcome(id = "ended, freed", expect = ACCEPTABLE)
@Outcome(expect = FORBIDDEN, desc = "waited on, or kept its memory")
public class CloseWaitingStreamRace extends SmallQueue {
    private static final Duration TIMEOUT = Duration.ofSeconds(4);

    private final FileStream stream = (FileStream) file.stream(Start.end());

    @Actor
    public void follower(LL_Result result) {
        long begin = System.nanoTime();
        try {
            result.r1 = isFound(stream.poll(TIMEOUT)) ? "found" : "ended";
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (System.nanoTime() - begin >= TIMEOUT.toNanos()) result.r1 = "waited";
    }

    /** Behind its end a stream gives others. */
    @SuppressWarnings("ReferenceEquality")
    private boolean isFound(Messages messages) {
        return messages == stream.messages;
    }

    @Actor
    public void closer() {
        stream.close();
    }

    @Arbiter
    public void end(LL_Result result) {
        boolean kept = stream.messages.buffer().segment().scope().isAlive();
        result.r2 = kept ? "kept" : "freed";
        stream.messages.close();
        file.close();
    }
}
