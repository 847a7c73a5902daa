package rotera.queue;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * A reader that is lapped while it copies starts over (rule 16), so it returns what was whole at
 * some moment (I2), and never takes an overwritten record for damage.
 */
@JCStressTest
@State
@Outcome(id = "01", expect = ACCEPTABLE, desc = "before the writer")
@Outcome(id = "1|12|2", expect = ACCEPTABLE, desc = "in between")
@Outcome(id = "23", expect = ACCEPTABLE, desc = "after the writer")
@Outcome(expect = FORBIDDEN, desc = "torn, stale, or taken for damage")
public class LappedReaderRace extends TinyRing {

    @Actor
    public void writer() {
        evict(0);
        write(2);
        publish(2);
        evict(1);
        write(3);
        publish(3);
    }

    @Actor
    public void reader(L_Result result) {
        result.r1 = read(0);
    }
}
