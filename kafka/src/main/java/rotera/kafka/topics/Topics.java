package rotera.kafka.topics;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import rotera.queue.CreateOptions;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.server.HostedQueue;
import rotera.server.Server;

/**
 * The queues of a server by the names that they have as topics: the name of the queue, or its
 * number as text. Thread-safe.
 */
public final class Topics {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,249}");
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,9}");

    private final Server server;
    private final CommitNotifier notifier;

    /** One for each file, however it is called: its waiters are told of commits once. */
    private final Map<RotFile, Topic> topics = new HashMap<>();

    private volatile Map<String, Topic> byName = Map.of();
    private final List<Consumer<UUID>> deletions = new CopyOnWriteArrayList<>();

    public Topics(Server server, CommitNotifier notifier) {
        this.server = server;
        this.notifier = notifier;
        server.whenDeleted(this::deleted);
        refresh();
    }

    static boolean isValid(String name) {
        return NAME.matcher(name).matches() && !name.equals(".") && !name.equals("..");
    }

    public static boolean isNumber(String name) {
        return NUMBER.matcher(name).matches() && Long.parseLong(name) <= 0xffff_ffffL;
    }

    /** The topic of this name, or the queue with this number; null if there is none. */
    public @Nullable Topic named(String name) {
        Topic topic = byName.get(name);
        if (topic != null && isServed(topic) && isCalled(topic, name)) return topic;
        topic = found(name);
        if (topic != null || !isValid(name)) return topic;
        server.look(); // its file may have come just now
        return found(name);
    }

    private @Nullable Topic found(String name) {
        if (isNumber(name)) return server.queue(Long.parseLong(name)).map(this::topic).orElse(null);
        return isValid(name) ? refresh().get(name) : null;
    }

    /** The same for a partition of it. */
    public @Nullable Topic partition(String name, long partition) {
        return partition == Topic.PARTITION ? named(name) : null;
    }

    /** Which queue a partition is, whatever it is called; null if there is none. */
    public @Nullable UUID uniqueId(Partition partition) {
        Topic topic = partition(partition.topic(), partition.index());
        return topic == null ? null : topic.file().uniqueId();
    }

    /** Has the unique id of each queue told that is deleted, by whomever. */
    public void whenDeleted(Consumer<UUID> listener) {
        deletions.add(listener);
    }

    /** All topics, each by one name. */
    public Map<String, Topic> all() {
        return refresh();
    }

    /**
     * Makes a queue for a topic.
     *
     * @return empty if there is one already
     * @throws QueueException.StorageException if the file cannot be made
     */
    public Optional<Topic> create(String name, long bytes) {
        CreateOptions options = CreateOptions.ofSize(bytes);
        Optional<HostedQueue> made =
                isNumber(name)
                        ? server.create(Long.parseLong(name), options)
                        : server.create(options.withName(name));
        refresh();
        return made.map(this::topic);
    }

    /** False if it is gone already. */
    public boolean delete(Topic topic) throws InterruptedException {
        boolean deleted = server.delete(topic.queue());
        refresh();
        topic.wakeAll();
        return deleted;
    }

    /** Whoever deleted it. */
    private void deleted(HostedQueue queue) {
        Topic topic = known(queue);
        refresh();
        if (topic != null) topic.wakeAll();
        for (Consumer<UUID> listener : deletions) listener.accept(queue.file().uniqueId());
    }

    private synchronized @Nullable Topic known(HostedQueue queue) {
        return topics.get(queue.file());
    }

    private boolean isServed(Topic topic) {
        HostedQueue queue = server.queue(topic.queue().number()).orElse(null);
        return queue != null && queue.file() == topic.file();
    }

    /** A queue can be renamed at any moment. */
    private static boolean isCalled(Topic topic, String name) {
        return isNumber(name) || topic.file().name().filter(name::equals).isPresent();
    }

    private synchronized Topic topic(HostedQueue queue) {
        return topics.computeIfAbsent(queue.file(), file -> new Topic(queue, notifier));
    }

    private synchronized Map<String, Topic> refresh() {
        Collection<HostedQueue> queues = server.queues();
        Map<String, Integer> uses = new HashMap<>();
        for (HostedQueue queue : queues)
            queue.file().name().ifPresent(name -> uses.merge(name, 1, Integer::sum));
        Map<String, Topic> result = new TreeMap<>();
        for (HostedQueue queue : queues) {
            String name = queue.file().name().orElse("");
            boolean usable = isValid(name) && !isNumber(name) && uses.getOrDefault(name, 0) == 1;
            result.put(usable ? name : Long.toString(queue.number()), topic(queue));
        }
        topics.values().retainAll(result.values());
        byName = result;
        return result;
    }
}
