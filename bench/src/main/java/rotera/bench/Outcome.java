package rotera.bench;

import java.util.Optional;

/**
 * What came of one work.
 *
 * @param seconds how long it was measured, until everything that counts was done
 * @param pushed messages that were pushed in that time, and committed as the load asked
 * @param delivered messages that consumers or readers got in that time
 * @param latency from when a batch was due until it was done, or until its messages were seen;
 *     empty for a work that has none
 * @param process what the queue's process used, if it is known
 * @param driver what this process used
 * @param verified messages that came back and were what had been pushed, warm-up included
 * @param missed messages that were overwritten before a consumer read them
 * @param problem the first thing that was not as it had been pushed; empty if all was
 */
public record Outcome(
        Work work,
        Load load,
        double seconds,
        long pushed,
        long delivered,
        Optional<Latency> latency,
        Optional<ProcessUse> process,
        Optional<ProcessUse> driver,
        long verified,
        long missed,
        Optional<String> problem) {

    /** Of what the work is about: what was delivered where it reads, else what was pushed. */
    public double messagesPerSecond() {
        boolean reads = work == Work.READ || work == Work.TAIL;
        return (reads ? delivered : pushed) / seconds;
    }

    public double bytesPerSecond() {
        return messagesPerSecond() * load.messageBytes();
    }
}
