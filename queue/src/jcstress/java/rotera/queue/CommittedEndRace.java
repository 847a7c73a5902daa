package rotera.queue;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * Who looks twice beside two committers and a pusher never sees the end go back, and finds durable
 * and readable what lies before it.
 */
@JCStressTest
@State
@Outcome(id = "ok, 4", expect = ACCEPTABLE)
@Outcome(expect = FORBIDDEN, desc = "the end went back, or lies ahead of what is durable")
public class CommittedEndRace extends SmallQueue {
    private static final Batch A = batch('a');
    private static final Batch B = batch('b');

    @Actor
    public void one() {
        file.push(A);
        file.commit();
        file.push(A);
        file.commit();
    }

    @Actor
    public void other(LL_Result result) {
        long first = file.ping().next();
        String early = look(first);
        file.push(B);
        long second = file.ping().next();
        file.commit();
        file.push(B);
        long third = file.commit();
        String late = look(file.ping().next());
        boolean forward = first <= second && second <= third && third <= file.ping().next();
        result.r1 = !forward ? "went back" : early.equals("ok") ? late : early;
    }

    private String look(long end) {
        if (end == 0) return "ok";
        if (!durable(end - 1)) return "not durable";
        return read(end - 1).isEmpty() ? "not readable" : "ok";
    }

    @Arbiter
    public void end(LL_Result result) {
        result.r2 = file.ping().next();
        file.close();
    }
}
