package rotera.queue;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** A push that comes again beside the first one is kept once, and both get its id. */
@JCStressTest
@State
@Outcome(id = "0, 0, aa", expect = ACCEPTABLE)
@Outcome(expect = FORBIDDEN, desc = "kept twice, or answered differently")
public class RetryRace extends SmallQueue {
    private static final Producer PRODUCER = new Producer(1, 0, 0);
    private static final Batch FIRST = batch('a').add("a").producer(PRODUCER);
    private static final Batch AGAIN = batch('a').add("a").producer(PRODUCER);

    @Actor
    public void first(LLL_Result result) {
        result.r1 = file.push(FIRST);
        file.commit();
    }

    @Actor
    public void again(LLL_Result result) {
        result.r2 = file.pushAsync(AGAIN).join();
    }

    @Arbiter
    public void end(LLL_Result result) {
        file.commit();
        result.r3 = read(0);
        file.close();
    }
}
