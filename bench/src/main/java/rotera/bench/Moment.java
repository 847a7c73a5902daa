package rotera.bench;

import java.util.Optional;

/**
 * How a work goes, about once a second.
 *
 * @param seconds since it began, the warm-up included
 * @param messagesPerSecond since the last moment
 * @param warmingUp whether nothing counts yet
 * @param process what the queue's process has used since the last moment, if it is known
 */
public record Moment(
        Work work,
        double seconds,
        double messagesPerSecond,
        boolean warmingUp,
        Optional<ProcessUse> process) {}
