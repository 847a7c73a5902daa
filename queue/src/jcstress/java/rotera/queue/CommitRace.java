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
 * Two threads push and commit at once: when a commit has returned, a sync that began after its push
 * has covered it (I1), and it can be read.
 */
@JCStressTest
@State
@Outcome(id = "covered, covered, ab|covered, covered, ba", expect = ACCEPTABLE)
@Outcome(expect = FORBIDDEN, desc = "a commit returned too early, or a push is missing")
public class CommitRace extends SmallQueue {
    private static final Batch A = batch('a');
    private static final Batch B = batch('b');

    @Actor
    public void one(LLL_Result result) {
        result.r1 = pushAndCommit(A, 'a');
    }

    @Actor
    public void other(LLL_Result result) {
        result.r2 = pushAndCommit(B, 'b');
    }

    private String pushAndCommit(Batch batch, char message) {
        long id = file.push(batch);
        long next = file.commit();
        if (next <= id) return "returned " + next + " for " + id;
        if (!durable(id)) return "not durable";
        return read(id).charAt(0) == message ? "covered" : "not readable";
    }

    @Arbiter
    public void end(LLL_Result result) {
        result.r3 = read(0);
        file.close();
    }
}
