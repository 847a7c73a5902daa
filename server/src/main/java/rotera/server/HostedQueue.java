package rotera.server;

import rotera.queue.RotFile;

/**
 * A queue that a server serves, for other listeners of the same process: see {@link Server#queues}.
 *
 * @param number 0 to 4,294,967,295
 * @param file closed by the server, at its end or when the queue is deleted
 * @param traffic is told what is done with it
 */
public record HostedQueue(long number, RotFile file, Traffic traffic) {}
