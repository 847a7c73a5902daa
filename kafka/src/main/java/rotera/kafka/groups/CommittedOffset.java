package rotera.kafka.groups;

import java.util.UUID;

/**
 * How far a group has come in a partition.
 *
 * @param queueId of the queue that it was committed for: it says nothing about a later one of the
 *     same name
 * @param leaderEpoch as the client gave it, -1 for none
 * @param committedMillis since 1970
 * @param metadata what the client wants to remember with it
 */
record CommittedOffset(
        UUID queueId, long offset, int leaderEpoch, long committedMillis, String metadata) {}
