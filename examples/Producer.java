import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import rotera.client.Rotera;
import rotera.queue.Batch;
import rotera.queue.Queue;

/**
 * Pushes messages to a queue of a server: {@code Producer HOST:PORT QUEUE COUNT}, or into a file of
 * this process: {@code Producer FILE COUNT}.
 *
 * <p>When the server restarts in the middle, this goes on behind it: nothing is lost or kept twice.
 */
public final class Producer {
    public static void main(String... args) {
        int count = Integer.parseInt(args[args.length - 1]);
        try (Queue queue =
                        args.length == 2
                                ? Rotera.open(Path.of(args[0]))
                                : Rotera.connect(args[0], args[1]);
                Batch batch = new Batch()) {
            CompletableFuture<Long> pushed = null;
            for (int i = 0; i < count; i++) {
                // The batch can be used again at once. To a server, many pushes go as one.
                pushed = queue.pushAsync(batch.clear().add("measurement " + i));
            }
            // Once this returns, everything pushed before is on the disk.
            long next = queue.commit();
            System.out.println("pushed " + count + ", the next id is " + next);
            if (pushed != null) System.out.println("the last one has id " + pushed.join());
        }
    }
}
