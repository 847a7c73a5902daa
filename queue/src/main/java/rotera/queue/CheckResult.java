package rotera.queue;

/**
 * What a check found.
 *
 * @param messages intact messages
 * @param lost damaged messages, which no read returns
 * @param unfinished intact messages behind the end of the queue, behind a bad record: of a commit
 *     that was not finished, or whose beginning is damaged; not counted in the others
 * @param bytes bytes of the ring that hold readable records
 * @param problems how many places are damaged; each was described as it was found
 */
public record CheckResult(long messages, long lost, long unfinished, long bytes, long problems) {}
