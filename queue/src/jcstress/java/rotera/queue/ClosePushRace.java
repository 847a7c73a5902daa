package rotera.queue;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** A push beside a close is refused, or was taken and is committed by the close. */
@JCStressTest
@State
@Outcome(id = "refused, ", expect = ACCEPTABLE, desc = "closed before")
@Outcome(id = "pushed, a|committed, a", expect = ACCEPTABLE, desc = "closed behind")
@Outcome(expect = FORBIDDEN, desc = "taken and lost, or refused and kept")
public class ClosePushRace extends SmallQueue {
    private static final Batch A = batch('a');

    @Actor
    public void pusher(LL_Result result) {
        result.r1 = "refused";
        try {
            file.push(A);
            result.r1 = "pushed";
            if (file.commit() == 1) result.r1 = "committed";
        } catch (QueueException.QueueClosedException e) {
            return;
        }
    }

    @Actor
    public void closer() {
        file.close();
    }

    @Arbiter
    public void end(LL_Result result) {
        try (RotFile again = open(disk)) {
            result.r2 = read(again, 0);
        }
    }
}
