package rotera.queue;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/**
 * Each thread's pushes and commits take effect in the order of its calls, those that do not wait
 * included, and each future is completed.
 */
@JCStressTest
@State
@Outcome(id = "ok, ok, 4", expect = ACCEPTABLE)
@Outcome(expect = FORBIDDEN, desc = "out of order, or not covered")
public class AsyncOrderRace extends SmallQueue {
    private static final Batch A = batch('a');
    private static final Batch B = batch('b');
    private static final Batch C = batch('c');
    private static final Batch D = batch('d');

    @Actor
    public void withoutWaiting(LLL_Result result) {
        CompletableFuture<Long> commit = file.commitAsync();
        CompletableFuture<Long> pushed = file.pushAsync(A);
        long second = file.push(B);
        CompletableFuture<Long> last = file.commitAsync();
        long first = pushed.join();
        boolean inOrder = first < second;
        boolean covered = last.join() > second && durable(second) && commit.join() >= 0;
        result.r1 = !inOrder ? "out of order" : covered ? "ok" : "not covered";
    }

    @Actor
    public void waiting(LLL_Result result) {
        long first = file.push(C);
        CompletableFuture<Long> pushed = file.pushAsync(D);
        long next = file.commit();
        long second = pushed.join();
        boolean covered = next > second && durable(second);
        result.r2 = first >= second ? "out of order" : covered ? "ok" : "not covered";
    }

    @Arbiter
    public void end(LLL_Result result) {
        result.r3 = file.ping().next();
        file.close();
    }
}
