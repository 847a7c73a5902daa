package rotera.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import rotera.kafka.records.BatchWriter;
import rotera.kafka.request.ConnectionBuffers;
import rotera.kafka.request.Handler;
import rotera.kafka.request.Request;
import rotera.kafka.request.RequestContext;
import rotera.kafka.topics.Topic;
import rotera.kafka.topics.TopicSettings;
import rotera.kafka.topics.Topics;
import rotera.kafka.wire.Bytes;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.QuotaExceededException;
import rotera.kafka.wire.Struct;
import rotera.queue.Messages;
import rotera.queue.QueueException;
import rotera.queue.Status;
import rotera.server.Log;

/** Answers fetches. Waits for commits, not by looking again and again. Thread-safe. */
final class FetchHandler implements Handler {
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
    private static final class Fetch {
        final ConnectionBuffers buffers;
        final long mostBytes;
        final List<FetchedPartition> partitions = new ArrayList<>();
        boolean failed;
        boolean full;

        Fetch(ConnectionBuffers buffers, long mostBytes) {
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
    public Struct handle(Request request) {
        Struct answer = request.answer();
        if (request.body().number("sessionId") != 0) // none was ever given
        return answer.set("errorCode", Errors.FETCH_SESSION_ID_NOT_FOUND);
        ConnectionBuffers buffers = request.context().buffers();
        long mostBytes = Math.min(limits.answerBytes(), buffers.shareBytes());
        mostBytes = Math.clamp(request.body().number("maxBytes"), 1, mostBytes);
        Fetch fetch = new Fetch(buffers, mostBytes);
        FetchedPartition ahead =
                buffers.takeReadAhead() instanceof FetchedPartition read ? read : null;
        List<Struct> told = new ArrayList<>();
        for (Struct topic : request.body().structs("topics")) {
            Struct toldTopic = answer.add("topics").set("name", topic.text("name"));
            for (Struct asked : topic.structs("partitions")) {
                told.add(told(toldTopic, asked));
                fetch.partitions.add(partition(fetch, topic.text("name"), asked, ahead));
            }
        }
        if (!fetch.partitions.contains(ahead)) buffers.records().length(0);
        long waitMillis = Math.clamp(request.body().number("maxWaitMillis"), 0, MOST_WAIT_MILLIS);
        fill(fetch, request.context(), request.body().number("minBytes"), waitMillis);
        for (int i = 0; i < told.size(); i++) finish(fetch.partitions.get(i), told.get(i));
        if (fetch.full && !fetch.failed && fetch.partitions.size() == 1)
            buffers.whileClientIsBusy(() -> readAhead(fetch.partitions.getFirst(), fetch));
        return answer;
    }

    private static Struct told(Struct topic, Struct asked) {
        return topic.add("partitions")
                .set("partition", asked.number("partition"))
                .set("highWatermark", -1)
                .set("lastStableOffset", -1)
                .set("logStartOffset", -1)
                .set("preferredReadReplica", -1);
    }

    private FetchedPartition partition(
            Fetch fetch, String name, Struct asked, @Nullable FetchedPartition ahead) {
        Topic topic = topics.partition(name, asked.number("partition"));
        FetchedPartition partition =
                new FetchedPartition(
                        topic,
                        asked.number("fetchOffset"),
                        Math.max(1, asked.number("maxBytes")),
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
    private void readAhead(FetchedPartition before, Fetch last) {
        ConnectionBuffers buffers = last.buffers;
        Fetch fetch = new Fetch(buffers, last.mostBytes);
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
    private void fill(Fetch fetch, RequestContext context, long leastBytes, long waitMillis) {
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

    private static boolean isEnough(Fetch fetch, long leastBytes) {
        return fetch.failed || fetch.full || fetch.bytes() >= leastBytes;
    }

    private void read(Fetch fetch) {
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
    private boolean readSome(Fetch fetch, FetchedPartition partition, Topic topic) {
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
    private static boolean fillUp(Fetch fetch, FetchedPartition partition) {
        fetch.full = true;
        partition.done = true;
        return false;
    }

    private static void fail(Fetch fetch, FetchedPartition partition, Errors error) {
        partition.error = error;
        partition.done = true;
        fetch.failed = true;
    }

    private static void finish(FetchedPartition partition, Struct told) {
        told.set("records", partition);
        if (partition.error != null) told.set("errorCode", partition.error);
        if (partition.topic == null) return;
        partition.topic.traffic().read(partition.count);
        try {
            Status status = partition.topic.file().ping();
            told.set("highWatermark", status.next())
                    .set("lastStableOffset", status.next())
                    .set("logStartOffset", status.oldest());
        } catch (QueueException e) {
            told.set("errorCode", Errors.of(e));
        }
    }
}
