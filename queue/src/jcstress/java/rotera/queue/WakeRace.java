package rotera.queue;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;
import rotera.queue.engine.CommitSignal;
import rotera.queue.engine.ReadableRange;
import rotera.queue.format.LogPosition;

/** Who begins to wait while something is published is woken. */
@JCStressTest
@State
@Outcome(id = "true", expect = ACCEPTABLE, desc = "woken, or did not have to wait")
@Outcome(expect = FORBIDDEN, desc = "slept on")
public class WakeRace {
    private static final Duration TIMEOUT = Duration.ofSeconds(4);

    private final CommitSignal waiters = new CommitSignal();
    private final ReadableRange bounds =
            new ReadableRange(new LogPosition(0, 0), new LogPosition(0, 0), 0);

    @Actor
    public void publisher() {
        bounds.moveCommitted(new LogPosition(1, 80));
        waiters.wake();
    }

    @Actor
    public void waiter(Z_Result result) {
        long begin = System.nanoTime();
        try {
            waiters.await(TIMEOUT, () -> bounds.committed().id() > 0);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        result.r1 = System.nanoTime() - begin < TIMEOUT.toNanos();
    }
}
