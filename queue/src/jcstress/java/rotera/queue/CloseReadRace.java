package rotera.queue;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A read beside a close, which ends the mapping, reads or is refused. */
@JCStressTest
@State
@Outcome(id = "a|closed", expect = ACCEPTABLE)
@Outcome(expect = FORBIDDEN, desc = "anything else")
public class CloseReadRace extends SmallQueue {
    public CloseReadRace() {
        super(ArrayDisk.ending(ONE_MESSAGE));
    }

    @Actor
    public void reader(L_Result result) {
        try {
            result.r1 = read(0);
        } catch (QueueException.QueueClosedException e) {
            result.r1 = "closed";
        }
    }

    @Actor
    public void closer() {
        file.close();
    }
}
