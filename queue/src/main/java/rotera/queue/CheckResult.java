package rotera.queue;

/**
 * What a check found.
 *
 * @param messages intact messages
 * @param lost damaged messages, which no read returns
 * @param bytes bytes of the ring that hold readable records
 * @param problems how many places are damaged; each was described as it was found
 */
public record CheckResult(long messages, long lost, long bytes, long problems) {}
