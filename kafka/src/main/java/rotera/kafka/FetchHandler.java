package rotera.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import rotera.kafka.message.Fetch;
import rotera.kafka.records.BatchWriter;
import rotera.kafka.request.ConnectionBuffers;
import rotera.kafka.request.Request;
import rotera.kafka.request.RequestContext;
import rotera.kafka.request.Responder;
import rotera.kafka.topics.Topic;
import rotera.kafka.topics.TopicSettings;
import rotera.kafka.topics.Topics;
import rotera.kafka.wire.Bytes;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.QuotaExceededException;
import rotera.queue.Messages;
import rotera.queue.QueueException;
import rotera.queue.Status;
import rotera.server.Log;

/** Answers fetches. Waits for commits, not by looking again and again. Thread-safe. */
final class FetchHandler implements Responder<Fetch.Request, Fetch.Response> {
    private static final long MOST_WAIT_MILLIS = 30_000;

    private final Topics topics;
    private final TopicSettings settings;
    private final Limits limits;
    private final Log log;

    FetchHandler(Topics topics, TopicSettings settings, Limits limits, Log log) {
        this.topics = topics;
        this.settings = settings;
        this.limits = limits;
        this.log = log;
    }

    /** One fetch: how far each of its partitions is read. */
    private static final class Progress {
        final ConnectionBuffers buffers;
        final long mostBytes;
        final List<FetchedPartition> partitions = new ArrayList<>();
        boolean failed;
        boolean full;

        Progress(ConnectionBuffers buffers, long mostBytes) {
            this.buffers = buffers;
            this.mostBytes = mostBytes;
        }

        int bytes() {
            return partitions.stream().mapToInt(FetchedPartition::bytes).sum();
        }

        boolean hasMore() {
            return partitions.stream().anyMatch(FetchedPartition::hasMore);
        }
    }

    @Override
    public Fetch.Response respond(Request<Fetch.Request> request) {
        Fetch.Response response = Fetch.API.newResponse();
        Fetch.Request body = request.body();
        if (body.sessionId() != 0) // none was ever given
        return response.errorCode(Errors.FETCH_SESSION_ID_NOT_FOUND);
        ConnectionBuffers buffers = request.context().buffers();
        long mostBytes = Math.min(limits.answerBytes(), buffers.shareBytes());
        Progress fetch = new Progress(buffers, Math.clamp(body.maxBytes(), 1, mostBytes));
        FetchedPartition ahead =
                buffers.takeReadAhead() instanceof FetchedPartition read ? read : null;
        List<Fetch.Response.Partition> results = new ArrayList<>();
        for (Fetch.Request.Topic topic : body.topics()) {
            Fetch.Response.Topic resultsOfTopic = response.addTopic().name(topic.name());
            for (Fetch.Request.Partition asked : topic.partitions()) {
                results.add(result(resultsOfTopic, asked.partition()));
                fetch.partitions.add(partition(fetch, topic.name(), asked, ahead));
            }
        }
        if (!fetch.partitions.contains(ahead)) buffers.records().length(0);
        long waitMillis = Math.clamp(body.maxWaitMillis(), 0, MOST_WAIT_MILLIS);
        fill(fetch, request.context(), body.minBytes(), waitMillis);
        for (int i = 0; i < results.size(); i++) finish(fetch.partitions.get(i), results.get(i));
        if (fetch.full && !fetch.failed && fetch.partitions.size() == 1)
            buffers.whileClientIsBusy(() -> readAhead(fetch.partitions.getFirst(), fetch));
        return response;
    }

    private static Fetch.Response.Partition result(Fetch.Response.Topic topic, int partition) {
        return topic.addPartition()
                .partition(partition)
                .highWatermark(-1)
                .lastStableOffset(-1)
                .logStartOffset(-1)
                .preferredReadReplica(-1);
    }

    private FetchedPartition partition(
            Progress fetch,
            String name,
            Fetch.Request.Partition asked,
            @Nullable FetchedPartition ahead) {
        Topic topic = topics.partition(name, asked.partition());
        FetchedPartition partition =
                new FetchedPartition(
                        topic,
                        asked.fetchOffset(),
                        Math.max(1, asked.maxBytes()),
                        fetch.mostBytes,
                        topic != null && settings.producerTimes(topic),
                        fetch.buffers);
        if (topic == null) fail(fetch, partition, Errors.UNKNOWN_TOPIC_OR_PARTITION);
        if (ahead == null || fetch.partitions.contains(ahead) || !ahead.answers(partition))
            return partition;
        fetch.full = ahead.done;
        return ahead;
    }

    /** While the client works on an answer that was full, what it will ask for next is read. */
    private void readAhead(FetchedPartition before, Progress last) {
        ConnectionBuffers buffers = last.buffers;
        Progress fetch = new Progress(buffers, last.mostBytes);
        FetchedPartition partition = before.next();
        fetch.partitions.add(partition);
        buffers.records().length(0);
        try {
            read(fetch);
        } catch (QuotaExceededException e) {
            return; // read when it is asked for
        }
        if (!fetch.failed && partition.bytes > 0) buffers.keepReadAhead(partition);
    }

    /** Reads until there is enough, or the time is over. */
    private void fill(Progress fetch, RequestContext context, long leastBytes, long waitMillis) {
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
        read(fetch);
        if (isEnough(fetch, leastBytes)) return;
        for (FetchedPartition partition : fetch.partitions) {
            if (partition.topic != null) partition.topic.wait(context);
        }
        try {
            boolean more = true;
            while (more && !isEnough(fetch, leastBytes)) {
                more = context.await(fetch::hasMore, endNanos - System.nanoTime());
                if (more) read(fetch);
            }
        } finally {
            for (FetchedPartition partition : fetch.partitions) {
                if (partition.topic != null) partition.topic.waitNoMore(context);
            }
        }
    }

    private static boolean isEnough(Progress fetch, long leastBytes) {
        return fetch.failed || fetch.full || fetch.bytes() >= leastBytes;
    }

    private void read(Progress fetch) {
        for (FetchedPartition partition : fetch.partitions) {
            if (partition.topic == null || partition.done) continue;
            try {
                while (readSome(fetch, partition, partition.topic)) {}
            } catch (QueueException.CorruptMessageException e) {
                log.warn(String.valueOf(e.getMessage()));
                if (partition.bytes == 0) fail(fetch, partition, Errors.CORRUPT_MESSAGE);
                partition.done = true;
            } catch (QueueException e) {
                fail(fetch, partition, Errors.of(e));
            }
        }
    }

    /** Reads what is there, up to a bound; whether there may be more to read. */
    private boolean readSome(Progress fetch, FetchedPartition partition, Topic topic) {
        Status status = topic.file().ping();
        if (partition.nextId < status.oldest() || partition.nextId > status.next()) {
            if (partition.bytes == 0) fail(fetch, partition, Errors.OFFSET_OUT_OF_RANGE);
            partition.done = true;
            return false;
        }
        if (partition.nextId == status.next()) return false;
        Bytes records = fetch.buffers.records();
        boolean first = records.length() == 0;
        long room =
                Math.min(partition.mostBytes - partition.bytes, fetch.mostBytes - records.length());
        if (room <= 0 && !first) return fillUp(fetch, partition);
        Messages messages = fetch.buffers.messages();
        BatchWriter writer = new BatchWriter(messages, records, partition.producerTimes);
        ConnectionBuffers.READS.acquireUninterruptibly();
        try {
            int most = Math.clamp(room, 1, Integer.MAX_VALUE);
            if (topic.file().read(partition.nextId, most, messages) == 0) return false;
            if (messages.skipped() > 0) return true; // evicted just now: looked at again
            int from = records.length();
            int written = writer.write(from + room, first);
            partition.add(from, records.length());
            partition.nextId += written;
            partition.count += written;
            boolean more = written == messages.count();
            fetch.buffers.forgetLargeRecord();
            if (written > 0 || !first) return more || fillUp(fetch, partition);
        } finally {
            ConnectionBuffers.READS.release();
        }
        // An answer with nothing would be asked for again at once.
        records.ensure(writer.missingBytes());
        return true;
    }

    /** No room for more: the answer goes out. */
    private static boolean fillUp(Progress fetch, FetchedPartition partition) {
        fetch.full = true;
        partition.done = true;
        return false;
    }

    private static void fail(Progress fetch, FetchedPartition partition, Errors error) {
        partition.error = error;
        partition.done = true;
        fetch.failed = true;
    }

    private static void finish(FetchedPartition partition, Fetch.Response.Partition result) {
        result.records(partition);
        if (partition.error != null) result.errorCode(partition.error);
        if (partition.topic == null) return;
        partition.topic.traffic().read(partition.count);
        try {
            Status status = partition.topic.file().ping();
            result.highWatermark(status.next())
                    .lastStableOffset(status.next())
                    .logStartOffset(status.oldest());
        } catch (QueueException e) {
            result.errorCode(Errors.of(e));
        }
    }
}
