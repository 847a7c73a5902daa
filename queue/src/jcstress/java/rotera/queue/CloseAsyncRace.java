package rotera.queue;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** Every future is completed although the queue is closed, and says the truth. */
@JCStressTest
@State
@Outcome(id = "refused, refused, ", expect = ACCEPTABLE, desc = "closed before")
@Outcome(id = "done 0, refused, a|done 0, done 1, a", expect = ACCEPTABLE, desc = "closed behind")
@Outcome(expect = FORBIDDEN, desc = "taken and lost, or refused and kept")
public class CloseAsyncRace extends SmallQueue {
    private static final Batch A = batch('a');

    @Actor
    public void pusher(LLL_Result result) {
        CompletableFuture<Long> pushed = file.pushAsync(A);
        CompletableFuture<Long> committed = file.commitAsync();
        result.r1 = outcome(pushed);
        result.r2 = outcome(committed);
    }

    private static String outcome(CompletableFuture<Long> future) {
        try {
            return "done " + future.join();
        } catch (CompletionException e) {
            return e.getCause() instanceof QueueException.QueueClosedException
                    ? "refused"
                    : e.toString();
        }
    }

    @Actor
    public void closer() {
        file.close();
    }

    @Arbiter
    public void end(LLL_Result result) {
        try (RotFile again = open(disk)) {
            result.r3 = read(again, 0);
        }
    }
}
