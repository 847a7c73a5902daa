package rotera.queue;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** Who sees {@code committed} sees the record before it, as it was written. */
@JCStressTest
@State
@Outcome(id = "none", expect = ACCEPTABLE, desc = "not yet committed")
@Outcome(id = "2", expect = ACCEPTABLE, desc = "committed")
@Outcome(expect = FORBIDDEN, desc = "seen before it was written")
public class PublishedRecordRace extends TinyRing {

    @Actor
    public void writer() {
        evict(0);
        write(2);
        publish(2);
    }

    @Actor
    public void reader(L_Result result) {
        String read = read(2);
        result.r1 = read.isEmpty() ? "none" : read;
    }
}
