package rotera.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import rotera.queue.Messages;
import rotera.queue.QueueException;
import rotera.queue.Status;

/** Answers fetches. Waits for commits, not by looking again and again. Thread-safe. */
final class Fetching implements Handler {
    private static final long MOST_WAIT_MILLIS = 30_000;

    private final Topics topics;
    private final TopicSettings settings;
    private final Limits limits;
    private final Log log;

    Fetching(Topics topics, TopicSettings settings, Limits limits, Log log) {
        this.topics = topics;
        this.settings = settings;
        this.limits = limits;
        this.log = log;
    }

    /** One fetch: how far each of its partitions is read. */
    private final class Fetch {
        final Caller caller;
        final Workspace workspace;
        final long mostBytes;
        final List<Section> sections = new ArrayList<>();
        boolean failed;
        boolean full;

        Fetch(Request request) {
            caller = request.caller();
            workspace = caller.workspace();
            mostBytes = Math.clamp(request.body().number("maxBytes"), 1, limits.answerBytes());
        }

        boolean hasMore() {
            return sections.stream().anyMatch(Section::hasMore);
        }
    }

    /** A partition: what was read of it lies in pieces of the workspace's records. */
    private static final class Section implements Records {
        final @Nullable Topic topic;
        final Struct answer;
        final long mostBytes;
        final Bytes source;
        final List<int[]> pieces = new ArrayList<>();
        long nextId;
        int bytes;
        boolean done;

        Section(@Nullable Topic topic, Struct answer, Struct asked, Bytes source) {
            this.topic = topic;
            this.answer = answer;
            this.mostBytes = Math.max(1, asked.number("maxBytes"));
            this.nextId = asked.number("fetchOffset");
            this.source = source;
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
            for (int[] piece : pieces) output.put(source.segment(), piece[0], piece[1] - piece[0]);
        }
    }

    @Override
    public Struct handle(Request request) {
        Struct answer = request.answer();
        if (request.body().number("sessionId") != 0) // none was ever given
        return answer.set("errorCode", Errors.FETCH_SESSION_ID_NOT_FOUND);
        Fetch fetch = new Fetch(request);
        fetch.workspace.records.length(0);
        for (Struct topic : request.body().structs("topics")) {
            Struct told = answer.add("topics").set("name", topic.text("name"));
            for (Struct partition : topic.structs("partitions"))
                fetch.sections.add(section(fetch, topic.text("name"), partition, told));
        }
        long waitMillis = Math.clamp(request.body().number("maxWaitMillis"), 0, MOST_WAIT_MILLIS);
        fill(fetch, request.body().number("minBytes"), waitMillis);
        for (Section section : fetch.sections) finish(section);
        return answer;
    }

    private Section section(Fetch fetch, String name, Struct asked, Struct told) {
        Struct answer =
                told.add("partitions")
                        .set("partition", asked.number("partition"))
                        .set("highWatermark", -1)
                        .set("lastStableOffset", -1)
                        .set("logStartOffset", -1)
                        .set("preferredReadReplica", -1);
        Topic topic = topics.partition(name, asked.number("partition"));
        Section section = new Section(topic, answer, asked, fetch.workspace.records);
        if (topic == null) fail(fetch, section, Errors.UNKNOWN_TOPIC_OR_PARTITION);
        return section;
    }

    /** Reads until there is enough, or the time is over. */
    private void fill(Fetch fetch, long leastBytes, long waitMillis) {
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
        read(fetch);
        if (isEnough(fetch, leastBytes)) return;
        for (Section section : fetch.sections) {
            if (section.topic != null) section.topic.wait(fetch.caller);
        }
        try {
            boolean more = true;
            while (more && !isEnough(fetch, leastBytes)) {
                more = fetch.caller.await(fetch::hasMore, endNanos - System.nanoTime());
                if (more) read(fetch);
            }
        } finally {
            for (Section section : fetch.sections) {
                if (section.topic != null) section.topic.waitNoMore(fetch.caller);
            }
        }
    }

    private static boolean isEnough(Fetch fetch, long leastBytes) {
        return fetch.failed || fetch.full || fetch.workspace.records.length() >= leastBytes;
    }

    private void read(Fetch fetch) {
        for (Section section : fetch.sections) {
            if (section.topic == null || section.done) continue;
            try {
                while (readSome(fetch, section, section.topic)) {}
            } catch (QueueException.CorruptMessage e) {
                log.warn(String.valueOf(e.getMessage()));
                if (section.bytes == 0) fail(fetch, section, Errors.CORRUPT_MESSAGE);
                section.done = true;
            } catch (QueueException e) {
                fail(fetch, section, Producing.errorOf(e));
            }
        }
    }

    /** Reads what is there, up to a bound; whether there may be more to read. */
    private boolean readSome(Fetch fetch, Section section, Topic topic) {
        Status status = topic.file().ping();
        if (section.nextId < status.oldest() || section.nextId > status.next()) {
            if (section.bytes == 0) fail(fetch, section, Errors.OFFSET_OUT_OF_RANGE);
            section.done = true;
            return false;
        }
        if (section.nextId == status.next()) return false;
        Bytes records = fetch.workspace.records;
        boolean first = records.length() == 0;
        long room = Math.min(section.mostBytes - section.bytes, fetch.mostBytes - records.length());
        if (room <= 0 && !first) return fillUp(fetch, section);
        Messages messages = fetch.workspace.messages();
        Workspace.READS.acquireUninterruptibly();
        try {
            int most = Math.clamp(room, 1, Integer.MAX_VALUE);
            if (topic.file().read(section.nextId, most, messages) == 0) return false;
            if (messages.skipped() > 0) return true; // evicted just now: looked at again
            int from = records.length();
            boolean producerTimes = settings.producerTimes(topic);
            int written =
                    new BatchWriter(messages, records, producerTimes).write(from + room, first);
            section.add(from, records.length());
            section.nextId += written;
            topic.traffic().read(written);
            boolean more = written == messages.count();
            fetch.workspace.forgetLargeRecord();
            return more || fillUp(fetch, section);
        } finally {
            Workspace.READS.release();
        }
    }

    /** No room for more: the answer goes out. */
    private static boolean fillUp(Fetch fetch, Section section) {
        fetch.full = true;
        section.done = true;
        return false;
    }

    private static void fail(Fetch fetch, Section section, Errors error) {
        section.answer.set("errorCode", error);
        section.done = true;
        fetch.failed = true;
    }

    private static void finish(Section section) {
        section.answer.set("records", section);
        if (section.topic == null) return;
        try {
            Status status = section.topic.file().ping();
            section.answer
                    .set("highWatermark", status.next())
                    .set("lastStableOffset", status.next())
                    .set("logStartOffset", status.oldest());
        } catch (QueueException e) {
            section.answer.set("errorCode", Producing.errorOf(e));
        }
    }
}
