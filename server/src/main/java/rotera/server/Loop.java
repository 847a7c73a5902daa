package rotera.server;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import rotera.queue.Batch;
import rotera.queue.QueueException;

/**
 * Serves all connections, in rounds: take what has come from all that are ready, then commit once
 * for all that want it, then reply. Run by the leader of a {@link Relay}; a sync that takes long
 * stops nobody who does not wait for it.
 */
final class Loop {
    /** What is read from a connection at once; a larger request is gathered by the connection. */
    static final int INPUT_BYTES = 1 << 20;

    /**
     * What is taken from connections in a round, and what is sent to those that go on: so much that
     * a sync is shared by many, and so little that nobody waits for long.
     */
    private static final int ROUND_BYTES = 4 << 20;

    /** A request or reply counts as this many bytes more. */
    private static final int STEP_BYTES = 2 << 10;

    private static final long SHORT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final long END_SECONDS = 10;
    private static final long END_POLL_MILLIS = 100;
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** After this time without a commit the checkpoint is written, and after that one synced. */
    private static final long NOTE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Log log;
    private final long autoCommitNanos;
    private final Selector selector;
    private final Relay relay = new Relay("rotera-server", this::lead);

    private final Map<Integer, ServedQueue> queues = new ConcurrentHashMap<>();
    private volatile IntFunction<@Nullable String> reasons = number -> null;
    private final Connections connections;

    /**
     * Those with input, or with room for output; what a round does not reach is left for the next.
     */
    private final ArrayDeque<SelectionKey> ready = new ArrayDeque<>();

    /** Those that go on in the next round. */
    private final LinkedHashSet<Connection> later = new LinkedHashSet<>();

    /** Bytes that were taken and sent in this round. */
    private long spentBytes;

    private final ArrayDeque<ServedQueue> works = new ArrayDeque<>();

    /** In the order of their times. */
    private final LinkedHashSet<ServedQueue> autoCommits = new LinkedHashSet<>();

    /** Those that were committed to and may fall idle, by the time when to look. */
    private final LinkedHashSet<ServedQueue> busy = new LinkedHashSet<>();

    /** Those that asked for an unknown queue, until somebody has looked for its file. */
    private List<Connection> looking = new ArrayList<>();

    private boolean lookUnderWay;
    private Runnable look = () -> {};
    private @Nullable QueueChanges changes;

    private int working;

    /** From other threads. */
    private final ConcurrentLinkedQueue<Runnable> inbox = new ConcurrentLinkedQueue<>();

    // What a round needs, used again in the next one.
    private final Bytes input = new Bytes(INPUT_BYTES);
    private final Replies replies = new Replies();
    private final Batch batch = new Batch();
    private final Pool pool = new Pool();
    private final Admissions admissions;

    private long nanos;
    private boolean stopping;
    private long stopNanos;
    private boolean closingAll;
    private final CountDownLatch ended = new CountDownLatch(1);

    Loop(ServerSocketChannel listener, Optional<Long> autoCommitNanos, Limits limits, Log log)
            throws IOException {
        this.admissions = new Admissions(limits);
        this.autoCommitNanos = autoCommitNanos.orElse(0L);
        this.log = log;
        this.selector = Selector.open();
        this.connections = new Connections(this, listener, selector, limits);
    }

    /** How to look for queues that have come; may take long. Before the start. */
    void lookWith(Runnable look) {
        this.look = look;
    }

    /** How queues are deleted and renamed for clients. Before the start. */
    void changeWith(QueueChanges changes) {
        this.changes = changes;
    }

    void start() {
        relay.start();
    }

    /** Takes up a queue. From any thread. */
    void add(ServedQueue queue) {
        queue.file().onCommit(() -> published(queue));
        queues.put(queue.number(), queue);
    }

    /** After a commit, on the thread that made it. */
    private void published(ServedQueue queue) {
        if (relay.isMember() || queue.published.getAndSet(true)) return; // a member tells by itself
        tell(() -> {
            queue.published.set(false);
            if (queue.isRemoved()) return;
            committed(queue);
            queue.wakeFollowers();
        });
    }

    /**
     * Serves the queue no more; returns when nothing of the loop touches its file, or will. From
     * any thread but the loop's.
     */
    void remove(ServedQueue queue) throws InterruptedException {
        CountDownLatch gone = new CountDownLatch(1);
        tell(() -> {
            queues.remove(queue.number(), queue);
            queue.remove(gone::countDown);
            retire(queue);
        });
        while (!gone.await(END_POLL_MILLIS, TimeUnit.MILLISECONDS)) {
            if (ended.getCount() == 0) return;
        }
    }

    /** Lets go of a queue that was removed, once all its work is done. */
    private void retire(ServedQueue queue) {
        if (!queue.isRemoved() || queue.isWorking()) return;
        autoCommits.remove(queue);
        busy.remove(queue);
        queue.wakeFollowers();
        queue.retire();
    }

    private void tell(Runnable message) {
        inbox.add(message);
        selector.wakeup();
    }

    /** Stops serving, politely; returns when that is done. */
    void stop() throws InterruptedException {
        tell(() -> {
            stopping = true;
            stopNanos = System.nanoTime();
            connections.stopAccepting();
            for (Connection connection : connections.all()) connection.goOn();
        });
        if (!ended.await(END_SECONDS, TimeUnit.SECONDS))
            log.warn("the server does not end: left as it is");
    }

    // ---- the rounds

    private void lead() {
        while (!isOver()) {
            try {
                select();
            } catch (IOException e) {
                log.warn("cannot wait for connections: " + e.getMessage());
            }
            try {
                round();
                while (!works.isEmpty()) {
                    if (!work(works.remove())) return;
                }
            } catch (RuntimeException e) {
                log.warn("going on after " + e, e);
            }
        }
        end();
    }

    private void round() {
        nanos = System.nanoTime();
        spentBytes = 0;
        while (!ready.isEmpty() && spentBytes < ROUND_BYTES) handle(ready.remove());
        for (Runnable message = inbox.poll(); message != null; message = inbox.poll())
            message.run();
        spentBytes =
                0; // so that neither those that begin nor those that go on keep the others waiting
        int waiting = later.size();
        for (int i = 0; i < waiting && spentBytes < ROUND_BYTES; i++)
            later.removeFirst().goOnLater();
        autoCommit();
        checkpointIdle();
        if (admissions.isShort()) {
            admissions.serve();
            for (Connection connection : admissions.stalled()) connection.closeStalled();
        }
        connections.acceptAgain();
    }

    private void select() throws IOException {
        long timeout = timeoutNanos();
        if (timeout <= 0) selector.selectNow(this::list);
        else selector.select(this::list, timeout == Long.MAX_VALUE ? 0 : 1 + timeout / 1_000_000);
    }

    private void list(SelectionKey key) {
        if (key.attachment() instanceof Connection connection) {
            if (connection.ready) return;
            connection.ready = true;
        }
        ready.add(key);
    }

    private long timeoutNanos() {
        if (!ready.isEmpty() || !later.isEmpty() || !inbox.isEmpty() || !works.isEmpty()) return 0;
        long now = System.nanoTime();
        long timeout = Long.MAX_VALUE;
        if (admissions.isShort()) timeout = SHORT_NANOS;
        if (stopping) timeout = 10_000_000;
        timeout = Math.min(timeout, connections.timeoutNanos(now));
        if (!autoCommits.isEmpty())
            timeout = Math.min(timeout, autoCommits.getFirst().commitAtNanos - now);
        if (!busy.isEmpty()) timeout = Math.min(timeout, busy.getFirst().idleAtNanos - now);
        return timeout;
    }

    private void handle(SelectionKey key) {
        if (key.attachment() instanceof Connection connection) {
            connection.ready = false;
            if (key.isValid()) connection.ready(key.readyOps());
        } else if (key.isValid()) {
            connections.accept();
        }
    }

    /** Runs what may block; false if the lead was lost meanwhile. */
    private boolean work(ServedQueue queue) {
        queue.begin();
        autoCommits.remove(queue);
        working++;
        if (relay.call(queue::work)) {
            finish(queue);
            return true;
        }
        inbox.add(() -> finish(queue));
        selector.wakeup();
        return false;
    }

    private void finish(ServedQueue queue) {
        working--;
        if (queue.finish()) committed(queue);
        want(queue);
        retire(queue);
    }

    private void committed(ServedQueue queue) {
        queue.committedNanos = System.nanoTime();
        queue.noted = false;
        if (busy.add(queue)) queue.idleAtNanos = queue.committedNanos + NOTE_NANOS;
    }

    /**
     * Damage to the newest commit of a queue that rests is told from an unfinished end: soon, with
     * a write that costs nothing, if the process is killed; later, with a sync, in any case.
     */
    private void checkpointIdle() {
        while (!busy.isEmpty()) {
            ServedQueue first = busy.getFirst();
            long now = System.nanoTime();
            if (now - first.idleAtNanos < 0) return;
            busy.removeFirst();
            first.idleAtNanos = first.committedNanos + (first.noted ? IDLE_NANOS : NOTE_NANOS);
            if (now - first.idleAtNanos < 0) {
                busy.add(first);
            } else if (first.noted) {
                first.wantCheckpoint();
                want(first);
            } else {
                first.noted = true;
                first.idleAtNanos = first.committedNanos + IDLE_NANOS;
                busy.add(first);
                first.wantNote();
                want(first);
            }
        }
    }

    private void autoCommit() {
        while (!autoCommits.isEmpty()) {
            ServedQueue first = autoCommits.getFirst();
            if (System.nanoTime() - first.commitAtNanos < 0) return;
            autoCommits.removeFirst();
            first.wantCommit();
            want(first);
        }
    }

    // ---- the end

    /** For a moment, whatever clients have sent is still answered; then they are let go. */
    private boolean isOver() {
        if (!stopping) return false;
        long stopped = System.nanoTime() - stopNanos;
        if (!closingAll && (connections.isEmpty() || stopped > GRACE_NANOS)) {
            closingAll = true;
            for (Connection connection : connections.all()) connection.closeWhenSent();
        }
        boolean done = connections.isEmpty() && working == 0 && works.isEmpty();
        return closingAll && (done || stopped > STUCK_NANOS);
    }

    private void end() {
        for (Connection connection : connections.all()) connection.close();
        try {
            selector.close();
        } catch (IOException e) {
            log.warn("cannot close the selector: " + e.getMessage());
        }
        relay.end();
        input.close();
        replies.close();
        batch.close();
        pool.close();
        ended.countDown();
    }

    // ---- for connections

    @Nullable ServedQueue queue(int number) {
        return queues.get(number);
    }

    /** Knows of a queue that is not served why it is not. */
    void explainWith(IntFunction<@Nullable String> reasons) {
        this.reasons = reasons;
    }

    QueueException unknownQueue(int number) {
        String name = "queue " + Integer.toUnsignedString(number);
        String reason = reasons.apply(number);
        return new QueueException.UnknownQueueException(
                reason == null
                        ? "there is no " + name + " on this server: list tells which there are"
                        : name + " is there, but is not served: " + reason);
    }

    /** All queues, by number. */
    List<ServedQueue> queues() {
        return queues.values().stream()
                .sorted(Comparator.comparingLong(q -> Integer.toUnsignedLong(q.number())))
                .toList();
    }

    /**
     * The queue that was given this name.
     *
     * @throws QueueException.UnknownQueueException if none was, or two were
     */
    ServedQueue queueNamed(String name) {
        List<ServedQueue> named =
                queues().stream()
                        .filter(queue -> queue.file().name().filter(name::equals).isPresent())
                        .toList();
        if (named.size() == 1) return named.getFirst();
        throw new QueueException.UnknownQueueException(
                named.isEmpty()
                        ? "there is no queue named '%s' on this server: list tells which there are"
                                .formatted(name)
                        : "the name '%s' is that of the queues %s: use a number"
                                .formatted(
                                        name,
                                        named.stream()
                                                .map(q -> Integer.toUnsignedString(q.number()))
                                                .collect(Collectors.joining(", "))));
    }

    /** The queue has work that may block: it is done at the end of the round. */
    void want(ServedQueue queue) {
        if (queue.list()) works.add(queue);
    }

    /** Something was staged. */
    void pushed(ServedQueue queue) {
        if (autoCommitNanos == 0 || queue.isRemoved() || !autoCommits.add(queue)) return;
        queue.commitAtNanos = System.nanoTime() + autoCommitNanos;
    }

    /** The connection can go on, in the next round. */
    void later(Connection connection) {
        later.add(connection);
    }

    /** Whether the connection may take another request in this round; if not, it goes on later. */
    boolean hasTime(Connection connection) {
        if (spentBytes < ROUND_BYTES) return true;
        later.add(connection);
        return false;
    }

    /** So many bytes were taken or sent. */
    void spend(int bytes) {
        spentBytes += STEP_BYTES + bytes;
    }

    /** Looks for files of new queues; then the connection goes on. */
    void lookFor(Connection connection) {
        looking.add(connection);
        if (!lookUnderWay) beginLook();
    }

    private void beginLook() {
        List<Connection> waiting = looking;
        looking = new ArrayList<>();
        lookUnderWay = true;
        Thread.ofPlatform()
                .daemon()
                .name("rotera-look")
                .start(() -> {
                    look.run();
                    tell(() -> looked(waiting));
                });
    }

    private void looked(List<Connection> waiting) {
        lookUnderWay = false;
        for (Connection connection : waiting) connection.looked();
        if (!looking.isEmpty() && !lookUnderWay) beginLook();
    }

    /** Changes a queue on another thread; then the connection is told, with null if it is done. */
    void change(QueueChanges.Change change, Consumer<@Nullable Throwable> done) {
        QueueChanges worker = changes;
        if (worker == null) throw new IllegalStateException("no queue can be changed");
        worker.begin(change, failure -> tell(() -> done.accept(failure)));
    }

    void forget(Connection connection) {
        connections.forget(connection);
    }

    /** A number for a client that has none. */
    long newToken() {
        long token = new SecureRandom().nextLong();
        return token == 0 ? newToken() : token;
    }

    /** When the round began. */
    long nanos() {
        return nanos;
    }

    Bytes input() {
        return input;
    }

    Replies replies() {
        return replies;
    }

    Batch batch() {
        return batch;
    }

    Pool pool() {
        return pool;
    }

    Admissions admissions() {
        return admissions;
    }

    Log log() {
        return log;
    }

    boolean stopping() {
        return stopping;
    }
}
