package rotera.queue;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/**
 * After a sync has failed, no commit returns and nothing is shown, although the next sync works;
 * the close tells of it.
 */
@JCStressTest
@State
@Outcome(id = "failed, failed, 0 told", expect = ACCEPTABLE)
@Outcome(expect = FORBIDDEN, desc = "claimed to be durable")
public class FailedSyncRace extends SmallQueue {
    private static final Batch A = batch('a');
    private static final Batch B = batch('b');

    public FailedSyncRace() {
        disk.failNextSync();
    }

    @Actor
    public void one(LLL_Result result) {
        result.r1 = pushAndCommit(A);
    }

    @Actor
    public void other(LLL_Result result) {
        result.r2 = pushAndCommit(B);
    }

    private String pushAndCommit(Batch batch) {
        try {
            file.push(batch);
            return "committed " + file.commit();
        } catch (QueueException.QueueFailedException e) {
            return "failed";
        }
    }

    @Arbiter
    public void end(LLL_Result result) {
        long next = file.ping().next();
        try {
            file.close();
            result.r3 = next + " closed";
        } catch (QueueException.QueueFailedException e) {
            result.r3 = next + " told";
        }
    }
}
