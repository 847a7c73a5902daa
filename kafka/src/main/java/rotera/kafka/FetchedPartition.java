package rotera.kafka;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import rotera.kafka.request.ConnectionBuffers;
import rotera.kafka.topics.Topic;
import rotera.kafka.wire.Bytes;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Records;
import rotera.queue.QueueException;

/** What was read of a partition for a fetch: it lies in pieces of the connection's records. */
final class FetchedPartition implements Records {
    final @Nullable Topic topic;
    final long mostBytes;
    final boolean producerTimes;
    private final long firstId;
    private final long answerBytes;
    private final ConnectionBuffers buffers;
    private final List<int[]> pieces = new ArrayList<>();
    long nextId;
    int bytes;
    int count;
    boolean done;
    @Nullable Errors error;

    /**
     * Nothing yet.
     *
     * @param mostBytes of this partition
     * @param answerBytes of all partitions
     */
    FetchedPartition(
            @Nullable Topic topic,
            long firstId,
            long mostBytes,
            long answerBytes,
            boolean producerTimes,
            ConnectionBuffers buffers) {
        this.topic = topic;
        this.firstId = firstId;
        this.mostBytes = mostBytes;
        this.answerBytes = answerBytes;
        this.producerTimes = producerTimes;
        this.buffers = buffers;
        nextId = firstId;
    }

    /** What follows, nothing of it yet. */
    FetchedPartition next() {
        return new FetchedPartition(topic, nextId, mostBytes, answerBytes, producerTimes, buffers);
    }

    /** Whether this is what the other one asks for, and was not evicted meanwhile. */
    boolean answers(FetchedPartition asked) {
        return topic == asked.topic
                && firstId == asked.firstId
                && mostBytes == asked.mostBytes
                && answerBytes == asked.answerBytes
                && producerTimes == asked.producerTimes
                && isKept();
    }

    private boolean isKept() {
        try {
            return topic != null && topic.file().ping().oldest() <= firstId;
        } catch (QueueException e) {
            return false; // it is told
        }
    }

    boolean hasMore() {
        if (topic == null || done) return false;
        try {
            return topic.file().ping().next() > nextId;
        } catch (QueueException e) {
            return true; // it is told
        }
    }

    void add(int from, int to) {
        bytes += to - from;
        int[] last = pieces.isEmpty() ? null : pieces.getLast();
        if (last != null && last[1] == from) last[1] = to;
        else pieces.add(new int[] {from, to});
    }

    @Override
    public int bytes() {
        return bytes;
    }

    @Override
    public void writeTo(Bytes output) {
        for (int[] piece : pieces)
            output.put(buffers.records().segment(), piece[0], piece[1] - piece[0]);
    }
}
