package rotera.cli.repl;

import java.util.List;
import rotera.protocol.QueueInfo;
import rotera.queue.Queue;

/** The queues that a {@link Repl} can reach. */
interface ReplQueues {

    /** Opens a queue by its number, name or file. */
    Queue open(String queue);

    /** All queues of the server. */
    List<QueueInfo> list();
}
