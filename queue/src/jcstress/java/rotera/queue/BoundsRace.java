package rotera.queue;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;
import rotera.queue.engine.ReadableRange;
import rotera.queue.format.LogPosition;

/** Loaded in this order, {@code oldest} never lies behind {@code committed}. */
@JCStressTest
@State
@Outcome(id = "true", expect = ACCEPTABLE, desc = "oldest <= committed")
@Outcome(expect = FORBIDDEN, desc = "oldest > committed")
public class BoundsRace {
    private final ReadableRange bounds =
            new ReadableRange(new LogPosition(0, 0), new LogPosition(0, 0), 0);

    @Actor
    public void writer() {
        for (int id = 1; id <= 4; id++) {
            LogPosition mark = new LogPosition(id, 80L * id);
            bounds.moveCommitted(mark);
            bounds.moveOldest(mark);
        }
    }

    @Actor
    public void reader(Z_Result result) {
        LogPosition oldest = bounds.oldest();
        LogPosition committed = bounds.committed();
        result.r1 = oldest.id() <= committed.id() && oldest.position() == 80 * oldest.id();
    }
}
